package dev.kintsugi.reports;

import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.Environment;
import dev.kintsugi.reports.model.Event;
import dev.kintsugi.reports.model.Expectation;
import dev.kintsugi.reports.model.FaultWindow;
import dev.kintsugi.reports.model.HealedBy;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Proof;
import dev.kintsugi.reports.model.RequestBucket;
import dev.kintsugi.reports.model.RequestSeries;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Users;
import dev.kintsugi.reports.model.Verdict;
import dev.kintsugi.reports.model.Verification;
import dev.kintsugi.reports.model.Verification.Check;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A run as the runner would report it, one scenario of each kind. */
public final class SampleRun {

    public static final Environment ENVIRONMENT =
            new Environment("embedded", "v1.28.0", 2, 2, "17.0.16", "Linux 6.1 amd64", "quick", "0.1.0-SNAPSHOT");

    private static final Instant START = Instant.parse("2026-02-03T09:14:07.318Z");
    private static final Verification ALL_PASSED =
            new Verification(Check.PASSED, Check.PASSED, Check.PASSED, Check.PASSED);

    private SampleRun() {}

    public static Run run() {
        return of(
                podKill(),
                networkLoss(),
                memoryStress(),
                negativeControl(),
                lateHealing(),
                nothingSelected(),
                skipped());
    }

    public static Run of(ScenarioResult... scenarios) {
        return new Run("2026-02-03T09-14-07", START, 58_214.4, ENVIRONMENT, 42, List.of(scenarios));
    }

    /** As many scenarios as asked for, by repeating the sample ones under other ids. */
    public static Run large(int scenarios) {
        List<ScenarioResult> samples = run().scenarios();
        return of(IntStream.range(0, scenarios)
                .mapToObj(i -> withId(samples.get(i % samples.size()), i))
                .toArray(ScenarioResult[]::new));
    }

    public static ScenarioResult podKill() {
        return ScenarioResult.builder(
                        "pod/pod-kill:killed-pod", "A killed pod is replaced while users are served", START, 42)
                .tags(List.of("@mission", "@pod-kill"))
                .feature("pod/pod-kill.feature:6")
                .target("deployment/shop/sample-app")
                .marks(List.of(
                        mark(MarkName.INJECTED, 6.2, 6.2, "PodChaos/kill-one accepted, 201 Created"),
                        mark(MarkName.EFFECT, 61.4, 9.8, "UID 7f0c…51 of sample-app-5d9c7-x2x9q is gone"),
                        mark(MarkName.REPLACED, 74.9, 11.2, "sample-app-5d9c7-lm4vd with UID 20b1…aa exists"),
                        mark(MarkName.READY, 1_820.3, 14.1, "condition Ready=True of sample-app-5d9c7-lm4vd"),
                        mark(MarkName.ENDPOINT, 1_846.0, 12.0, "10.0.3 ready again in EndpointSlice sample-app-k8x2v"),
                        mark(MarkName.FIRST_GOOD, 1_931.6, 20.0, "request 1204 answered 200 by sample-app-5d9c7-lm4vd"),
                        mark(
                                MarkName.VERIFIED,
                                5_204.8,
                                100.0,
                                "status, connectivity, performance, dependencies held for 3 s")))
                .users(new Users(712, 11, 4.1, 212.6, 180.0))
                .verification(ALL_PASSED)
                .healedBy(HealedBy.KUBERNETES)
                .proofs(List.of(new Proof(
                        "shop/sample-app-5d9c7-x2x9q",
                        EffectVerdict.CONFIRMED,
                        "UID 3f0c2c1e-8d5e-4f5b-9a49-0a3c0d1c7b11 is gone")))
                .expectations(List.of(
                        new Expectation("the workload recovers within 5 s", true, "1.93 s at most"),
                        new Expectation("at most 2 % of the requests fail", true, "11 of 712, 1.5 %"),
                        new Expectation(
                                "nothing outside the target changes", true, "14 objects watched, none changed")))
                .events(List.of(
                        new Event(-2_000, "runner", "steady state held: 200 of 200 requests answered, p99 6.2 ms"),
                        new Event(61.4, "kubernetes", "Killing pod/sample-app-5d9c7-x2x9q: Stopping container app"),
                        new Event(
                                74.9,
                                "kubernetes",
                                "SuccessfulCreate replicaset/sample-app-5d9c7: Created pod sample-app-5d9c7-lm4vd"),
                        new Event(402.7, "kubernetes", "Started pod/sample-app-5d9c7-lm4vd: Started container app")))
                .requests(series(7, 8.0, -2_000, 5_300, 40, 1_860, 0.08, 4, 9, 0, 0))
                .experiment("""
                        apiVersion: chaos-mesh.org/v1alpha1
                        kind: PodChaos
                        metadata:
                          name: kill-one
                          namespace: shop
                        spec:
                          action: pod-kill
                          mode: one
                          selector:
                            namespaces: [shop]
                            labelSelectors:
                              app: sample-app
                        """)
                .tookMillis(8_412)
                .replay("features/kintsugi run pod/pod-kill.feature:6 --seed 42")
                .build();
    }

