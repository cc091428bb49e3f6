package dev.kintsugi.features.contract;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.contract.Comparison.Difference;
import dev.kintsugi.features.contract.Recording.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Replays scenarios, several at once: each in its own namespace, those that can disturb each other on clusters of their own.
 *
 * <p>The pace is the real one, but for two: where a node falls silent this is noticed sooner, and where a recording is longer than 40 s
 * all back-offs are a tenth.
 */
final class Contract {

    private static final long LONG_MS = 40_000;
    private static final int AT_ONCE = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private enum Place {
        ORDINARY,
        REQUESTS,
        LONG,
        DRAIN,
        SILENCE;

        Timings timings() {
            return switch (this) {
                case SILENCE -> quickNodes();
                case LONG -> shortBackOff();
                case ORDINARY, REQUESTS, DRAIN -> Timings.real();
            };
        }

        boolean paced() {
            return this != LONG && this != SILENCE;
        }

        static Place of(Scenario scenario) {
            Recording first = scenario.repetitions().get(0);
            if (first.lines().stream().anyMatch(line -> Script.text(line).startsWith("node.sh"))) {
                return SILENCE;
            }
            if (first.lines().stream().anyMatch(line -> Script.text(line).matches("kubectl .*(cordon|drain) .*"))) {
                return DRAIN;
            }
            if (first.changes().findAny().isEmpty()) {
                return REQUESTS;
            }
            return first.end() > LONG_MS ? LONG : ORDINARY;
        }
    }

    private Contract() {}

    static List<Verdict> replay(List<Scenario> scenarios, List<KnownDeviation> known, Path folder)
            throws InterruptedException {
        Rules rules = Rules.of(scenarios.stream().map(Contract::histories).toList());
        Map<Place, List<Scenario>> places = new TreeMap<>();
        for (Scenario scenario : scenarios) {
            places.computeIfAbsent(Place.of(scenario), ignored -> new ArrayList<>())
                    .add(scenario);
        }
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "contract");
            thread.setDaemon(true);
            return thread;
        });
        List<Future<List<Verdict>>> running = new ArrayList<>();
        places.forEach((place, there) -> running.add(
                threads.submit(() -> replay(there, place, rules, known, folder.resolve(place.name()), threads))));
        List<Verdict> verdicts = new ArrayList<>();
        try {
            for (Future<List<Verdict>> each : running) {
                verdicts.addAll(get(each));
            }
        } finally {
            threads.shutdownNow();
        }
        verdicts.sort(Comparator.comparing(Verdict::scenario));
        return verdicts;
    }

    private static List<History> histories(Scenario scenario) {
        return scenario.repetitions().stream()
                .map(each -> History.of(each.changes().toList(), Set.of()))
                .toList();
    }

    private static List<Verdict> replay(
            List<Scenario> scenarios,
            Place place,
            Rules rules,
            List<KnownDeviation> known,
            Path folder,
            ExecutorService threads)
            throws InterruptedException {
        Set<String> kinds = new TreeSet<>();
        scenarios.forEach(scenario -> scenario.repetitions().forEach(each -> kinds.addAll(each.kinds())));
        try (ReplayCluster cluster = start(place, folder)) {
            try (Watcher watcher = new Watcher(cluster.http(), kinds)) {
                List<Future<Verdict>> running = new ArrayList<>();
                Semaphore room = new Semaphore(AT_ONCE);
                for (Scenario scenario : scenarios) {
                    running.add(threads.submit(() -> {
                        room.acquire();
                        try {
                            return replay(scenario, cluster, watcher, rules, place.paced(), known);
                        } finally {
                            room.release();
                        }
                    }));
                }
                List<Verdict> verdicts = new ArrayList<>();
                for (Future<Verdict> each : running) {
                    verdicts.add(get(each));
                }
                return verdicts;
            }
        }
    }

    /** One after the other: a cluster that starts has much to do. */
    private static synchronized ReplayCluster start(Place place, Path folder) {
        ReplayCluster cluster =
                new ReplayCluster(place.timings(), folder, place.name().hashCode());
        cluster.awaitNodes(PATIENCE);
        cluster.warmUp(PATIENCE);
        return cluster;
    }

    private static Verdict replay(
            Scenario scenario,
            ReplayCluster cluster,
            Watcher watcher,
            Rules rules,
            boolean paced,
            List<KnownDeviation> known)
            throws InterruptedException {
        long begun = System.nanoTime();
        Script script = Script.of(scenario, rules);
        Replay.Outcome outcome;
        try (Replay replay = new Replay(cluster, watcher, script, paced, found -> known.stream()
                .anyMatch(each -> each.covers(scenario.name(), found)))) {
            outcome = replay.run();
        } catch (RuntimeException e) {
            outcome = new Replay.Outcome(
                    1,
                    List.of(new Difference(
                            "the replay",
                            "cannot be done",
                            e + " at " + e.getStackTrace()[0] + " "
                                    + e.getStackTrace()[Math.min(3, e.getStackTrace().length - 1)],
                            false,
                            1)));
        }
        return Verdict.of(scenario.name(), outcome, known, (System.nanoTime() - begun) / 1e9);
    }

    private static <T> T get(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a replay ended unexpectedly", e.getCause());
        }
    }

    /** The real timings, but a node's silence is noticed after 6 s and an eviction waits for the next look, 2 s later. */
    private static Timings quickNodes() {
        Timings real = Timings.real();
        return new Timings(
                "contract, nodes",
                Duration.ofSeconds(1),
                Duration.ofSeconds(6),
                Duration.ofSeconds(1),
                real.nodeStatusReport(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(6),
                Duration.ofSeconds(1),
                real.plegRelist(),
                real.podSync(),
                real.podSyncBackOff(),
                real.crashBackOffInitial(),
                real.crashBackOffMax(),
                real.crashBackOffReset(),
                real.imageBackOffInitial(),
                real.imageBackOffMax(),
                real.schedulingBackOff(),
                real.schedulingBackOffMax(),
                real.schedulingFlush(),
                real.disruptionTimeout());
    }

    /** The real timings with a tenth of each wait after a failure. */
    private static Timings shortBackOff() {
        Timings real = Timings.real();
        return new Timings(
                "contract",
                real.nodeLeaseRenew(),
                real.nodeLeaseDuration(),
                real.nodeStatusUpdate(),
                real.nodeStatusReport(),
                real.nodeMonitorPeriod(),
                real.nodeMonitorGrace(),
                real.nodeEviction(),
                real.plegRelist().dividedBy(10),
                real.podSync().dividedBy(10),
                real.podSyncBackOff().dividedBy(10),
                real.crashBackOffInitial().dividedBy(10),
                real.crashBackOffMax().dividedBy(10),
                real.crashBackOffReset().dividedBy(10),
                real.imageBackOffInitial().dividedBy(10),
                real.imageBackOffMax().dividedBy(10),
                real.schedulingBackOff(),
                real.schedulingBackOffMax(),
                real.schedulingFlush(),
                real.disruptionTimeout());
    }
}
