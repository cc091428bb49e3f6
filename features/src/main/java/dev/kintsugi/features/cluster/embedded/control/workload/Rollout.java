package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The steps by which a Deployment moves from its old ReplicaSets to the new one, which does not exist in the beginning. */
final class Rollout {

    private static final String REPORTER = "deployment-controller";

    private final Deployment deployment;
    private final @Nullable ReplicaSet young;
    private final List<ReplicaSet> sets;
    private final List<ReplicaSet> old;
    private final RollingRules rules;

    Rollout(Deployment deployment, @Nullable ReplicaSet young, List<ReplicaSet> sets) {
        this.deployment = deployment;
        this.young = young;
        this.sets = sets;
        this.old = sets.stream().filter(set -> !set.equals(young)).toList();
        this.rules = RollingRules.of(deployment);
    }

    /** Brings revision, annotations and the readiness time of the new ReplicaSet up to date, and the Deployment's revision after it. */
    List<Write> bookkeeping(Instant now) {
        if (young == null) {
            return List.of();
        }
        Map<String, String> present = Revisions.annotations(young);
        Map<String, String> wanted = Revisions.ofNew(deployment, present, old);
        Integer minReady = deployment.getSpec().getMinReadySeconds();
        if (!wanted.equals(present)
                || Replicas.orZero(minReady) != Replicas.orZero(young.getSpec().getMinReadySeconds())) {
            return List.of(new Write.Replace(new ReplicaSetBuilder(young)
                    .editMetadata()
                    .withAnnotations(wanted)
                    .endMetadata()
                    .editSpec()
                    .withMinReadySeconds(minReady)
                    .endSpec()
                    .build()));
        }
        String revision = present.get(Revisions.REVISION);
        if (!Objects.equals(revision, Revisions.annotations(deployment).get(Revisions.REVISION))) {
            return List.of(revised(revision, DeploymentStatuses.began(deployment, young, false, now)));
        }
        return List.of();
    }

    /** Whether an active ReplicaSet was sized for another number of replicas than the Deployment now has. */
    boolean isScaled() {
        return active(sets).stream()
                .map(set -> Revisions.annotations(set).get(Revisions.DESIRED))
                .anyMatch(desired -> desired != null && !desired.equals(Integer.toString(rules.wanted())));
    }

    /**
     * The sizes after the Deployment was scaled, without moving pods over: those of the one active ReplicaSet, or of the latest one, as
     * wanted; old ones to zero if the new one is complete; else all in proportion.
     */
    List<Write> scale() {
        List<ReplicaSet> active = active(sets);
        if (active.size() <= 1) {
            ReplicaSet only = active.isEmpty() ? latest() : active.get(0);
            return only == null ? List.of() : resized(only, rules.wanted());
        }
        if (young != null
                && Replicas.wanted(young) == rules.wanted()
                && RollingRules.available(young) == rules.wanted()) {
            return active(old).stream().flatMap(set -> resized(set, 0).stream()).toList();
        }
        if (RollingRules.isRecreate(deployment)) {
            return List.of();
        }
        List<Write> writes = new ArrayList<>();
        rules.proportional(active).forEach((set, size) -> writes.addAll(resized(set, size)));
        return writes;
    }

    private @Nullable ReplicaSet latest() {
        return young != null ? young : old.stream().max(Revisions.byAge()).orElse(null);
    }

    /** The next step of the change over; none if there is nothing to do but wait. */
    List<Write> next(World world, Instant now) {
        if (RollingRules.isRecreate(deployment)) {
            List<Write> down = active(old).stream()
                    .flatMap(set -> resized(set, 0).stream())
                    .toList();
            if (!down.isEmpty() || oldPodsRun(world)) {
                return down;
            }
        }
        int total = sets.stream().mapToInt(Replicas::wanted).sum();
        if (young == null) {
            int size = RollingRules.isRecreate(deployment) ? rules.wanted() : rules.nextNew(0, total);
            return created(size, world, now);
        }
        List<Write> up = resizedIfOther(young, rules.nextNew(Replicas.wanted(young), total));
        if (!up.isEmpty()) {
            return up;
        }
        List<Write> down = new ArrayList<>();
        rules.nextOld(young, active(old)).forEach((set, size) -> down.addAll(resizedIfOther(set, size)));
        return down.isEmpty() ? forgotten() : down;
    }

    /** Pods that are being deleted still run. */
    private boolean oldPodsRun(World world) {
        return old.stream()
                .flatMap(set -> world.ownedBy(set.getMetadata().getUid(), Pod.class).stream())
                .anyMatch(pod -> !Pods.hasEnded(pod));
    }

