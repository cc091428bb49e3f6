package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.Times;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The status of a Deployment: sums over its ReplicaSets and the conditions Available and Progressing.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status">Deployment status</a>
 */
final class DeploymentStatuses {

    private static final String PROGRESSING = "Progressing";
    private static final String DONE = "NewReplicaSetAvailable";
    private static final String TIMED_OUT = "ProgressDeadlineExceeded";
    private static final String PAUSED = "DeploymentPaused";

    private DeploymentStatuses() {}

    /** The sums, and whether enough pods are available; what is Progressing stays as it was. */
    static DeploymentStatus counted(
            Deployment deployment, List<ReplicaSet> sets, @Nullable ReplicaSet young, Instant now) {
        int available = sets.stream().mapToInt(RollingRules::available).sum();
        int asked = sets.stream().mapToInt(Replicas::wanted).sum();
        DeploymentStatus before = present(deployment);
        DeploymentStatus status = new DeploymentStatusBuilder(before)
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .withReplicas(Replicas.orNull(
                        sets.stream().mapToInt(DeploymentStatuses::replicas).sum()))
                .withUpdatedReplicas(Replicas.orNull(young == null ? 0 : replicas(young)))
                .withReadyReplicas(Replicas.orNull(sets.stream()
                        .mapToInt(set -> set.getStatus() == null
                                ? 0
                                : Replicas.orZero(set.getStatus().getReadyReplicas()))
                        .sum()))
                .withAvailableReplicas(Replicas.orNull(available))
                .withUnavailableReplicas(Replicas.orNull(Math.max(0, asked - available)))
                .build();
        return available >= RollingRules.of(deployment).least()
                ? with(
                        status,
                        "Available",
                        "True",
                        "MinimumReplicasAvailable",
                        "Deployment has minimum availability.",
                        now)
                : with(
                        status,
                        "Available",
                        "False",
                        "MinimumReplicasUnavailable",
                        "Deployment does not have minimum availability.",
                        now);
    }

    /**
     * The status in a change over: complete when all pods are new and available, progressing when there are more new, more ready or
     * fewer old ones than before, timed out when it has not progressed for the deadline.
     */
    static DeploymentStatus progressed(
            Deployment deployment, List<ReplicaSet> sets, @Nullable ReplicaSet young, Instant now) {
        DeploymentStatus before = present(deployment);
        DeploymentStatus status = withFailure(counted(deployment, sets, young, now), sets, young, now);
        if (deadline(deployment) == null) {
            return without(status, PROGRESSING);
        }
        Optional<DeploymentCondition> current = condition(before, PROGRESSING);
        boolean wasComplete = replicasOf(status) == updatedOf(status)
                && current.filter(condition -> DONE.equals(condition.getReason()))
                        .isPresent();
        if (wasComplete) {
            return status;
        }
        String subject = young == null
                ? "Deployment \"" + deployment.getMetadata().getName() + "\""
                : "ReplicaSet \"" + young.getMetadata().getName() + "\"";
        if (isComplete(deployment, status)) {
            return with(status, PROGRESSING, "True", DONE, subject + " has successfully progressed.", now);
        }
        if (isAhead(status, before)) {
            DeploymentCondition condition =
                    condition("True", PROGRESSING, "ReplicaSetUpdated", subject + " is progressing.", now);
            current.filter(present -> "True".equals(present.getStatus()))
                    .ifPresent(present -> condition.setLastTransitionTime(present.getLastTransitionTime()));
            return replaced(status, condition);
        }
        Duration left = untilTimeOut(deployment, status, now);
        if (left != null && left.isNegative()) {
            return with(status, PROGRESSING, "False", TIMED_OUT, subject + " has timed out progressing.", now);
        }
        return status;
    }

    /** What keeps a ReplicaSet from making its pods, the new one first, is said of the Deployment too. */
    private static DeploymentStatus withFailure(
            DeploymentStatus status, List<ReplicaSet> sets, @Nullable ReplicaSet young, Instant now) {
        Optional<ReplicaSetCondition> failure = Stream.concat(Stream.ofNullable(young), sets.stream())
                .filter(set -> set.getStatus() != null)
                .flatMap(set -> set.getStatus().getConditions().stream())
                .filter(condition -> condition.getType().equals(ReplicaSetLoop.FAILURE))
                .findFirst();
        return failure.map(condition -> with(
                        status,
                        ReplicaSetLoop.FAILURE,
                        condition.getStatus(),
                        condition.getReason(),
                        condition.getMessage(),
                        now))
                .orElseGet(() -> without(status, ReplicaSetLoop.FAILURE));
    }

    /** When the deadline will have passed; null if there is none or the change over is complete or has timed out. */
    static @Nullable Duration untilTimeOut(Deployment deployment, DeploymentStatus status, Instant now) {
        Duration deadline = deadline(deployment);
        if (deadline == null || isComplete(deployment, status)) {
            return null;
        }
        return condition(status, PROGRESSING)
                .filter(condition -> !DONE.equals(condition.getReason()) && !TIMED_OUT.equals(condition.getReason()))
                .map(condition -> Duration.between(
                        now, Times.parse(condition.getLastUpdateTime()).plus(deadline)))
                .orElse(null);
    }

