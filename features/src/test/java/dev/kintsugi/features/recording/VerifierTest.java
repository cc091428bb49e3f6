package dev.kintsugi.features.recording;

import static dev.kintsugi.features.recording.Log.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.model.Verification;
import dev.kintsugi.reports.model.Verification.Check;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifierTest {

    private static final Verifier VERIFIER = new Verifier("web", List.of("store"), 1_000, at(1_000));
    private static final Steadiness STEADY = new Steadiness(20, 20, 5);

    private static Log good() {
        Log log = new Log()
                .workload(100, 2, 2)
                .sees(100, Log.ready("a"))
                .sees(100, Log.ready("b"))
                .endpoints(100, "web", "a", "b")
                .endpoints(100, "store", "s");
        for (int i = 0; i < 20; i++) {
            log.served(9_000 + i * 50, 3, i % 2 == 0 ? "a" : "b");
        }
        return log;
    }

    private static Verification verify(Log log) {
        return VERIFIER.verify(log.all(), at(10_000), STEADY).verification();
    }

    @Test
    void everythingGoodForLongEnoughPassesAllFourSteps() {
        assertThat(verify(good())).isEqualTo(new Verification(Check.PASSED, Check.PASSED, Check.PASSED, Check.PASSED));
    }

    @Test
    void replicaThatWasMissingWithinTheTimeFailsStatusAndNothingElseIsLookedAt() {
        assertThat(verify(good().workload(8_990, 1, 2).workload(9_001, 2, 2)))
                .isEqualTo(new Verification(Check.FAILED, Check.NOT_RUN, Check.NOT_RUN, Check.NOT_RUN));
    }

    @Test
    void replicaThatWasMissingJustBeforeDoesNotMatter() {
        assertThat(verify(good().workload(8_000, 1, 2).workload(9_000, 2, 2)).status())
                .isEqualTo(Check.PASSED);
    }

    @Test
    void terminatingPodFailsStatus() {
        assertThat(verify(good().sees(9_500, Log.terminating(Log.ready("old")))).status())
                .isEqualTo(Check.FAILED);
    }

    @Test
    void oneFailedRequestFailsConnectivity() {
        assertThat(verify(good().failed(9_500, 1)))
                .isEqualTo(new Verification(Check.PASSED, Check.FAILED, Check.NOT_RUN, Check.NOT_RUN));
    }

    @Test
    void endpointThatAnsweredNobodyFailsConnectivity() {
        assertThat(verify(good().endpoints(9_500, "web", "a", "b", "c")).connectivity())
                .isEqualTo(Check.FAILED);
    }

    @Test
    void slowAnswersFailPerformance() {
        assertThat(verify(good().served(9_100, 1_500, "a").served(9_150, 1_500, "a"))
                        .performance())
                .isEqualTo(Check.FAILED);
    }

    @Test
    void requestsThatHangCountAsMissingThroughput() {
        Steadiness busier = new Steadiness(30, 30, 5);
        assertThat(VERIFIER.verify(good().all(), at(10_000), busier)
                        .verification()
                        .performance())
                .isEqualTo(Check.FAILED);
    }

    @Test
    void dependencyWithoutReadyEndpointFailsTheLastStep() {
        assertThat(verify(good().endpoints(9_500, "store")))
                .isEqualTo(new Verification(Check.PASSED, Check.PASSED, Check.PASSED, Check.FAILED));
    }
}
