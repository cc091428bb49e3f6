package dev.kintsugi.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.SampleRun;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MarkdownTest {

    @Test
    void theVerdictComesFirstThenALinePerScenarioThenWhatWentWrong() {
        String summary = Markdown.render(SampleRun.run());

        assertThat(summary).startsWith("## Resilience: 4 of 6 scenarios passed, 1 failed, 1 inconclusive, 1 skipped\n");
        assertThat(summary.lines())
                .contains(
                        "| ✓ passed | A killed pod is replaced while users are served | 1.93 s | 1.5 % of 712 | Kubernetes |")
                .contains("**A crash loop ends within 10 s** failed: recovery took up to 31.05 s, the bound is 10 s")
                .contains("- replay: `features/kintsugi run pod/crash-loop.feature:12 --seed 46`");
    }

    @Test
    void aNameCanNeitherEndItsCellNorBeginMarkupNorMentionAnybody() {
        ScenarioResult scenario = ScenarioResult.builder(
                        "a", "a|b\nc <img src=x> **d** @everyone [e](f)", Instant.EPOCH, 1)
                .verdict(Verdict.FAILED, "x\r\n\n# y")
                .replay("run `it`\nnow")
                .build();

        String summary = Markdown.render(SampleRun.of(scenario));

        assertThat(summary.lines())
                .contains("| ✕ failed | a\\|b c &lt;img src=x&gt; \\*\\*d\\*\\* &#64;everyone \\[e\\](f) | – | – | – |")
                .contains("- replay: `` run `it` now ``")
                .noneMatch(line -> line.startsWith("# y"));
    }

    @Test
    void onlyOneHeadlineEvenForOneScenario() {
        assertThat(Markdown.render(SampleRun.of(SampleRun.podKill())))
                .startsWith("## Resilience: The scenario passed\n");
        assertThat(Markdown.render(SampleRun.of(SampleRun.skipped())))
                .startsWith("## Resilience: No scenario ran, 1 skipped\n");
        assertThat(Markdown.render(SampleRun.of())).startsWith("## Resilience: No scenario ran\n");
    }

    @Test
    void repeatedScenariosHaveALineOfTheirOwnWithTheirMedian() {
        ScenarioResult[] thrice = IntStream.rangeClosed(1, 3)
                .mapToObj(repetition -> ScenarioResult.builder("a", "A", Instant.EPOCH, 1)
                        .repetition(repetition)
                        .verdict(repetition == 2 ? Verdict.FAILED : Verdict.PASSED, repetition == 2 ? "why" : null)
                        .marks(List.of(
                                new Mark(MarkName.INJECTED, 0, 0, ""),
                                new Mark(MarkName.FIRST_GOOD, 1_000 * repetition, 0, "")))
                        .build())
                .toArray(ScenarioResult[]::new);

        assertThat(Markdown.render(SampleRun.of(thrice)))
                .startsWith("## Resilience: 2 of 3 runs of the scenario passed, 1 failed\n")
                .contains("| ✕ failed | A (repetition 2) | 2.00 s | – | – |")
                .contains("| A | 2 of 3 | 2.00 s (1.00–3.00 s) | 2.90 s (1.00–3.00 s) |");
    }
}
