package dev.kintsugi.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.SampleRun;
import dev.kintsugi.reports.model.Event;
import dev.kintsugi.reports.model.Expectation;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlTest {

    private static final String NASTY = "<script>alert(1)</script>\" onload='alert(2)' & {{x}} ${y} @if(true)";

    @Test
    void everyScenarioIsListedAndDrawn() {
        String html = Html.render(SampleRun.run());

        assertThat(SampleRun.run().scenarios()).allSatisfy(s -> assertThat(html).contains(s.name()));
        assertThat(html)
                .contains("4 of 6 scenarios passed", "recovered in 1.91–1.93 s", "fault in force 3.12 s")
                .contains("still has the finalizer chaos-mesh/records")
                .contains("features/kintsugi run pod/crash-loop.feature:12 --seed 46");
        assertThat(html.split("<svg class=\"chart wide\"", -1)).hasSize(1 + 5);
    }

    @Test
    void itNeedsNoNetwork() {
        String html = Html.render(SampleRun.run());

        assertThat(Pattern.compile("(src|href|url)\\s*[=(]\\s*[\"']?\\s*(https?:|//)")
                        .matcher(html)
                        .find())
                .isFalse();
        assertThat(html).contains("default-src 'none'").doesNotContain("@import", "<link");
    }

    @Test
    void textFromOutsideStaysTextWhereverItStands() {
        ScenarioResult scenario = ScenarioResult.builder(NASTY, NASTY, Instant.EPOCH, 1)
                .tags(List.of(NASTY))
                .feature(NASTY)
                .target(NASTY)
                .verdict(Verdict.FAILED, NASTY)
                .marks(List.of(new Mark(MarkName.INJECTED, 1, 1, NASTY)))
                .expectations(List.of(new Expectation(NASTY, false, NASTY)))
                .events(List.of(new Event(1, NASTY, NASTY)))
                .residue(List.of(NASTY))
                .experiment(NASTY)
                .replay(NASTY)
                .build();

        String html = Html.render(SampleRun.of(scenario));

        assertThat(html).contains("&lt;script&gt;alert(1)&lt;/script&gt;").doesNotContain("<script>alert");
        assertThat(Pattern.compile("<[^<>]*\\sonload=").matcher(html).find()).isFalse();
        assertThat(html.split("<script", -1)).as("the page's own script only").hasSize(2);
    }

    @Test
    void noTwoMarksShareARowAndEveryLabelIsWithinTheChart() {
        for (ScenarioResult scenario : SampleRun.run().scenarios()) {
            for (Chart.Size size : Chart.Size.values()) {
                Chart chart = Chart.of(scenario, size);
                assertThat(chart.rows()).extracting(MarkRow::y).doesNotHaveDuplicates();
                assertThat(chart.rows()).allSatisfy(row -> {
                    double length = row.label().length() * size.letter;
                    double begin = row.labelLeft() ? row.labelX() - length : row.labelX();
                    assertThat(begin).isGreaterThanOrEqualTo(0);
                    assertThat(begin + length).isLessThanOrEqualTo(size.width);
                    assertThat(row.earliestX()).isLessThanOrEqualTo(row.x());
                });
            }
        }
    }

    @Test
    void aLongRunIsSmallAndFast() {
        long begin = System.nanoTime();
        String html = Html.render(SampleRun.large(25));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(html.getBytes(StandardCharsets.UTF_8).length).isLessThan(1_500_000);
        assertThat(took).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void onlyWhatNeedsALookIsUnfoldedInALongRun() {
        String html = Html.render(SampleRun.large(14));

        assertThat(html.split("<details class=\"scenario [a-z]+\" id=\"s\\d+\" open", -1))
                .hasSize(1 + 4);
    }

    @Test
    void aScenarioThatMeasuredNothingIsShownWithoutAChart() {
        assertThat(Html.render(SampleRun.of(SampleRun.nothingSelected())))
                .doesNotContain("class=\"chart")
                .contains("matches no pod");
    }
}
