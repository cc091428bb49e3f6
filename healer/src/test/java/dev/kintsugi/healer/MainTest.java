package dev.kintsugi.healer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {

    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the extension
    Path folder;

    @Test
    void wrongUsageSaysWhatWasWrongAndWhatWouldBeRight() {
        assertThat(run("--http", "nonsense")).isEqualTo(2);
        assertThat(err.toString()).contains("--http: 'nonsense' is not ADDRESS:PORT, e.g. 127.0.0.1:8080");
        assertThat(run("--http", "127.0.0.1:70000")).isEqualTo(2);
        assertThat(run("--unknown")).isEqualTo(2);
        assertThat(run("--log-level", "loud")).isEqualTo(2);
        assertThat(err.toString()).contains("'loud' is none of error, warn, info, debug, trace");
    }

    @Test
    void kubeconfigThatIsMissingOrNoneIsAUsersMistakeWithoutAStackTrace() throws Exception {
        assertThat(run("--kubeconfig", folder.resolve("none").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("--kubeconfig: cannot read");
        Path broken = Files.writeString(folder.resolve("broken"), "- not: [a kubeconfig");
        assertThat(run("--kubeconfig", broken.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("is not a kubeconfig").doesNotContain("\tat ");
    }

    @Test
    void helpNamesEveryOption() {
        StringWriter out = new StringWriter();
        assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute("--help"))
                .isZero();
        assertThat(out.toString())
                .contains("--kubeconfig", "--http", "--http-address-file", "--namespace-of-config", "--log-level");
    }

    @Test
    void wrongOptionIsNamedInTwoLinesThatSayWhereTheRightOnesAre() {
        assertThat(run("--bogus")).isEqualTo(2);
        assertThat(err.toString().lines()).containsExactly("healer: Unknown option: '--bogus'", "Try 'healer --help'.");
    }

    @Test
    void versionIsPrinted() {
        StringWriter out = new StringWriter();
        assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute("--version"))
                .isZero();
        assertThat(out.toString()).startsWith("healer ");
    }

    private int run(String... args) {
        return Main.commandLine().setErr(new PrintWriter(err)).execute(args);
    }
}
