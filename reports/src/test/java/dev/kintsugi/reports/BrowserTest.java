package dev.kintsugi.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kintsugi.reports.render.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens the report in the Chromium that is installed; skipped where there is none. */
class BrowserTest {

    private final Path directory;

    BrowserTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void theReportRendersWithoutAnyErrorAndItsScriptRuns() throws Exception {
        Path report = report();

        Path dom = open(report.toUri() + "?theme=dark#s1", "--dump-dom");

        assertThat(Files.readString(dom))
                .contains(
                        "data-script=\"ran\"", "data-theme=\"dark\"", "A killed pod is replaced while users are served")
                .contains("class=\"cursor\"");
        assertThat(console()).isEmpty();
    }

    @Test
    void aScriptFromOutsideDoesNotRunEvenIfEscapingFailed() throws Exception {
        Path report = report();
        Files.writeString(
                report,
                Files.readString(report).replace("</main>", "<script>document.title = 'owned'</script></main>"));

        Path dom = open(report.toUri().toString(), "--dump-dom");

        assertThat(Files.readString(dom)).contains("data-script=\"ran\"").doesNotContain("<title>owned");
        assertThat(console()).anyMatch(line -> line.contains("Content Security Policy"));
    }

    private Path report() {
        Reports.write(SampleRun.run(), directory);
        return directory.resolve(Format.HTML.fileName());
    }

    /** What the page wrote to its console, errors of scripts and of the security policy included. */
    private List<String> console() throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve("stderr"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.contains("CONSOLE")).toList();
        }
    }

    private Path open(String page, String action) throws Exception {
        Optional<Path> browser = browser();
        assumeTrue(browser.isPresent(), "no chromium, chromium-browser or google-chrome on the PATH");
        Path output = directory.resolve("stdout");
        Process process = new ProcessBuilder(
                        browser.orElseThrow().toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--enable-logging=stderr",
                        "--user-data-dir=" + directory.resolve("profile"),
                        action,
                        page)
                .redirectOutput(output.toFile())
                .redirectError(directory.resolve("stderr").toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("the browser ends within a minute")
                    .isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return output;
    }

    private static Optional<Path> browser() {
        List<String> names = List.of("chromium", "chromium-browser", "google-chrome");
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .flatMap(folder -> names.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
