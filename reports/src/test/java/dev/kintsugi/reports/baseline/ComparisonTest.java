package dev.kintsugi.reports.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kintsugi.reports.SampleRun;
import dev.kintsugi.reports.baseline.Change.Status;
import dev.kintsugi.reports.model.Environment;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    @Test
    void aRunIsUnchangedAgainstItself() {
        Comparison comparison = Comparison.compare(SampleRun.run(), SampleRun.run(), Tolerance.DEFAULT);

        assertThat(comparison.changes())
                .extracting(Change::status)
                .containsExactly(
                        Status.UNCHANGED,
                        Status.UNCHANGED,
                        Status.UNCHANGED,
                        Status.UNCHANGED,
                        Status.UNCHANGED,
                        Status.NOT_COMPARABLE,
                        Status.NOT_COMPARABLE);
        assertThat(comparison.regressed()).isFalse();
        assertThat(comparison.notes()).isEmpty();
    }

    @Test
    void aShortRecoveryMayTakeAQuarterOfASecondLongerAndNoTenthMore() {
        assertThat(status(1_000, 1_250)).isEqualTo(Status.UNCHANGED);
        assertThat(status(1_000, 1_250.1)).isEqualTo(Status.REGRESSED);
    }

    @Test
    void aLongRecoveryMayTakeTenPercentLongerAndNoTenthMore() {
        assertThat(status(10_000, 11_000)).isEqualTo(Status.UNCHANGED);
        assertThat(status(10_000, 11_000.1)).isEqualTo(Status.REGRESSED);
    }

    @Test
    void fasterByMoreThanTheToleranceIsImproved() {
        assertThat(status(1_000, 750)).isEqualTo(Status.UNCHANGED);
        assertThat(status(1_000, 749.9)).isEqualTo(Status.IMPROVED);
    }

    @Test
    void whatTheMeasurementCannotTellApartIsUnchanged() {
        ScenarioResult before = recovered(1_000, 0);

        assertThat(status(before, recovered(1_400, 150))).isEqualTo(Status.UNCHANGED);
        assertThat(status(before, recovered(1_400, 149.9))).isEqualTo(Status.REGRESSED);
        assertThat(status(recovered(1_400, 150), before)).isEqualTo(Status.UNCHANGED);
        assertThat(status(recovered(1_400, 149.9), before)).isEqualTo(Status.IMPROVED);
    }

    @Test
    void theChangeIsGivenInMillisecondsAndPercentOfTheBaseline() {
        Change change = only(recovered(2_000, 0), recovered(2_500, 10));

        assertThat(change.millis()).contains(500.0);
        assertThat(change.percent()).contains(25.0);
    }

    @Test
    void whatPassedAndFailsNowRegressedEvenIfItIsFaster() {
        Change change = only(recovered(2_000, 0), verdict(Verdict.FAILED, 5));

        assertThat(change.status()).isEqualTo(Status.REGRESSED);
        assertThat(change.reason()).contains("fails now: because");
    }

    @Test
    void whatFailedAndPassesNowImproved() {
        assertThat(status(verdict(Verdict.FAILED, 5), recovered(2_000, 0))).isEqualTo(Status.IMPROVED);
    }

    @Test
    void whatSaysNothingIsNotComparable() {
        for (Verdict verdict : List.of(Verdict.INCONCLUSIVE, Verdict.SKIPPED)) {
            assertThat(status(recovered(2_000, 0), verdict(verdict, 5))).isEqualTo(Status.NOT_COMPARABLE);
            assertThat(status(verdict(verdict, 5), recovered(2_000, 0))).isEqualTo(Status.NOT_COMPARABLE);
        }
    }

    @Test
    void aScenarioWithoutRecoveryInOneOfTheRunsIsNotComparable() {
        ScenarioResult none = ScenarioResult.builder("a", "A", Instant.EPOCH, 1).build();

        assertThat(status(none, none)).isEqualTo(Status.UNCHANGED);
        assertThat(status(none, recovered(1, 0))).isEqualTo(Status.NOT_COMPARABLE);
        assertThat(status(recovered(1, 0), none)).isEqualTo(Status.NOT_COMPARABLE);
    }

    @Test
    void scenariosThatAreInOneRunOnlyAreMissingOrNew() {
        Comparison comparison = Comparison.compare(
                SampleRun.of(SampleRun.podKill(), SampleRun.networkLoss()),
                SampleRun.of(SampleRun.memoryStress(), SampleRun.podKill()),
                Tolerance.DEFAULT);

        assertThat(comparison.changes())
                .extracting(Change::status)
                .containsExactly(Status.NEW, Status.UNCHANGED, Status.MISSING);
        assertThat(comparison.regressed()).isFalse();
    }

    @Test
    void runsOnAnotherKindOfClusterOrWithOtherTimingsAreNotComparable() {
        for (Environment other : List.of(environment("k3s", "quick", 2), environment("embedded", "real", 2))) {
            Comparison comparison = Comparison.compare(
                    run(SampleRun.ENVIRONMENT, recovered(10, 0)), run(other, recovered(99_999, 0)), Tolerance.DEFAULT);

            assertThat(comparison.changes()).extracting(Change::status).containsExactly(Status.NOT_COMPARABLE);
            assertThat(comparison.changes().get(0).reason()).contains("the baseline ran");
        }
    }

    @Test
    void otherDifferencesOfTheEnvironmentAreNotedButCompared() {
        Comparison comparison = Comparison.compare(
                run(SampleRun.ENVIRONMENT, recovered(10, 0)),
                run(environment("embedded", "quick", 8), recovered(10, 0)),
                Tolerance.DEFAULT);

        assertThat(comparison.count(Status.UNCHANGED)).isEqualTo(1);
        assertThat(comparison.notes()).containsExactly("CPUs was 2, is 8");
    }

    @Test
    void aToleranceIsNotNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tolerance(-0.1, 0))
                .withMessageContaining("-0.1");
        assertThatIllegalArgumentException().isThrownBy(() -> new Tolerance(0, Double.NaN));
    }

    private static Status status(double before, double after) {
        return status(recovered(before, 0), recovered(after, 0));
    }

    private static Status status(ScenarioResult before, ScenarioResult after) {
        return only(before, after).status();
    }

    private static Change only(ScenarioResult before, ScenarioResult after) {
        Comparison comparison = Comparison.compare(SampleRun.of(before), SampleRun.of(after), Tolerance.DEFAULT);
        assertThat(comparison.changes()).hasSize(1);
        return comparison.changes().get(0);
    }

    private static ScenarioResult recovered(double millis, double bound) {
        return builder(millis, bound).build();
    }

    private static ScenarioResult verdict(Verdict verdict, double millis) {
        return builder(millis, 0).verdict(verdict, "because").build();
    }

    private static ScenarioResult.Builder builder(double millis, double bound) {
        return ScenarioResult.builder("a", "A", Instant.EPOCH, 1)
                .marks(List.of(
                        new Mark(MarkName.INJECTED, 0, 0, ""), new Mark(MarkName.FIRST_GOOD, millis, bound, "")));
    }

    private static Environment environment(String cluster, String timings, int cpus) {
        return new Environment(cluster, "v1.28.0", 2, cpus, "17.0.16", "Linux 6.1 amd64", timings, "0.1.0-SNAPSHOT");
    }

    private static Run run(Environment environment, ScenarioResult scenario) {
        return new Run("r", Instant.EPOCH, 1, environment, 42, List.of(scenario));
    }
}