    private List<Write> created(int size, World world, Instant now) {
        PodTemplateSpec template = deployment.getSpec().getTemplate();
        Integer collisions = DeploymentStatuses.present(deployment).getCollisionCount();
        String hash = TemplateHash.of(template, collisions);
        String name = deployment.getMetadata().getName() + "-" + hash;
        if (world.get(ReplicaSet.class, deployment.getMetadata().getNamespace(), name)
                .isPresent()) {
            DeploymentStatus status = new DeploymentStatusBuilder(DeploymentStatuses.present(deployment))
                    .withCollisionCount(Replicas.orZero(collisions) + 1)
                    .build();
            return List.of(statusWrite(status));
        }
        ReplicaSet set = new ReplicaSetBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(deployment.getMetadata().getNamespace())
                .withLabels(template.getMetadata().getLabels())
                .addToLabels(Revisions.HASH, hash)
                .withAnnotations(Revisions.withSizes(Revisions.ofNew(deployment, Map.of(), old), rules))
                .withOwnerReferences(Owners.referenceTo(deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(size)
                .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                .withNewSelectorLike(deployment.getSpec().getSelector())
                .addToMatchLabels(Revisions.HASH, hash)
                .endSelector()
                .withTemplate(new PodTemplateSpecBuilder(template)
                        .editMetadata()
                        .addToLabels(Revisions.HASH, hash)
                        .endMetadata()
                        .build())
                .endSpec()
                .build();
        Write.Tell told = size == 0
                ? null
                : Write.Tell.normal(
                        deployment, REPORTER, "ScalingReplicaSet", "Scaled up replica set " + name + " to " + size);
        return List.of(
                new Write.Create(set, told),
                revised(
                        Revisions.annotations(set).get(Revisions.REVISION),
                        DeploymentStatuses.began(deployment, set, true, now)));
    }

    /** The revision goes with the status, as the real controller writes it: a change of annotations alone would be a new generation. */
    private Write revised(@Nullable String revision, DeploymentStatus status) {
        return new Write.ReplaceStatus(new DeploymentBuilder(deployment)
                .editMetadata()
                .addToAnnotations(Revisions.REVISION, revision)
                .endMetadata()
                .withStatus(status)
                .build());
    }

    private Write statusWrite(DeploymentStatus status) {
        return new Write.ReplaceStatus(
                new DeploymentBuilder(deployment).withStatus(status).build());
    }

    private List<Write> resizedIfOther(ReplicaSet set, int size) {
        return Replicas.wanted(set) == size ? List.of() : resized(set, size);
    }

    /** Nothing if size and annotations are as they should be. */
    private List<Write> resized(ReplicaSet set, int size) {
        int before = Replicas.wanted(set);
        Map<String, String> annotations = Revisions.withSizes(Revisions.annotations(set), rules);
        if (before == size && annotations.equals(Revisions.annotations(set))) {
            return List.of();
        }
        Write replace = new Write.Replace(new ReplicaSetBuilder(set)
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .editSpec()
                .withReplicas(size)
                .endSpec()
                .build());
        if (before == size) {
            return List.of(replace);
        }
        String message = "Scaled " + (size > before ? "up" : "down") + " replica set "
                + set.getMetadata().getName() + " to " + size + " from " + before;
        return List.of(replace, Write.Tell.normal(deployment, REPORTER, "ScalingReplicaSet", message));
    }

    /** Old ReplicaSets beyond the history limit go, the lowest revision first, once the change over is complete. */
    private List<Write> forgotten() {
        Integer limit = deployment.getSpec().getRevisionHistoryLimit();
        if (limit == null || !DeploymentStatuses.isComplete(deployment, DeploymentStatuses.present(deployment))) {
            return List.of();
        }
        List<ReplicaSet> alive = old.stream()
                .filter(set -> set.getMetadata().getDeletionTimestamp() == null)
                .sorted(Comparator.comparingLong(Revisions::revision))
                .toList();
        return alive.stream()
                .limit(Math.max(0, alive.size() - limit))
                .filter(Rollout::isEmpty)
                .<Write>map(set -> new Write.Delete(set, Write.Propagation.BACKGROUND))
                .toList();
    }

    private static boolean isEmpty(ReplicaSet set) {
        Long observed = set.getStatus() == null ? null : set.getStatus().getObservedGeneration();
        return Replicas.wanted(set) == 0
                && set.getStatus() != null
                && Replicas.orZero(set.getStatus().getReplicas()) == 0
                && observed != null
                && observed >= set.getMetadata().getGeneration();
    }

    private static List<ReplicaSet> active(List<ReplicaSet> sets) {
        return sets.stream().filter(set -> Replicas.wanted(set) > 0).toList();
    }
}
