package dev.kintsugi.features.cluster.embedded.control.batch;

import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What a Job makes of its pods: whether one counts as failed, when it ended, and how long to wait for the next. */
final class JobPods {

    static final String FINALIZER = "batch.kubernetes.io/job-tracking";

    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(10);
    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(6);
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    private JobPods() {}

    static boolean isTracked(Pod pod) {
        return pod.getMetadata().getFinalizers() != null
                && pod.getMetadata().getFinalizers().contains(FINALIZER);
    }

    static boolean hasSucceeded(Pod pod) {
        return Pods.phase(pod).equals("Succeeded");
    }

    /** A pod that is being deleted counts as failed too, unless the Job has a failure policy, which wants to see how it ends. */
    static boolean hasFailed(Pod pod, Job job) {
        return Pods.phase(pod).equals("Failed")
                || (Pods.isTerminating(pod)
                        && !hasSucceeded(pod)
                        && job.getSpec().getPodFailurePolicy() == null);
    }

    /** Init containers first. */
    static List<ContainerStatus> containers(Pod pod) {
        return pod.getStatus() == null
                ? List.of()
                : Stream.of(
                                pod.getStatus().getInitContainerStatuses(),
                                pod.getStatus().getContainerStatuses())
                        .filter(Objects::nonNull)
                        .flatMap(List::stream)
                        .toList();
    }

    /**
     * When a pod that has ended did so: when the last of its containers did; else when it stopped being ready, when its deletion was
     * asked for, or when it was made.
     */
    static Instant ended(Pod pod) {
        Optional<Instant> containers =
                pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
                        ? Optional.empty()
                        : pod.getStatus().getContainerStatuses().stream()
                                .map(ContainerStatus::getState)
                                .filter(Objects::nonNull)
                                .map(ContainerState::getTerminated)
                                .filter(terminated -> terminated != null && terminated.getFinishedAt() != null)
                                .map(terminated -> Times.parse(terminated.getFinishedAt()))
                                .max(Comparator.naturalOrder());
        return containers
                .or(() -> Pods.condition(pod, "Ready")
                        .filter(condition -> "False".equals(condition.getStatus()))
                        .map(PodCondition::getLastTransitionTime)
                        .map(Times::parse))
                .or(() -> Optional.ofNullable(pod.getMetadata().getDeletionTimestamp())
                        .map(time -> Times.parse(time).minus(grace(pod))))
                .orElseGet(() -> Times.parse(pod.getMetadata().getCreationTimestamp()));
    }

    private static Duration grace(Pod pod) {
        Long seconds = pod.getMetadata().getDeletionGracePeriodSeconds();
        return seconds == null ? DEFAULT_GRACE : Duration.ofSeconds(seconds);
    }

    /**
     * When the next pod may be made: 10 s after the last failure, doubled by each further failure since the last success, at most 6 min.
     * In the past if there was none.
     */
    static Instant nextStart(List<Pod> pods, Job job) {
        List<Pod> ended = pods.stream()
                .filter(pod -> hasSucceeded(pod) || hasFailed(pod, job))
                .sorted(Comparator.comparing(JobPods::ended))
                .toList();
        int failures = 0;
        Instant last = Instant.EPOCH;
        for (Pod pod : ended) {
            failures = hasSucceeded(pod) ? 0 : failures + 1;
            last = ended(pod);
        }
        if (failures == 0) {
            return Instant.EPOCH;
        }
        Duration wait = FIRST_BACK_OFF;
        for (int i = 1; i < failures && wait.compareTo(LONGEST_BACK_OFF) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return last.plus(wait.compareTo(LONGEST_BACK_OFF) < 0 ? wait : LONGEST_BACK_OFF);
    }

    /** Pods that restart their containers in place fail by these restarts. */
    static boolean restartedTooOften(Job job, List<Pod> pods) {
        if (!"OnFailure".equals(job.getSpec().getTemplate().getSpec().getRestartPolicy())) {
            return false;
        }
        int restarts = pods.stream()
                .filter(pod -> List.of("Running", "Pending").contains(Pods.phase(pod)))
                .flatMap(pod -> containers(pod).stream())
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
        int limit = Objects.requireNonNullElse(job.getSpec().getBackoffLimit(), 0);
        return limit == 0 ? restarts > 0 : restarts >= limit;
    }
}
