package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.RequestSeen;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Proof;
import dev.kintsugi.reports.model.RequestSeries;
import dev.kintsugi.reports.model.Timeline;
import dev.kintsugi.reports.model.Users;
import dev.kintsugi.reports.model.Verification;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Measures one scenario from outside. It sends users' requests, watches the cluster with watches of its own, stamps all of it
 * on one monotonic clock at receipt, and answers what that says so far. It never reads the healer's memory.
 */
public final class Recorder implements AutoCloseable {

    private static final int BUCKET_MILLIS = 250;
    private static final Duration WARM_UP = Duration.ofMillis(700);
    private static final double WHOLE = 0.9;

    /**
     * What is measured, and how.
     *
     * @param namespace where the workload lives
     * @param service the Service that users call
     * @param perSecond requests per second, 1 to 1,000
     * @param dependencies Services that the workload names as its dependencies
     * @param slowest the slowest 95th percentile that verification accepts
     * @param stableFor how long every verification step has to hold
     */
    public record Options(
            String namespace,
            String service,
            int perSecond,
            List<String> dependencies,
            Duration slowest,
            Duration stableFor) {
        public Options {
            dependencies = List.copyOf(dependencies);
        }
    }

    private final Options options;
    private final MonotonicClock clock;
    private final ObservationLog log = new ObservationLog();
    private final ClusterWatcher watcher;
    private final KubernetesClient client;
    private final List<LoadGenerator> loads = new ArrayList<>();
    private final List<UsageWatch> usages = new ArrayList<>();
    private final Verifier verifier;
    private final long watchDelayNanos;
    private final long startedNanos;
    private @Nullable Steadiness steadiness;
    private String unsteadiness = "nobody has looked yet";
    private @Nullable Injection injection;
    private @Nullable Sighting verified;
    private long lastLookNanos;
    private Verifier.Outcome lastVerification = new Verifier.Outcome(Verification.NOT_RUN, "nothing was verified yet");

    private Recorder(Line users, Options options, MonotonicClock clock, KubernetesClient client, long watchDelayNanos) {
        this.options = options;
        this.client = client;
        this.clock = clock;
        this.watchDelayNanos = watchDelayNanos;
        this.verifier = new Verifier(
                options.service(),
                options.dependencies(),
                options.slowest().toMillis(),
                options.stableFor().toNanos());
        this.watcher = new ClusterWatcher(client, options.namespace(), clock, log::add);
        this.startedNanos = clock.nanos();
        send(users, Observation.USERS, options.perSecond());
    }

    private void send(Line line, String stream, int perSecond) {
        loads.add(new LoadGenerator(
                line, stream, perSecond, clock, request -> log.add(new RequestSeen(stream, request))));
    }

    /**
     * Starts watching and sending.
     *
     * @param users the way that users' requests take, which the recorder closes
     */
    public static Recorder start(KubernetesClient client, Line users, Options options) throws InterruptedException {
        MonotonicClock clock = MonotonicClock.system();
        long watchDelay = WatchDelay.measureNanos(client, options.namespace(), clock);
        return new Recorder(users, options, clock, client, watchDelay);
    }

    /** The clock of all stamps. */
    public MonotonicClock clock() {
        return clock;
    }

    /**
     * Whether users have been served steadily during the last {@code duration}: every request good, and nine tenths of the
     * requests that were due have ended. What is measured later is held against it.
     */
    public Optional<Steadiness> steady(Duration duration) {
        long now = clock.nanos();
        long from = now - duration.toNanos();
        if (from < startedNanos + WARM_UP.toNanos()) {
            return unsteady("the load has just begun");
        }
        if (!watcher.watching()) {
            return unsteady("a watch of the recorder's is not alive");
        }
        List<Observation> seen = log.untilNow();
        Experience experience = new Experience(seen);
        List<Request> due = experience.between(from, now);
        Optional<Request> bad = due.stream().filter(r -> !r.good()).findFirst();
        if (bad.isPresent()) {
            return unsteady("a request failed: " + bad.get().failure());
        }
        double wanted = WHOLE * options.perSecond() * duration.toMillis() / 1_000;
        if (due.size() < wanted) {
            return unsteady(due.size() + " requests were answered in time, at least " + Math.round(wanted)
                    + " should have been");
        }
        Steadiness steady = experience.steadiness(from, now);
        steadiness = steady;
        return Optional.of(steady);
    }

    private Optional<Steadiness> unsteady(String why) {
        unsteadiness = why;
        return Optional.empty();
    }

    /** Why the last look at the steady state found none, for a person. */
    public String unsteadiness() {
        return unsteadiness;
    }

