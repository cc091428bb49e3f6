package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.reports.model.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private static final String CLEAR = "\r\u001B[K";

    private final StringWriter screen = new StringWriter();

    private Terminal terminal(boolean live) {
        return new Terminal(new PrintWriter(screen, true), live, 4);
    }

    /** What was drawn on the one line, each time anew; StringWriter is safe for the drawing thread and this one. */
    private List<String> drawings() {
        return Stream.of(screen.toString().split(CLEAR.replace("[", "\\["), -1))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    @Test
    void plainOutputHasALineForEachStepAndNoEscapes() {
        try (Terminal terminal = terminal(false)) {
            terminal.note("starting the cluster");
            terminal.scenario(2, "One pod is killed");
            terminal.step("one pod is killed");
            terminal.finished(RunFile.recovered("One pod is killed", 1_940, 100));
        }
        assertThat(screen.toString()).doesNotContain("\u001B", "\r");
        assertThat(screen.toString().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches(" +\\d+\\.\\d s  starting the cluster"),
                        line -> assertThat(line).isEqualTo("[2/4] One pod is killed"),
                        line -> assertThat(line).matches(" +\\d+\\.\\d s  one pod is killed"),
                        line -> assertThat(line)
                                .isEqualTo("passed        One pod is killed, recovered in 1.89±0.05 s"));
    }

    @Test
    void everyVerdictIsSaidWithItsReason() {
        try (Terminal terminal = terminal(false)) {
            terminal.finished(RunFile.unmeasured("a", Verdict.FAILED));
            terminal.finished(RunFile.unmeasured("b", Verdict.INCONCLUSIVE));
            terminal.finished(RunFile.unmeasured("c", Verdict.SKIPPED));
        }
        assertThat(screen.toString().lines().map(String::strip).toList())
                .containsExactly(
                        "FAILED        a",
                        "nothing matched",
                        "INCONCLUSIVE  b",
                        "nothing matched",
                        "skipped       c",
                        "nothing matched");
    }

    @Test
    void liveLineIsDrawnAnewAndNeverWraps() {
        try (Terminal terminal = terminal(true)) {
            terminal.note("starting the cluster");
            await().until(() -> drawings().stream().anyMatch(d -> d.matches(" +\\d+\\.\\d s  starting the cluster")));
            terminal.scenario(1, "A very long name ".repeat(20));
            terminal.step("users are served steadily for 1 s ".repeat(20));
            await().until(() -> drawings().stream().anyMatch(d -> d.startsWith("[1/4]") && d.endsWith("…")));
        }
        assertThat(drawings())
                .allSatisfy(drawing ->
                        assertThat(drawing).hasSizeLessThanOrEqualTo(79).doesNotContain("\n"));
    }

    @Test
    void resultTakesThePlaceOfTheLiveLine() {
        try (Terminal terminal = terminal(true)) {
            terminal.scenario(1, "a");
            terminal.step("one pod is killed");
            terminal.finished(RunFile.recovered("a", 1_000, 0));
        }
        assertThat(screen.toString()).contains(CLEAR + "passed        a, recovered in 1.00±0.00 s\n");
    }

    @Test
    void nothingIsDrawnOnceItIsClosed() {
        Terminal terminal = terminal(true);
        terminal.note("starting the cluster");
        await().until(() -> !drawings().isEmpty());
        terminal.close();
        String then = screen.toString();
        terminal.note("too late");
        assertThat(then).endsWith(CLEAR);
        await().during(java.time.Duration.ofMillis(450))
                .until(() -> screen.toString().equals(then));
    }
}
