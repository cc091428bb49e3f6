package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.model.WorkloadState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the four kinds of workload. */
final class Workloads {

    /** The annotation of a pod template that {@code kubectl rollout restart} sets, too. */
    static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

    private Workloads() {}

    /** Rolling out until the newest revision has been seen, is everywhere, and nothing else is left. */
    static WorkloadState deployment(Deployment object) {
        int desired = or(object.getSpec().getReplicas(), 1);
        DeploymentStatus status = object.getStatus() == null ? new DeploymentStatus() : object.getStatus();
        int updated = or(status.getUpdatedReplicas(), 0);
        boolean rolling = unseen(object, status.getObservedGeneration())
                || updated < desired
                || or(status.getReplicas(), 0) > updated;
        return state(
                object,
                desired,
                Boolean.TRUE.equals(object.getSpec().getPaused()),
                rolling,
                object.getSpec().getTemplate());
    }

    static WorkloadState replicaSet(ReplicaSet object) {
        return state(object, or(object.getSpec().getReplicas(), 1), false, false, null);
    }

    /** Rolling out until all pods that its partition does not hold back are of the newest revision. */
    static WorkloadState statefulSet(StatefulSet object) {
        int desired = or(object.getSpec().getReplicas(), 1);
        StatefulSetStatus status = object.getStatus() == null ? new StatefulSetStatus() : object.getStatus();
        int heldBack = Optional.ofNullable(object.getSpec().getUpdateStrategy())
                .map(s -> s.getRollingUpdate())
                .map(r -> r.getPartition())
                .orElse(0);
        boolean same =
                status.getUpdateRevision() != null && status.getUpdateRevision().equals(status.getCurrentRevision());
        boolean rolling = unseen(object, status.getObservedGeneration())
                || (!same && or(status.getUpdatedReplicas(), 0) < desired - heldBack);
        return state(object, desired, false, rolling, object.getSpec().getTemplate());
    }

    /** Rolling out until all nodes have a pod of the newest revision. */
    static WorkloadState daemonSet(DaemonSet object) {
        DaemonSetStatus status = object.getStatus() == null ? new DaemonSetStatus() : object.getStatus();
        int desired = or(status.getDesiredNumberScheduled(), 0);
        boolean rolling =
                unseen(object, status.getObservedGeneration()) || or(status.getUpdatedNumberScheduled(), 0) < desired;
        return state(object, desired, false, rolling, object.getSpec().getTemplate());
    }

    private static WorkloadState state(
            HasMetadata object, int desired, boolean paused, boolean rolling, @Nullable PodTemplateSpec template) {
        String restartedAt = Optional.ofNullable(template)
                .map(PodTemplateSpec::getMetadata)
                .map(m -> m.getAnnotations())
                .map(a -> a.get(RESTARTED_AT))
                .orElse(null);
        return new WorkloadState(
                Reader.ref(object), desired, paused, rolling, restartedAt, Reader.settings(object.getMetadata()));
    }

    private static boolean unseen(HasMetadata object, @Nullable Long observed) {
        Long generation = object.getMetadata().getGeneration();
        return generation != null && (observed == null || observed < generation);
    }

    private static int or(@Nullable Integer value, int fallback) {
        return value == null ? fallback : value;
    }
}
