package dev.kintsugi.reports.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.kintsugi.reports.SampleRun;
import dev.kintsugi.reports.baseline.Change.Status;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepetitionsTest {

    @Test
    void tenRecoveriesThatAllTookLongerRegressed() {
        Change change = compare(times(10, 2_000, 10), times(10, 2_600, 10));

        assertThat(change.status()).isEqualTo(Status.REGRESSED);
        assertThat(recovery(change).shift().estimate()).isEqualTo(600);
        assertThat(recovery(change).probability()).isLessThan(0.0001);
        assertThat(change.millis()).contains(600.0);
    }

    @Test
    void tenThatAllTookALittleLongerAreUnchangedSinceItDoesNotMatter() {
        assertThat(compare(times(10, 2_000, 1), times(10, 2_100, 1)).status()).isEqualTo(Status.UNCHANGED);
    }

    @Test
    void tenThatAllTookLessTimeImproved() {
        assertThat(compare(times(10, 2_600, 10), times(10, 2_000, 10)).status()).isEqualTo(Status.IMPROVED);
    }

    @Test
    void oneOutlierOfTenChangesNothing() {
        List<Double> after = new ArrayList<>(times(9, 2_000, 10));
        after.add(60_000.0);

        assertThat(compare(times(10, 2_000, 10), after).status()).isEqualTo(Status.UNCHANGED);
    }

    @Test
    void threeOnEachSideAreTooFewHoweverFarApartAndItIsSaidHowManyWouldDo() {
        Change change = compare(times(3, 1_000, 10), times(3, 9_000, 10));

        assertThat(change.status()).isEqualTo(Status.TOO_FEW_SAMPLES);
        assertThat(recovery(change).enough()).hasValue(4);
        assertThat(compare(times(4, 1_000, 10), times(4, 9_000, 10)).status()).isEqualTo(Status.REGRESSED);
    }

    @Test
    void whereTheScatterIsLargerThanWhatMattersMoreRepetitionsAreAskedFor() {
        Change change = compare(times(10, 2_000, 200), times(10, 2_100, 200));

        assertThat(change.status()).isEqualTo(Status.TOO_FEW_SAMPLES);
        assertThat(recovery(change).enough().orElseThrow()).isBetween(11, 100);
    }

    @Test
    void whatTheMeasurementCannotTellApartIsNotSlower() {
        List<ScenarioResult> before = results(times(10, 2_000, 1), 0, 10);

        assertThat(compareResults(before, results(times(10, 2_600, 1), 700, 10)).status())
                .isNotEqualTo(Status.REGRESSED);
        assertThat(compareResults(before, results(times(10, 2_600, 1), 20, 10)).status())
                .isEqualTo(Status.REGRESSED);
    }

    @Test
    void aScenarioThatAlwaysPassedAndFailsOnceOfTenRegressed() {
        Change change = compareResults(results(times(10, 2_000, 10), 0, 10), results(times(10, 2_000, 10), 0, 9));

        assertThat(change.status()).isEqualTo(Status.REGRESSED);
        assertThat(change.reason()).isEqualTo("it passed 10 of 10 times and fails now 1 of 10 times: because");
    }

    @Test
    void aScenarioThatFailedNowAndThenAndStillDoesIsJudgedByItsTimes() {
        List<Double> times = times(10, 2_000, 10);

        assertThat(compareResults(results(times, 0, 8), results(times, 0, 7)).status())
                .isEqualTo(Status.UNCHANGED);
        assertThat(compareResults(results(times, 0, 8), results(times, 0, 0)).status())
                .isEqualTo(Status.REGRESSED);
        assertThat(compareResults(results(times, 0, 0), results(times, 0, 10)).status())
                .isEqualTo(Status.IMPROVED);
    }

    @Test
    void aPhaseThatTakesLongerIsFoundEvenIfTheRecoveryDoesNot() {
        Change change = compareResults(detected(500), detected(1_500));

        assertThat(change.status()).isEqualTo(Status.REGRESSED);
        assertThat(change.phases())
                .extracting(PhaseChange::phase, PhaseChange::status)
                .containsExactly(
                        tuple(MarkName.DETECTED, Status.REGRESSED), tuple(MarkName.FIRST_GOOD, Status.UNCHANGED));
    }

    private static List<ScenarioResult> detected(double millis) {
        return IntStream.range(0, 10)
                .mapToObj(i -> ScenarioResult.builder("a", "A", Instant.EPOCH, 1)
                        .repetition(i + 1)
                        .marks(List.of(
                                new Mark(MarkName.INJECTED, 0, 0, ""),
                                new Mark(MarkName.DETECTED, millis + i, 0, ""),
                                new Mark(MarkName.FIRST_GOOD, 3_000 + i, 0, "")))
                        .build())
                .toList();
    }

    private static PhaseChange recovery(Change change) {
        return change.phases().stream()
                .filter(phase -> phase.phase() == MarkName.FIRST_GOOD)
                .findFirst()
                .orElseThrow();
    }

    private static List<Double> times(int number, double first, double step) {
        return IntStream.range(0, number).mapToObj(i -> first + i * step).toList();
    }

    private static Change compare(List<Double> before, List<Double> after) {
        return compareResults(results(before, 0, before.size()), results(after, 0, after.size()));
    }

    private static Change compareResults(List<ScenarioResult> before, List<ScenarioResult> after) {
        Comparison comparison = Comparison.compare(
                SampleRun.of(before.toArray(new ScenarioResult[0])),
                SampleRun.of(after.toArray(new ScenarioResult[0])),
                Tolerance.DEFAULT);
        assertThat(comparison.changes()).hasSize(1);
        return comparison.changes().get(0);
    }

    /** The first of them passed, the others failed. */
    private static List<ScenarioResult> results(List<Double> times, double bound, int passed) {
        return IntStream.range(0, times.size())
                .mapToObj(i -> ScenarioResult.builder("a", "A", Instant.EPOCH, 1)
                        .repetition(i + 1)
                        .verdict(i < passed ? Verdict.PASSED : Verdict.FAILED, i < passed ? null : "because")
                        .marks(List.of(
                                new Mark(MarkName.INJECTED, 0, 0, ""),
                                new Mark(MarkName.FIRST_GOOD, times.get(i), bound, "")))
                        .build())
                .toList();
    }
}
