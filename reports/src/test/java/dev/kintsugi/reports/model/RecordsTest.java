package dev.kintsugi.reports.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kintsugi.reports.SampleRun;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordsTest {

    @Test
    void aRunFailsWhenOneScenarioFailedWhateverTheOthersDid() {
        assertThat(SampleRun.run().verdict()).isEqualTo(Verdict.FAILED);
        assertThat(Verdict.of(List.of(Verdict.PASSED, Verdict.INCONCLUSIVE))).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(Verdict.of(List.of(Verdict.SKIPPED, Verdict.PASSED))).isEqualTo(Verdict.PASSED);
        assertThat(Verdict.of(List.of(Verdict.SKIPPED))).isEqualTo(Verdict.SKIPPED);
    }

    @Test
    void aRunOfNothingIsInconclusive() {
        assertThat(SampleRun.of().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void whatDidNotPassNeedsAReason() {
        ScenarioResult.Builder scenario = ScenarioResult.builder("a", "A", Instant.EPOCH, 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> scenario.verdict(Verdict.INCONCLUSIVE, null).build())
                .withMessageContaining("reason");
    }

    @Test
    void theBuilderComputesTheRecoveryUnlessToldThatThereWasNone() {
        List<Mark> marks =
                List.of(new Mark(MarkName.INJECTED, 5, 5, ""), new Mark(MarkName.FIRST_GOOD, 100, 20, "request 7"));
        ScenarioResult.Builder scenario =
                ScenarioResult.builder("a", "A", Instant.EPOCH, 1).marks(marks);

        assertThat(scenario.build().recovery()).isEqualTo(new Recovery(100, 25));
        assertThat(scenario.notRecovered().build().recovery()).isNull();
    }

    @Test
    void idsOfScenariosAreUnique() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleRun.of(SampleRun.podKill(), SampleRun.podKill()))
                .withMessageContaining("twice");
    }

    @Test
    void wrongFiguresAreRefusedWithTheirNameAndValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Mark(MarkName.READY, -1, 0, ""))
                .withMessage("atMillis is -1.0, must be 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Mark(MarkName.READY, Double.NaN, 0, ""))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Users(3, 4, 1.0, 1.0, 0))
                .withMessage("failed is 4, more than the 3 sent");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FaultWindow(5, 4))
                .withMessageContaining("untilMillis is 4.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestSeries(
                        100, List.of(new RequestBucket(100, 1, 0, 1.0, 1.0), new RequestBucket(100, 1, 0, 1.0, 1.0))))
                .withMessageContaining("buckets[1].atMillis");
    }

    @Test
    void figuresAreKeptToTheTenthOfAMillisecond() {
        assertThat(new Users(10, 0, 4.1499, 9.96, 1_000.04)).isEqualTo(new Users(10, 0, 4.1, 10.0, 1_000));
        assertThat(new Event(-0.04, "runner", "x").atMillis()).isZero();
    }
}
