package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.ContainerState;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Termination;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What keeps a pod from running at all. */
final class Blocked {

    /** Why the kubelet says that it has no image (kubelet, {@code pkg/kubelet/images/types.go}). */
    static final Set<String> IMAGE = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "ImageInspectError",
            "ErrImageNeverPull",
            "InvalidImageName",
            "RegistryUnavailable",
            "SignatureValidationFailed");

    /** Why the kubelet says that it cannot make a container of the image. */
    static final Set<String> CONFIG = Set.of(
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError",
            "PreCreateHookError",
            "PostStartHookError");

    /** What the scheduler's words mean (its plug-ins' {@code ErrReason…} constants), in the order of asking. */
    private static final Map<String, List<String>> WHY_UNSCHEDULED = Map.of(
            "resources", List.of("insufficient ", "too many pods"),
            "taints", List.of("untolerated taint", "were unschedulable"),
            "affinity",
                    List.of("pod's node affinity", "node selector", "pod affinity", "anti-affinity", "topology spread"),
            "volume", List.of("persistentvolumeclaim", "volume node affinity", "max volume count", "volume(s)"),
            "ports", List.of("free ports"));

    private final HealerConfig config;

    Blocked(HealerConfig config) {
        this.config = config;
    }

    /**
     * The first of these that holds, for longer than a pod may take to become ready ({@code pod_startup_threshold},
     * counted from when it became not ready), as until then Kubernetes tries again by itself:
     *
     * <ol>
     *   <li>A container, of those that run first or of the others, waits for its image.
     *   <li>One waits since the kubelet cannot make it.
     *   <li>The scheduler has said that no node takes the pod. One that waits for its gates ({@code SchedulingGated}) has
     *       not been looked at by it yet.
     * </ol>
     */
    Diagnoser.Finding diagnose(PodState pod, Instant now) {
        Instant since = pod.readySince() == null ? pod.createdAt() : pod.readySince();
        Optional<Diagnosis> found = waiting(pod, IMAGE::contains)
                .<Diagnosis>map(c -> new Diagnosis.ImagePullBackOff(pod, since, words(c)))
                .or(() -> waiting(pod, CONFIG::contains)
                        .map(c -> new Diagnosis.ContainerConfigError(pod, since, words(c))))
                .or(() -> unscheduled(pod));
        if (found.isEmpty()) {
            return Diagnoser.Finding.NOTHING;
        }
        Duration threshold = config.podStartupThreshold();
        Instant from = found.get().onset().plus(threshold);
        return now.isBefore(from) ? Diagnoser.Finding.later(from) : Diagnoser.Finding.of(found.get());
    }

    /**
     * A container that runs before the others and waits in CrashLoopBackOff, or restarts more often within the window
     * than it may.
     */
    Optional<Diagnosis> initFailing(PodState pod, int restarts, boolean repeats, Instant now) {
        return pod.initContainers().stream()
                .filter(c -> c.inCrashLoopBackOff() || (repeats && c.restarts() > 0))
                .findFirst()
                .map(c -> {
                    Termination end = c.latestTermination();
                    return new Diagnosis.InitContainerFailing(
                            pod,
                            end == null ? now : end.finishedAt(),
                            "init container %s: %s%s; %d restarts within %d s"
                                    .formatted(
                                            c.name(),
                                            c.inCrashLoopBackOff() ? "CrashLoopBackOff" : "restarting",
                                            end == null
                                                    ? ""
                                                    : ", last ended with " + end.reason() + " " + end.exitCode(),
                                            restarts,
                                            config.restartWindow().toSeconds()),
                            repeats,
                            pod.initContainers().stream()
                                    .mapToInt(ContainerState::terminations)
                                    .sum());
                });
    }

    /** Which of resources, taints, affinity, volume, ports the scheduler names; "unknown" if none. */
    static String why(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        List<String> reasons = new ArrayList<>();
        for (String reason : List.of("resources", "taints", "affinity", "volume", "ports")) {
            if (WHY_UNSCHEDULED.getOrDefault(reason, List.of()).stream().anyMatch(lower::contains)) {
                reasons.add(reason);
            }
        }
        return reasons.isEmpty() ? "unknown" : String.join(", ", reasons);
    }

    private static Optional<Diagnosis> unscheduled(PodState pod) {
        PodState.Unscheduled word = pod.unscheduled();
        return word == null
                ? Optional.empty()
                : Optional.of(new Diagnosis.PodUnschedulable(
                        pod,
                        word.since(),
                        "no node takes it for want of %s: %s".formatted(why(word.message()), word.message())));
    }

    private static Optional<ContainerState> waiting(PodState pod, Predicate<String> reason) {
        return Stream.concat(pod.initContainers().stream(), pod.containers().stream())
                .filter(c -> c.waitingReason() != null && reason.test(c.waitingReason()))
                .findFirst();
    }

    private static String words(ContainerState container) {
        return "container " + container.name() + " waits: " + container.waitingReason();
    }
}
