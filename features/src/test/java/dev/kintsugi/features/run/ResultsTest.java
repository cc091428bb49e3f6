package dev.kintsugi.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private static Results.Draft draft(boolean injected, boolean bitten) {
        return new Results.Draft(ScenarioResult.builder("a:b", "B", Instant.EPOCH, 1), injected, bitten);
    }

    @Test
    void faultThatBitAndExpectationsThatHeldPass() {
        assertThat(Results.judge(draft(true, true), null).verdict()).isEqualTo(Verdict.PASSED);
    }

    @Test
    void withoutAnEffectNothingPasses() {
        Results.Judgement judgement = Results.judge(draft(true, false), null);
        assertThat(judgement.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judgement.reason()).contains("not shown to have bitten");
    }

    @Test
    void withoutAnEffectAFailedExpectationProvesNothingEither() {
        assertThat(Results.judge(draft(true, false), new AssertionError("too slow"))
                        .verdict())
                .isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void expectationThatDidNotHoldFails() {
        Results.Judgement judgement = Results.judge(draft(true, true), new AssertionError("too slow"));
        assertThat(judgement.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(judgement.reason()).isEqualTo("too slow");
    }

    @Test
    void brokenInfrastructureIsNobodysFailure() {
        assertThat(Results.judge(draft(true, true), new IllegalStateException("no API"))
                        .verdict())
                .isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(Results.judge(null, new Inconclusive("no pod matches")).reason())
                .isEqualTo("no pod matches");
    }

    @Test
    void stepThatMakesNoSenseIsTheWritersMistakeAndNotTheInfrastructures() {
        Results.Judgement judgement = Results.judge(null, new UsageException("0 replicas: must be from 1 to 100"));
        assertThat(judgement.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judgement.reason()).isEqualTo("the scenario is not written well: 0 replicas: must be from 1 to 100");
    }

    @Test
    void scenarioThatMeasuredNothingDoesNotPass() {
        assertThat(Results.judge(null, null).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void rowsOfAnOutlineGetNumbers() {
        Results results = new Results();
        assertThat(results.unique("a:b")).isEqualTo("a:b");
        results.add(draft(false, false).measured().build());
        assertThat(results.unique("a:b")).isEqualTo("a:b-2");
    }
}