    public static ScenarioResult networkLoss() {
        return ScenarioResult.builder(
                        "network/network-loss:lossy-pod", "A pod behind a lossy network is replaced", START, 43)
                .tags(List.of("@mission", "@network-loss"))
                .feature("network/network-loss.feature:5")
                .target("deployment/shop/sample-app")
                .marks(List.of(
                        mark(MarkName.INJECTED, 8.9, 8.9, "NetworkChaos/lossy accepted, AllInjected=True"),
                        mark(MarkName.EFFECT, 318.2, 100.0, "9 of 30 requests on the path late by a retransmission"),
                        mark(
                                MarkName.DETECTED,
                                3_120.5,
                                22.0,
                                "Recovery sample-app-x7k2 in phase Detected: PodNotReady"),
                        mark(MarkName.ACTED, 3_164.0, 22.0, "Recovery sample-app-x7k2 in phase Acting: DeletePod"),
                        mark(MarkName.REPLACED, 3_240.7, 12.0, "sample-app-5d9c7-q9w8e exists"),
                        mark(MarkName.READY, 8_702.1, 14.0, "condition Ready=True"),
                        mark(MarkName.ENDPOINT, 8_731.0, 12.0, "ready endpoint again"),
                        mark(MarkName.FIRST_GOOD, 9_012.3, 20.0, "first of 60 requests in a row under 50 ms"),
                        mark(MarkName.VERIFIED, 12_100.0, 100.0, "held for 3 s")))
                .faultWindow(new FaultWindow(120, 3_240))
                .users(new Users(1_412, 5, 4.4, 1_240.0, 0))
                .verification(ALL_PASSED)
                .healedBy(HealedBy.HEALER)
                .expectations(List.of(
                        new Expectation("the workload recovers within 15 s", true, "9.02 s at most"),
                        new Expectation("the healer deletes the pod once", true, "1 attempt, DeletePod")))
                .events(List.of(
                        new Event(3_120.5, "healer", "RecoveryDetected deployment/sample-app: PodNotReady for 3 s"),
                        new Event(3_164.0, "healer", "RecoveryActed pod/sample-app-5d9c7-x2x9q: DeletePod"),
                        new Event(12_100.0, "healer", "RecoveryVerified deployment/sample-app took 9.0 s")))
                .requests(series(11, 8.0, -2_000, 12_400, 300, 3_300, 0.01, 4, 9, 210, 1_240))
                .tookMillis(15_200)
                .replay("features/kintsugi run network/network-loss.feature:5 --seed 43")
                .build();
    }

    public static ScenarioResult memoryStress() {
        return ScenarioResult.builder(
                        "resources/memory-stress:oom", "A container that runs out of memory is restarted", START, 44)
                .tags(List.of("@mission", "@memory-stress"))
                .feature("resources/memory-stress.feature:5")
                .target("deployment/shop/sample-app")
                .marks(List.of(
                        mark(MarkName.INJECTED, 5.1, 5.1, "StressChaos/eat accepted"),
                        mark(MarkName.EFFECT, 1_212.7, 30.0, "lastState.terminated: OOMKilled, exit code 137"),
                        mark(MarkName.REPLACED, 1_260.2, 12.0, "restartCount 0 → 1"),
                        mark(MarkName.READY, 2_304.4, 14.0, "condition Ready=True"),
                        mark(MarkName.ENDPOINT, 2_330.9, 12.0, "ready endpoint again"),
                        mark(MarkName.FIRST_GOOD, 2_360.0, 20.0, "request 311 answered 200"),
                        mark(MarkName.VERIFIED, 5_600.2, 100.0, "held for 3 s")))
                .faultWindow(new FaultWindow(40, 1_212.7))
                .users(new Users(760, 31, 4.9, 480.2, 310))
                .verification(ALL_PASSED)
                .healedBy(HealedBy.KUBERNETES)
                .expectations(List.of(new Expectation("the workload recovers within 8 s", true, "2.36 s at most")))
                .requests(series(13, 8.0, -2_000, 5_700, 1_100, 1_420, 0.9, 5, 12, 0, 0))
                .tookMillis(9_900)
                .replay("features/kintsugi run resources/memory-stress.feature:5 --seed 44")
                .build();
    }