    /** The pods of the workload's namespace that are there now. */
    public List<Pod> pods() {
        Map<String, Pod> there = new LinkedHashMap<>();
        for (Observation seen : log.untilNow()) {
            if (seen instanceof PodSeen pod) {
                if (pod.gone()) {
                    there.remove(pod.pod().uid());
                } else {
                    there.put(pod.pod().uid(), pod.pod());
                }
            }
        }
        return List.copyOf(there.values());
    }

    /**
     * Begins to send requests straight to one pod, past the Service: what its path does shows here and nowhere else.
     *
     * @param line the way to the pod, which the recorder closes
     * @return the name of the stream
     */
    public String probePath(Pod pod, Line line, int perSecond) {
        String stream = path(pod);
        send(line, stream, perSecond);
        return stream;
    }

    /** Begins to ask what these pods use. */
    public void watchUsage(List<Pod> pods) {
        usages.add(new UsageWatch(client, List.copyOf(pods), clock, log::add));
    }

    /** CPUs that a pod has used so far while somebody looked; nothing when its kubelet has not measured twice. */
    public Optional<Double> coresOf(Pod pod) {
        return Effects.cores(log.untilNow(), pod.uid(), Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** The name of the stream of requests straight to a pod. */
    static String path(Pod pod) {
        return "path:" + pod.name();
    }

    /** Says what was injected; from here on there is a timeline. */
    public void injected(Injection what) {
        this.injection = what;
        this.verified = null;
        this.lastLookNanos = 0;
    }

    /** Says that the fault is lifted. */
    public void lifted() {
        Injection now = injection;
        if (now != null) {
            injection = now.lifted(clock.nanos());
        }
    }

    /** What was injected. */
    public Optional<Injection> injection() {
        return Optional.ofNullable(injection);
    }

    /** The marks so far; none before something was injected. */
    public Timeline timeline() {
        return reading().map(r -> r.timeline(Optional.ofNullable(verified))).orElseGet(() -> new Timeline(List.of()));
    }

    /** What was seen of the fault at each of its targets; none before something was injected. */
    public List<Proof> proofs() {
        Injection now = injection;
        return now == null ? List.of() : Effects.proofs(log.untilNow(), now, watchDelayNanos);
    }

    /** The pods that stand in for the targets. */
    public List<Pod> standIns() {
        return reading().map(Reading::standIns).orElseGet(List::of);
    }

    /**
     * Looks once whether the four verification steps held during the last {@code stableFor}. The first time they did after
     * users were served again is the mark {@code verified}.
     */
    public boolean verify() {
        if (verified != null) {
            return true;
        }
        Steadiness before = steadiness;
        Optional<Reading> reading = reading();
        if (before == null || reading.isEmpty()) {
            return false;
        }
        long now = clock.nanos();
        long sinceLastLook = lastLookNanos == 0 ? 0 : now - lastLookNanos;
        lastLookNanos = now;
        lastVerification = verifier.verify(reading.get().log(), now, before);
        boolean served = reading.get()
                .timeline(Optional.empty())
                .find(MarkName.FIRST_GOOD)
                .isPresent();
        if (served && lastVerification.passed()) {
            verified = new Sighting(now, sinceLastLook + watchDelayNanos, lastVerification.evidence());
            return true;
        }
        return false;
    }

    /** The outcome of the last look, step by step. */
    public Verification verification() {
        return lastVerification.verification();
    }

    /** What the last look saw, for a person. */
    public String verificationEvidence() {
        return lastVerification.evidence();
    }

    /** What users met since the injection; of all the recording when there was none. */
    public Users users() {
        return new Experience(log.untilNow()).users(zero());
    }

    /** Why users' requests failed since the injection, the most frequent cause first. */
    public List<String> failures() {
        return new Experience(log.untilNow()).causes(zero());
    }

    /** The load over time; zero is the injection. */
    public RequestSeries requests() {
        return new Experience(log.untilNow()).series(zero(), BUCKET_MILLIS);
    }

    /** Everything seen so far. */
    public List<Observation> observations() {
        return log.untilNow();
    }

    /** Milliseconds since the injection was requested, or since the recording began. */
    public double millisSinceInjection() {
        return (clock.nanos() - zero()) / 1e6;
    }

    private long zero() {
        Injection now = injection;
        return now == null ? startedNanos : now.requestedNanos();
    }

    private Optional<Reading> reading() {
        Injection now = injection;
        return now == null ? Optional.empty() : Optional.of(new Reading(log.untilNow(), now, watchDelayNanos));
    }

    @Override
    public void close() {
        usages.forEach(UsageWatch::close);
        loads.forEach(LoadGenerator::close);
        watcher.close();
    }
}