    /** Says that the new ReplicaSet was made, or that there was one already, if that is not said yet. */
    static DeploymentStatus began(Deployment deployment, ReplicaSet young, boolean created, Instant now) {
        DeploymentStatus status = present(deployment);
        if (deadline(deployment) == null
                || (!created && condition(status, PROGRESSING).isPresent())) {
            return status;
        }
        String name = "\"" + young.getMetadata().getName() + "\"";
        return created
                ? with(status, PROGRESSING, "True", "NewReplicaSetCreated", "Created new replica set " + name, now)
                : with(status, PROGRESSING, "True", "FoundNewReplicaSet", "Found new replica set " + name, now);
    }

    /** Says that the Deployment is paused, or no longer is. */
    static DeploymentStatus pausedOrResumed(Deployment deployment, Instant now) {
        DeploymentStatus status = present(deployment);
        Optional<DeploymentCondition> current = condition(status, PROGRESSING);
        boolean saysPaused = current.filter(condition -> PAUSED.equals(condition.getReason()))
                .isPresent();
        boolean timedOut = current.filter(condition -> TIMED_OUT.equals(condition.getReason()))
                .isPresent();
        boolean paused = Boolean.TRUE.equals(deployment.getSpec().getPaused());
        if (deadline(deployment) == null || timedOut || paused == saysPaused) {
            return status;
        }
        return paused
                ? with(status, PROGRESSING, "Unknown", PAUSED, "Deployment is paused", now)
                : with(status, PROGRESSING, "Unknown", "DeploymentResumed", "Deployment is resumed", now);
    }

    static boolean isComplete(Deployment deployment, DeploymentStatus status) {
        int wanted = Replicas.wanted(deployment);
        Long observed = status.getObservedGeneration();
        return updatedOf(status) == wanted
                && replicasOf(status) == wanted
                && Replicas.orZero(status.getAvailableReplicas()) == wanted
                && observed != null
                && observed >= deployment.getMetadata().getGeneration();
    }

    private static boolean isAhead(DeploymentStatus status, DeploymentStatus before) {
        return updatedOf(status) > updatedOf(before)
                || replicasOf(status) - updatedOf(status) < replicasOf(before) - updatedOf(before)
                || Replicas.orZero(status.getReadyReplicas()) > Replicas.orZero(before.getReadyReplicas())
                || Replicas.orZero(status.getAvailableReplicas()) > Replicas.orZero(before.getAvailableReplicas());
    }

    static DeploymentStatus present(Deployment deployment) {
        return deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
    }

    private static int replicas(ReplicaSet set) {
        return set.getStatus() == null ? 0 : Replicas.orZero(set.getStatus().getReplicas());
    }

    private static int replicasOf(DeploymentStatus status) {
        return Replicas.orZero(status.getReplicas());
    }

    private static int updatedOf(DeploymentStatus status) {
        return Replicas.orZero(status.getUpdatedReplicas());
    }

    /** Null for none, which is also how the largest number is understood. */
    private static @Nullable Duration deadline(Deployment deployment) {
        Integer seconds = deployment.getSpec().getProgressDeadlineSeconds();
        return seconds == null || seconds == Integer.MAX_VALUE ? null : Duration.ofSeconds(seconds);
    }

    private static Optional<DeploymentCondition> condition(DeploymentStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    private static DeploymentCondition condition(
            String value, String type, String reason, String message, Instant now) {
        return new DeploymentConditionBuilder()
                .withType(type)
                .withStatus(value)
                .withReason(reason)
                .withMessage(message)
                .withLastUpdateTime(Times.seconds(now))
                .withLastTransitionTime(Times.seconds(now))
                .build();
    }

    /** With the condition at the end; unchanged if status and reason are as before. Only another status is a transition. */
    private static DeploymentStatus with(
            DeploymentStatus status, String type, String value, String reason, String message, Instant now) {
        Optional<DeploymentCondition> present = condition(status, type);
        boolean sameValue =
                present.filter(condition -> value.equals(condition.getStatus())).isPresent();
        if (sameValue && reason.equals(present.get().getReason())) {
            return status;
        }
        DeploymentCondition condition = condition(value, type, reason, message, now);
        if (sameValue) {
            condition.setLastTransitionTime(present.get().getLastTransitionTime());
        }
        return replaced(status, condition);
    }

    private static DeploymentStatus replaced(DeploymentStatus status, DeploymentCondition condition) {
        List<DeploymentCondition> conditions = new ArrayList<>(status.getConditions());
        conditions.removeIf(other -> other.getType().equals(condition.getType()));
        conditions.add(condition);
        return new DeploymentStatusBuilder(status).withConditions(conditions).build();
    }

    private static DeploymentStatus without(DeploymentStatus status, String type) {
        List<DeploymentCondition> conditions = new ArrayList<>(status.getConditions());
        conditions.removeIf(other -> other.getType().equals(type));
        return new DeploymentStatusBuilder(status).withConditions(conditions).build();
    }
}
