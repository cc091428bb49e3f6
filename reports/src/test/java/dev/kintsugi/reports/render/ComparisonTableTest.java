package dev.kintsugi.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.SampleRun;
import dev.kintsugi.reports.baseline.Comparison;
import dev.kintsugi.reports.baseline.Tolerance;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {

    @Test
    void eachChangeHasALineAndTheCountsComeLast() {
        Comparison comparison = Comparison.compare(
                SampleRun.of(
                        scenario("a", "A killed pod is replaced while users are served", 1_931.6),
                        scenario("b", "B", 9_000)),
                SampleRun.of(
                        scenario("a", "A killed pod is replaced while users are served", 2_704.2),
                        scenario("c", "C", 75_000)),
                Tolerance.DEFAULT);

        assertThat(ComparisonTable.render(comparison)).isEqualTo("""
                                       scenario                       before       now     change
                        regressed      A killed pod is replaced w…    1.93 s    2.70 s    +773 ms   +40%
                        new            C                                   –  1.25 min
                        missing        B                              9.00 s         –

                        1 regressed, 1 missing, 1 new
                        """);
    }

    @Test
    void ofRepetitionsTheShiftItsIntervalAndItsProbabilityAreTold() {
        Comparison comparison = Comparison.compare(
                SampleRun.of(both(repeated("a", 10, 1_931.6), repeated("b", 3, 2_000))),
                SampleRun.of(both(repeated("a", 10, 2_704.2), repeated("b", 3, 9_000))),
                Tolerance.DEFAULT);

        assertThat(ComparisonTable.render(comparison)).isEqualTo("""
                               scenario                       before       now     change
                regressed      A scenario                     1.98 s    2.75 s    +773 ms   +39%
                               recovery of 10 and 10 runs: +773 ms (+743 ms to +803 ms), p below
                               0.0001
                too few        B scenario                     2.01 s    9.01 s    +7.00 s  +348%
                               recovery of 3 and 3 runs: +7.00 s, p = 0.10; 5 of each would tell

                1 regressed, 1 too few samples
                """);
    }

    private static ScenarioResult[] both(ScenarioResult[] some, ScenarioResult[] others) {
        return Stream.concat(Stream.of(some), Stream.of(others)).toArray(ScenarioResult[]::new);
    }

    private static ScenarioResult[] repeated(String id, int times, double recovery) {
        return IntStream.range(0, times)
                .mapToObj(i -> ScenarioResult.builder(id, id.toUpperCase(Locale.ROOT) + " scenario", Instant.EPOCH, 42)
                        .repetition(i + 1)
                        .marks(marks(recovery + 10 * i))
                        .build())
                .toArray(ScenarioResult[]::new);
    }

    @Test
    void noLineIsWiderThanATerminalAndNothingMovesItsCursor() {
        String nasty = "\u001b[2J\u0007" + "long ".repeat(60) + "x".repeat(200) + "\nsecond line";
        ScenarioResult before = scenario("a", nasty, 1);
        ScenarioResult after = ScenarioResult.builder("a", nasty, Instant.EPOCH, 43)
                .verdict(Verdict.FAILED, nasty)
                .marks(marks(400_000_000))
                .build();

        String table = ComparisonTable.render(
                Comparison.compare(SampleRun.of(before), SampleRun.of(after), Tolerance.DEFAULT));

        assertThat(table.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(table).doesNotContain("\u001b", "\u0007").contains("regressed", "it passed and fails now", ">999%");
    }

    @Test
    void whyNothingCanBeSaidIsSaid() {
        String table = ComparisonTable.render(Comparison.compare(SampleRun.run(), SampleRun.run(), Tolerance.DEFAULT));

        assertThat(table).contains("it was inconclusive in the baseline", "5 unchanged, 2 not comparable");
    }

    private static ScenarioResult scenario(String id, String name, double recovery) {
        return ScenarioResult.builder(id, name, Instant.EPOCH, 42)
                .marks(marks(recovery))
                .build();
    }

    private static List<Mark> marks(double recovery) {
        return List.of(new Mark(MarkName.INJECTED, 0, 0, ""), new Mark(MarkName.FIRST_GOOD, recovery, 0, ""));
    }
}
