package dev.kintsugi.features.cluster.embedded.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The model against recordings of a real path: the same client and server, as many requests, ten times over in virtual time.
 */
class RecordedLossTest {

    private static final int RUNS = 10;
    private static final long INTERVAL_NANOS = 25_000_000;

    /** How far an observed share of 800 requests may lie from the true one by chance (95 %). */
    private static final double CHANCE = 0.035;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.1, 0.3, 0.5, 0.8})
    void newConnectionsAreAsLateAsRecorded(double loss) {
        Recording recorded = Recording.load("new-200B-loss-" + text(loss));

        Recording simulated = newConnections(loss, recorded.requests());

        assertAlike(simulated, recorded, 0.12);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.1, 0.3, 0.5, 0.8})
    void keptConnectionsAreAsLateAsRecorded(double loss) {
        Recording recorded = Recording.load("keep-200B-loss-" + text(loss));

        Recording simulated = keptConnections(loss, recorded.requests());

        assertAlike(simulated, recorded, 0.12);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.1, 0.3, 0.5, 0.8})
    void largeAnswersAreAsLateAsRecorded(double loss) {
        Recording recorded = Recording.load("new-64KiB-loss-" + text(loss));

        assertAlike(largeAnswers(loss, recorded.requests()), recorded, 0.12);
    }

    /**
     * What was not recorded lies between its neighbours: at no time are fewer requests served than with the larger loss, nor more
     * than with the smaller, but for what is allowed to a recorded loss too.
     */
    @ParameterizedTest
    @CsvSource({"0.2, 0.1, 0.3", "0.65, 0.5, 0.8"})
    void lossThatWasNotRecordedLiesBetweenItsNeighbours(double loss, double smaller, double larger) {
        assertBetween(newConnections(loss, 800), "new-200B-loss-", smaller, larger);
        assertBetween(keptConnections(loss, 800), "keep-200B-loss-", smaller, larger);
        assertBetween(largeAnswers(loss, 300), "new-64KiB-loss-", smaller, larger);
    }

    private static void assertBetween(Recording simulated, String name, double smaller, double larger) {
        Recording better = Recording.load(name + text(smaller));
        Recording worse = Recording.load(name + text(larger));
        String all = better + System.lineSeparator() + simulated + System.lineSeparator() + worse;
        assertThat(simulated.failedShare()).as(all).isBetween(better.failedShare() - 0.03, worse.failedShare() + 0.03);
        assertThat(simulated.mostBeyond(better)).as(all).isLessThan(0.12);
        assertThat(worse.mostBeyond(simulated)).as(all).isLessThan(0.12);
    }

    private static Recording newConnections(double loss, int requests) {
        return repeated(loss, "new-200B-loss-0", client -> client.onNewConnections(requests, INTERVAL_NANOS, 200));
    }

    private static Recording keptConnections(double loss, int requests) {
        return repeated(
                loss, "keep-200B-loss-0", client -> client.onKeptConnections(requests, INTERVAL_NANOS, 200, 50));
    }

    private static Recording largeAnswers(double loss, int requests) {
        return repeated(
                loss, "new-64KiB-loss-0", client -> client.onNewConnections(requests, 2 * INTERVAL_NANOS, 64 * 1024));
    }

    private interface Load {
        Recording run(SimulatedClient client);
    }

    private static Recording repeated(double loss, String atRest, Load load) {
        List<Double> latencies = new ArrayList<>();
        int failed = 0;
        for (int run = 0; run < RUNS; run++) {
            Recording one = load.run(new SimulatedClient(loss, Recording.load(atRest), run));
            latencies.addAll(one.latencies());
            failed += one.failed();
        }
        return Recording.of("simulated", latencies, failed);
    }

    private static void assertAlike(Recording simulated, Recording recorded, double mostApart) {
        String both = simulated + System.lineSeparator() + recorded;
        assertThat(simulated.failedShare())
                .as(both)
                .isBetween(recorded.failedShare() - 0.03, recorded.failedShare() + 0.03);
        if (recorded.failed() == recorded.requests()) {
            return;
        }
        assertThat(simulated.distanceTo(recorded)).as(both).isLessThan(mostApart);
        assertPercentile(0.5, simulated, recorded);
        assertPercentile(0.9, simulated, recorded);
    }

    /** Within 25 % or 10 ms of where the recorded percentile lies, give or take what 800 samples leave to chance. */
    private static void assertPercentile(double share, Recording simulated, Recording recorded) {
        double least = recorded.percentile(share - CHANCE);
        double most = recorded.percentile(share + CHANCE);
        assertThat(simulated.percentile(share))
                .as("p%.0f of%n%s%n%s", 100 * share, simulated, recorded)
                .isBetween(Math.min(least - 10, least * 0.75), Math.max(most + 10, most * 1.25));
    }

    private static String text(double loss) {
        return loss == 0 ? "0" : String.valueOf(loss);
    }
}
