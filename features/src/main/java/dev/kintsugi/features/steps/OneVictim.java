package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.features.cluster.reach.Destination;
import dev.kintsugi.features.recording.Effect;
import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.features.recording.Line;
import dev.kintsugi.features.recording.Observation.Pod;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Breaks one pod, which the seed chooses, and looks at it past the Service. */
public final class OneVictim {

    private static final int PROBES_PER_SECOND = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** Linux retransmits after 200 ms at the earliest: what is later than this has lost a packet. */
    private static final Duration LATE = Duration.ofMillis(150);

    private static final int DEGRADED_REQUESTS = 3;
    private static final int UNANSWERED_REQUESTS = 3;

    private final Trial trial;

    public OneVictim(Trial trial) {
        this.trial = trial;
    }

    /**
     * Breaks a pod of the web tier.
     *
     * @param effect how it must show there
     */
    void broken(Fault fault, @Nullable Duration duration, Function<Pod, Effect> effect) throws InterruptedException {
        broken(fault, duration, trial.app().labels(), effect);
    }

    /** Breaks a pod with these labels. */
    void broken(Fault fault, @Nullable Duration duration, Map<String, String> labels, Function<Pod, Effect> effect)
            throws InterruptedException {
        String namespace = trial.app().namespace();
        trial.inject(
                new Experiment(
                        name(fault), namespace, Target.one(Selector.labelled(namespace, labels)), fault, duration),
                victims -> new Effect.All(victims.stream().map(effect).toList()));
    }

    /** Such as {@code network-loss} or {@code memory-stress}. */
    private static String name(Fault fault) {
        return switch (fault.kind()) {
            case NETWORK_CHAOS -> "network-" + fault.action();
            case HTTP_CHAOS -> "http-" + fault.action();
            case STRESS_CHAOS -> fault.action() + "-stress";
            default -> fault.action();
        };
    }

    /** Some requests fail, or are as late as only a lost packet makes them. */
    Effect degraded(Pod victim) {
        return late(victim, LATE, "/");
    }

    /** Some requests fail, or take nine tenths of a delay and more. */
    Effect delayed(Pod victim, Duration delay) {
        Duration most = delay.multipliedBy(9).dividedBy(10);
        return late(victim, most.compareTo(LATE) > 0 ? most : LATE, "/");
    }

    /** Some requests for an answer of that size fail or are late. */
    Effect slow(Pod victim, int answerBytes) {
        return late(victim, LATE, "/?bytes=" + answerBytes);
    }

    private Effect late(Pod victim, Duration after, String path) {
        return new Effect.PathDegraded(probe(victim, path), after, DEGRADED_REQUESTS);
    }

    /** No request is answered any more. */
    Effect unanswered(Pod victim) {
        return new Effect.Unresponsive(probe(victim, "/"), UNANSWERED_REQUESTS);
    }

    /** Begins to send requests to the pod itself. */
    String probe(Pod pod, String path) {
        Line line = trial.reach().line(at(pod), "GET", path, PROBES_PER_SECOND, PATIENCE);
        return trial.recorder().probePath(pod, line, PROBES_PER_SECOND);
    }

    Destination at(Pod pod) {
        String ip = pod.ip();
        if (ip == null) {
            throw new Inconclusive("pod " + pod.name() + " has no address");
        }
        return trial.app().pod(pod.name(), ip);
    }
}