    public static ScenarioResult negativeControl() {
        return ScenarioResult.builder(
                        "control/hung-pod:healer-off-then-on",
                        "A hung pod stays hung until the healer is switched on",
                        START,
                        45)
                .tags(List.of("@mission", "@control"))
                .feature("control/hung-pod.feature:7")
                .target("deployment/shop/sample-app")
                .marks(List.of(
                        mark(MarkName.INJECTED, 12.4, 12.4, "POST /simulate/hang answered 202"),
                        mark(MarkName.EFFECT, 510.0, 100.0, "5 requests in a row without an answer"),
                        mark(MarkName.DETECTED, 12_240.0, 22.0, "Recovery in phase Detected"),
                        mark(MarkName.ACTED, 12_282.0, 22.0, "Recovery in phase Acting: DeletePod"),
                        mark(MarkName.REPLACED, 12_340.0, 12.0, "new UID"),
                        mark(MarkName.READY, 13_402.0, 14.0, "condition Ready=True"),
                        mark(MarkName.ENDPOINT, 13_430.0, 12.0, "ready endpoint again"),
                        mark(MarkName.FIRST_GOOD, 13_512.0, 20.0, "first of 60 good requests"),
                        mark(MarkName.VERIFIED, 16_700.0, 100.0, "held for 3 s")))
                .faultWindow(new FaultWindow(12.4, 12_340))
                .users(new Users(1_860, 412, 4.2, 2_000.0, 400))
                .verification(ALL_PASSED)
                .healedBy(HealedBy.HEALER)
                .expectations(List.of(
                        new Expectation(
                                "with the healer off the workload does not recover within 12 s",
                                true,
                                "136 of 400 requests failed, to the end"),
                        new Expectation(
                                "with the healer on it recovers within 5 s", true, "1.3 s after it was switched on")))
                .events(List.of(new Event(12_000, "runner", "healer switched on")))
                .requests(series(17, 8.0, -2_000, 16_900, 480, 12_400, 0.33, 4, 9, 0, 0))
                .tookMillis(20_100)
                .replay("features/kintsugi run control/hung-pod.feature:7 --seed 45")
                .build();
    }

    public static ScenarioResult lateHealing() {
        return ScenarioResult.builder("pod/crash-loop:late", "A crash loop ends within 10 s", START, 46)
                .tags(List.of("@pod"))
                .feature("pod/crash-loop.feature:12")
                .target("deployment/shop/sample-app")
                .verdict(Verdict.FAILED, "recovery took up to 31.05 s, the bound is 10 s")
                .marks(List.of(
                        mark(MarkName.INJECTED, 7.0, 7.0, "3 of 3 pods told to crash"),
                        mark(MarkName.EFFECT, 402.0, 40.0, "restartCount 3, CrashLoopBackOff"),
                        mark(MarkName.DETECTED, 10_120.0, 22.0, "Recovery in phase Detected: CrashLoopBackOff"),
                        mark(MarkName.ACTED, 10_164.0, 22.0, "RollingRestart"),
                        mark(MarkName.REPLACED, 11_002.0, 12.0, "three new UIDs"),
                        mark(MarkName.READY, 30_640.0, 14.0, "3 of 3 Ready"),
                        mark(MarkName.ENDPOINT, 30_671.0, 1_000.0, "3 ready endpoints"),
                        mark(MarkName.FIRST_GOOD, 31_050.0, 1_000.0, "first of 60 good requests")))
                .faultWindow(new FaultWindow(7, 11_000))
                .users(new Users(3_402, 2_877, 2_000.0, 2_000.0, 30_400))
                .verification(new Verification(Check.PASSED, Check.PASSED, Check.FAILED, Check.NOT_RUN))
                .healedBy(HealedBy.HEALER)
                .residue(List.of("podchaos.chaos-mesh.org/shop/crash-all still has the finalizer chaos-mesh/records"))
                .expectations(List.of(
                        new Expectation("the workload recovers within 10 s", false, "30.05 s to 31.05 s"),
                        new Expectation("at most 50 % of the requests fail", false, "2877 of 3402, 84.6 %"),
                        new Expectation(
                                "nothing outside the target changes", true, "14 objects watched, none changed")))
                .events(List.of(new Event(
                        402.0,
                        "kubernetes",
                        "BackOff pod/sample-app-5d9c7-x2x9q: Back-off restarting failed container")))
                .requests(series(19, 8.0, -2_000, 34_000, 380, 30_800, 0.94, 2_000, 2_000, 0, 0))
                .tookMillis(37_000)
                .replay("features/kintsugi run pod/crash-loop.feature:12 --seed 46")
                .build();
    }

