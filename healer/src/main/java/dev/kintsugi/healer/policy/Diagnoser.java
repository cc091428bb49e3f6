package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.ContainerState;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Termination;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a pod, a workload or a node, as a function of what is known of it and of the time. */
public final class Diagnoser {

    /** Kubernetes writes times as whole seconds. */
    private static final Duration TIMESTAMP_UNIT = Duration.ofSeconds(1);

    private final HealerConfig config;
    private final Blocked blocked;
    private final WorkloadDiagnoser workloads;
    private final NodeDiagnoser nodes;

    /** By the thresholds of {@code config}. */
    public Diagnoser(HealerConfig config) {
        this.config = config;
        this.blocked = new Blocked(config);
        this.workloads = new WorkloadDiagnoser(config);
        this.nodes = new NodeDiagnoser(config);
    }

    /**
     * What was found.
     *
     * @param diagnosis null if nothing is wrong (yet)
     * @param nextLook when something will be wrong if nothing changes before; null if nothing will
     */
    public record Finding(
            @Nullable Diagnosis diagnosis, @Nullable Instant nextLook) {

        static final Finding NOTHING = new Finding(null, null);

        static Finding of(Diagnosis diagnosis) {
            return new Finding(diagnosis, null);
        }

        static Finding later(Instant nextLook) {
            return new Finding(null, nextLook);
        }
    }

    /**
     * A workload: see {@link WorkloadDiagnoser}; a node: see {@link NodeDiagnoser}. A pod: the first of these that holds:
     *
     * <ol>
     *   <li>A pod being deleted is stuck once it has outlived its grace period by the threshold, unless its node is not
     *       ready, whose matter that is; nothing else can be wrong with it.
     *   <li>A finished pod (Succeeded) and every pod of a Job is none of the healer's business.
     *   <li>Phase Failed: evicted by its node if that is the reason, else failed.
     *   <li>A container that was killed for want of memory within the window and does not run, or repeats: OOM killed.
     *   <li>A container that waits in CrashLoopBackOff, or repeats: crash loop. Restarts are counted within the window
     *       only.
     *   <li>One of the containers that run first does so: init container failing.
     *   <li>Something keeps it from running: see {@link Blocked#diagnose}.
     *   <li>Not ready for longer than the threshold, counted from when it became so or, if later, from the end of the
     *       start-up that its own probes grant it: not ready. One that has not been ready since its containers started
     *       has the threshold for start-up: a new pod would have to start as well. Pods that do not run (unscheduled,
     *       image not pulled) or whose node is not ready are left out: a new pod would fare no better, or the node's end
     *       decides.
     *   <li>A container that was killed for want of memory and runs again: OOM killed, but not ongoing.
     * </ol>
     */
    public Finding diagnose(Observation observation, Instant now) {
        PodState pod = observation.pod();
        if (pod == null) {
            return switch (observation.target().kind()) {
                case "Pod" -> Finding.NOTHING;
                case "Node" -> nodes.diagnose(observation, now);
                default -> workloads.diagnose(observation, now);
            };
        }
        if (pod.deletionDue() != null) {
            return stuck(pod, pod.deletionDue(), observation.nodeOf(pod), now);
        }
        if (pod.phase() == PodPhase.SUCCEEDED || pod.ofJob()) {
            return Finding.NOTHING;
        }
        if (pod.phase() == PodPhase.FAILED) {
            return Finding.of(failed(pod));
        }
        int restarts = pod.history().within(config.restartWindow(), now);
        boolean repeats = restarts > config.podRestartThreshold();
        Optional<Diagnosis> loop = outOfMemory(pod, restarts, repeats, now)
                .filter(Diagnosis::ongoing)
                .or(() -> crashLoop(pod, restarts, repeats, now))
                .or(() -> blocked.initFailing(pod, restarts, repeats, now));
        if (loop.isPresent()) {
            return Finding.of(loop.get());
        }
        NodeState node = observation.nodeOf(pod);
        boolean nodesMatter = node != null && node.condition() == NodeState.Condition.NOT_READY;
        Finding kept = nodesMatter || pod.ready() ? Finding.NOTHING : blocked.diagnose(pod, now);
        if (!kept.equals(Finding.NOTHING)) {
            return kept;
        }
        Finding notReady = nodesMatter ? Finding.NOTHING : notReady(pod, now);
        return notReady.diagnosis() != null
                ? notReady
                : new Finding(outOfMemory(pod, restarts, repeats, now).orElse(null), notReady.nextLook());
    }

