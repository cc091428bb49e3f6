package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.model.WorkloadState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the four kinds of workload. */
final class Workloads {

    /** The annotation of a pod template that {@code kubectl rollout restart} sets, too. */
    static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

    /** Labels and annotations by which those who look after a workload mark it as theirs, and who they are. */
    private static final Map<String, String> MANAGERS = Map.of(
            "argocd.argoproj.io/instance", "Argo CD application",
            "argocd.argoproj.io/tracking-id", "Argo CD application",
            "kustomize.toolkit.fluxcd.io/name", "Flux Kustomization",
            "helm.toolkit.fluxcd.io/name", "Flux HelmRelease",
            "cluster.x-k8s.io/cluster-name", "Cluster API cluster");

    private Workloads() {}

    /** What is common to all kinds. */
    private record Common(int desired, boolean paused, boolean rolling, boolean enough) {}

    /** Rolling out until the newest revision has been seen, is everywhere, and nothing else is left. */
    static WorkloadState deployment(Deployment object, @Nullable WorkloadState before, Instant now) {
        int desired = or(object.getSpec().getReplicas(), 1);
        DeploymentStatus status = object.getStatus() == null ? new DeploymentStatus() : object.getStatus();
        int updated = or(status.getUpdatedReplicas(), 0);
        boolean rolling = unseen(object, status.getObservedGeneration())
                || updated < desired
                || or(status.getReplicas(), 0) > updated;
        Common common = new Common(
                desired,
                Boolean.TRUE.equals(object.getSpec().getPaused()),
                rolling,
                or(status.getAvailableReplicas(), 0) >= desired);
        Optional<DeploymentCondition> stuck = unseen(object, status.getObservedGeneration())
                ? Optional.empty()
                : condition(status, "Progressing", "False")
                        .filter(c -> "ProgressDeadlineExceeded".equals(c.getReason()));
        return state(
                object,
                common,
                object.getSpec().getTemplate(),
                stuck.map(c -> Objects.requireNonNullElse(Reader.time(c.getLastTransitionTime()), now))
                        .orElse(null),
                condition(status, "ReplicaFailure", "True")
                        .map(DeploymentCondition::getMessage)
                        .orElse(null),
                before,
                now);
    }

    static WorkloadState replicaSet(ReplicaSet object) {
        int desired = or(object.getSpec().getReplicas(), 1);
        return state(object, new Common(desired, false, false, true), null, null, null, null, Instant.EPOCH);
    }

    /** Rolling out until all pods that its partition does not hold back are of the newest revision. */
    static WorkloadState statefulSet(StatefulSet object, @Nullable WorkloadState before, Instant now) {
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
        boolean enough = or(status.getReadyReplicas(), 0) >= desired;
        return state(
                object,
                new Common(desired, false, rolling, enough),
                object.getSpec().getTemplate(),
                null,
                null,
                before,
                now);
    }

    /** Rolling out until all nodes have a pod of the newest revision. */
    static WorkloadState daemonSet(DaemonSet object, @Nullable WorkloadState before, Instant now) {
        DaemonSetStatus status = object.getStatus() == null ? new DaemonSetStatus() : object.getStatus();
        int desired = or(status.getDesiredNumberScheduled(), 0);
        boolean rolling =
                unseen(object, status.getObservedGeneration()) || or(status.getUpdatedNumberScheduled(), 0) < desired;
        boolean enough = or(status.getNumberAvailable(), 0) >= desired;
        return state(
                object,
                new Common(desired, false, rolling, enough),
                object.getSpec().getTemplate(),
                null,
                null,
                before,
                now);
    }

    private static WorkloadState state(
            HasMetadata object,
            Common common,
            @Nullable PodTemplateSpec template,
            @Nullable Instant stuckSince,
            @Nullable String failure,
            @Nullable WorkloadState before,
            Instant now) {
        String restartedAt = Optional.ofNullable(template)
                .map(PodTemplateSpec::getMetadata)
                .map(m -> m.getAnnotations())
                .map(a -> a.get(RESTARTED_AT))
                .orElse(null);
        Instant shortBefore = before == null ? null : before.shortSince();
        return new WorkloadState(
                Reader.ref(object),
                common.desired,
                common.paused,
                common.rolling,
                restartedAt,
                Reader.settings(object.getMetadata()),
                stuckSince,
                common.enough ? null : Objects.requireNonNullElse(shortBefore, now),
                failure,
                manager(object));
    }

    private static @Nullable String manager(HasMetadata object) {
        Map<String, String> labels =
                Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of());
        Map<String, String> annotations =
                Objects.requireNonNullElse(object.getMetadata().getAnnotations(), Map.of());
        return MANAGERS.entrySet().stream()
                .filter(e -> labels.containsKey(e.getKey()) || annotations.containsKey(e.getKey()))
                .map(e -> e.getValue() + " "
                        + (labels.containsKey(e.getKey()) ? labels.get(e.getKey()) : annotations.get(e.getKey())))
                .min(String::compareTo)
                .orElse(null);
    }

    private static Optional<DeploymentCondition> condition(DeploymentStatus status, String type, String value) {
        return status.getConditions() == null
                ? Optional.empty()
                : status.getConditions().stream()
                        .filter(c -> type.equals(c.getType()) && value.equals(c.getStatus()))
                        .findFirst();
    }

    private static boolean unseen(HasMetadata object, @Nullable Long observed) {
        Long generation = object.getMetadata().getGeneration();
        return generation != null && (observed == null || observed < generation);
    }

    private static int or(@Nullable Integer value, int fallback) {
        return value == null ? fallback : value;
    }
}