    public static ScenarioResult nothingSelected() {
        return ScenarioResult.builder("pod/nothing-selected:typo", "A killed pod of the shop front", START, 47)
                .tags(List.of("@pod"))
                .feature("pod/nothing-selected.feature:3")
                .verdict(
                        Verdict.INCONCLUSIVE,
                        "the selector app=shop-frnt in namespace shop matches no pod, so nothing was broken")
                .tookMillis(1_204)
                .replay("features/kintsugi run pod/nothing-selected.feature:3 --seed 47")
                .build();
    }

    public static ScenarioResult skipped() {
        return ScenarioResult.builder("network/dns:wrong-answers", "Wrong DNS answers are survived", START, 48)
                .tags(List.of("@dns"))
                .feature("network/dns.feature:3")
                .verdict(Verdict.SKIPPED, "needs a cluster with DNSChaos")
                .replay("features/kintsugi run network/dns.feature:3 --seed 48")
                .build();
    }

    private static Mark mark(MarkName name, double at, double bound, String evidence) {
        return new Mark(name, at, bound, evidence);
    }

    private static ScenarioResult withId(ScenarioResult s, int i) {
        return new ScenarioResult(
                s.id() + "-" + i,
                s.name(),
                s.tags(),
                s.feature(),
                s.verdict(),
                s.reason(),
                s.seed(),
                s.target(),
                s.marks(),
                s.recovery(),
                s.users(),
                s.verification(),
                s.residue(),
                s.expectations(),
                s.events(),
                s.requests(),
                s.faultWindow(),
                s.healedBy(),
                s.startedAt(),
                s.tookMillis(),
                s.experiment(),
                s.replay(),
                s.proofs(),
                s.repetition());
    }

    /**
     * Buckets of 100 ms with the given rate of requests; between {@code hurtFrom} and {@code hurtUntil} a share of them fails,
     * and the rest has the given extra latencies.
     */
    private static RequestSeries series(
            long seed,
            double perBucket,
            int from,
            int until,
            int hurtFrom,
            int hurtUntil,
            double failedShare,
            double p50,
            double p99,
            double extraP50,
            double extraP99) {
        Random random = new Random(seed);
        List<RequestBucket> buckets = new ArrayList<>();
        for (int at = from; at < until; at += 100) {
            long sent = Math.round(perBucket + random.nextInt(3) - 1);
            boolean hurt = at >= hurtFrom && at < hurtUntil;
            long failed = hurt
                    ? IntStream.range(0, (int) sent)
                            .filter(i -> random.nextDouble() < failedShare)
                            .count()
                    : 0;
            boolean late = hurt && random.nextDouble() < 0.4;
            double median =
                    (hurt ? p50 : 4) * (0.8 + 0.4 * random.nextDouble()) + (late ? extraP50 * random.nextDouble() : 0);
            double tail = Math.max(
                    median,
                    (hurt ? p99 : 9) * (0.8 + 0.6 * random.nextDouble()) + (late ? extraP99 * random.nextDouble() : 0));
            buckets.add(
                    failed == sent
                            ? new RequestBucket(at, sent, failed, null, null)
                            : new RequestBucket(at, sent, failed, median, tail));
        }
        return new RequestSeries(100, buckets);
    }
}