    /**
     * As {@link #diagnose} for the target of an open incident; once it has been acted on and its target is gone or going,
     * for the pods that {@linkplain #replaces came in its place} too. That
     * a node is left cordoned is no illness, but a matter for when the incident is closed.
     */
    public Finding diagnose(Incident incident, Observation observation, Instant now) {
        Finding target = diagnose(observation, now);
        Diagnosis found = target.diagnosis();
        if (found != null
                && found.cause() == Cause.NODE_LEFT_CORDONED
                && !incident.cause().equals(found.cause().published())) {
            return Finding.NOTHING;
        }
        PodState pod = observation.pod();
        boolean podsMatter =
                switch (incident.target().kind()) {
                    case "Pod" -> true;
                    case "Node" -> false;
                    default -> incident.actedAt() != null;
                };
        if (found != null || !podsMatter || (pod != null && !pod.beingDeleted())) {
            return target;
        }
        List<Finding> all = Stream.concat(
                        Stream.of(target),
                        observation.peers().stream()
                                .filter(peer -> replaces(peer, incident))
                                .sorted(Comparator.comparing(peer -> peer.ref().name()))
                                .map(peer -> diagnose(observation.from(peer), now)))
                .toList();
        return new Finding(
                all.stream()
                        .map(Finding::diagnosis)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null),
                all.stream()
                        .map(Finding::nextLook)
                        .filter(Objects::nonNull)
                        .min(Comparator.<Instant>naturalOrder())
                        .orElse(null));
    }

    /**
     * Whether a pod of the same owner may have come in the place of what an incident has acted on: it was created since
     * the first action. Kubernetes' whole seconds, and one second of difference between the clocks, are allowed for.
     */
    public static boolean replaces(PodState pod, Incident incident) {
        Instant actedAt = incident.actedAt();
        return actedAt != null
                && !pod.createdAt()
                        .isBefore(actedAt.truncatedTo(ChronoUnit.SECONDS).minusSeconds(1));
    }

    private Finding stuck(PodState pod, Instant due, @Nullable NodeState node, Instant now) {
        Instant from = due.plus(config.podStuckTerminatingThreshold());
        if (now.isBefore(from)) {
            return Finding.later(from);
        }
        if (node != null && node.condition() == NodeState.Condition.NOT_READY) {
            return Finding.NOTHING;
        }
        Instant goneSince = node != null && node.condition() == NodeState.Condition.GONE ? node.since() : null;
        String nodeText = node == null ? "unknown" : goneSince == null ? "still exists" : "no longer exists";
        String evidence = "should have been gone at %s; node %s %s; finalizers %s"
                .formatted(
                        due,
                        pod.nodeName(),
                        nodeText,
                        pod.finalizers().isEmpty() ? "none" : String.join(", ", pod.finalizers()));
        return Finding.of(new Diagnosis.StuckTerminating(pod, due, evidence, goneSince));
    }

    private static Diagnosis failed(PodState pod) {
        Optional<Termination> end = pod.containers().stream()
                .map(ContainerState::terminated)
                .filter(Objects::nonNull)
                .findFirst();
        Instant onset =
                end.map(Termination::finishedAt).orElse(pod.readySince() == null ? pod.createdAt() : pod.readySince());
        String evidence = "phase Failed"
                + end.map(t -> ": " + t.reason() + ", exit code " + t.exitCode())
                        .orElse("");
        return "Evicted".equals(pod.reason())
                ? new Diagnosis.PodEvicted(pod, onset, "evicted by node " + pod.nodeName())
                : new Diagnosis.PodFailed(pod, onset, evidence);
    }

    private Optional<Diagnosis> outOfMemory(PodState pod, int restarts, boolean repeats, Instant now) {
        Instant from = now.minus(config.restartWindow());
        return latest(pod, c -> {
                    Termination end = c.latestTermination();
                    return end != null && end.outOfMemory() && !end.finishedAt().isBefore(from);
                })
                .map(container -> {
                    Termination end = Objects.requireNonNull(container.latestTermination());
                    boolean ongoing = repeats || container.runningSince() == null;
                    return new Diagnosis.OOMKilled(
                            pod,
                            end.finishedAt(),
                            "container %s: OOMKilled, exit code %d at %s; %s"
                                    .formatted(
                                            container.name(), end.exitCode(), end.finishedAt(), restartsText(restarts)),
                            repeats,
                            terminations(pod),
                            ongoing);
                });
    }

    private Optional<Diagnosis> crashLoop(PodState pod, int restarts, boolean repeats, Instant now) {
        return latest(pod, repeats ? c -> c.restarts() > 0 : ContainerState::inCrashLoopBackOff)
                .map(container -> {
                    Termination end = container.latestTermination();
                    String how = end == null ? "" : ", last ended with " + end.reason() + " " + end.exitCode();
                    return new Diagnosis.CrashLoopBackOff(
                            pod,
                            end == null ? now : end.finishedAt(),
                            "container %s: %s%s; %s"
                                    .formatted(
                                            container.name(),
                                            container.inCrashLoopBackOff() ? "CrashLoopBackOff" : "restarting",
                                            how,
                                            restartsText(restarts)),
                            repeats,
                            terminations(pod));
                });
    }

    private String restartsText(int restarts) {
        return "%d restarts within %d s (threshold %d)"
                .formatted(restarts, config.restartWindow().toSeconds(), config.podRestartThreshold());
    }

    private Finding notReady(PodState pod, Instant now) {
        if (pod.ready() || pod.phase() != PodPhase.RUNNING) {
            return Finding.NOTHING;
        }
        Instant since = pod.readySince() == null ? pod.createdAt() : pod.readySince();
        Instant startedUp = pod.startedAt().plus(pod.startupAllowance());
        Instant counted = since.isAfter(startedUp) ? since : startedUp;
        boolean starting = !since.isAfter(pod.startedAt().plus(TIMESTAMP_UNIT));
        Duration threshold = starting ? config.podStartupThreshold() : config.podNotReadyThreshold();
        Instant from = counted.plus(threshold);
        if (now.isBefore(from)) {
            return Finding.later(from);
        }
        return Finding.of(new Diagnosis.PodNotReady(
                pod,
                counted,
                "not ready since %s, %d s (threshold %d s)%s"
                        .formatted(
                                since,
                                Duration.between(since, now).toSeconds(),
                                threshold.toSeconds(),
                                starting ? ", nor ever since it started" : "")));
    }

    /** The container whose run ended last, of those that a rule is about. */
    private static Optional<ContainerState> latest(PodState pod, Predicate<ContainerState> rule) {
        return pod.containers().stream().filter(rule).max(Comparator.comparing(c -> {
            Termination end = c.latestTermination();
            return end == null ? Instant.EPOCH : end.finishedAt();
        }));
    }

    private static int terminations(PodState pod) {
        return pod.containers().stream().mapToInt(ContainerState::terminations).sum();
    }
}
