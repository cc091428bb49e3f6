package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Claimed;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one ReplicaSet for the present template of a Deployment and moves the pods over to it from those of former templates, by the
 * {@link RollingRules} or all at once. Every look takes one step; what the step changes brings the next look.
 */
public final class DeploymentLoop implements Loop {

    private static final int MILLIS_AFTER_DEADLINE = 1;

    @Override
    public String name() {
        return "deployment";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Deployment.class, ReplicaSet.class, Pod.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        Stream<Key> own = change.states(Deployment.class).map(Key::of);
        Stream<Key> ofSets = change.states(ReplicaSet.class).flatMap(set -> claimants(set, world));
        boolean lessPods = change.gone() || (change.after() instanceof Pod pod && Pods.hasEnded(pod));
        Stream<Key> ofPods = lessPods
                ? change.states(Pod.class)
                        .flatMap(pod -> Owners.controllerKey(pod, "ReplicaSet").stream())
                        .flatMap(key -> world.get(ReplicaSet.class, key).stream())
                        .flatMap(set -> Owners.controllerKey(set, "Deployment").stream())
                : Stream.empty();
        return Stream.of(own, ofSets, ofPods).flatMap(keys -> keys).distinct();
    }

    private static Stream<Key> claimants(ReplicaSet set, World world) {
        if (Owners.controller(set).isPresent()) {
            return Owners.controllerKey(set, "Deployment").stream();
        }
        return world.in(Deployment.class, set.getMetadata().getNamespace()).stream()
                .filter(deployment -> Selectors.selects(deployment.getSpec().getSelector(), set))
                .map(Key::of);
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        Deployment deployment = world.get(Deployment.class, key).orElse(null);
        if (deployment == null) {
            return Reaction.none();
        }
        Claimed<ReplicaSet> claimed = Claimed.by(
                deployment,
                deployment.getSpec().getSelector(),
                ReplicaSet.class,
                world,
                set -> true,
                DeploymentLoop::withMetadata);
        if (!claimed.claims().isEmpty()) {
            return Reaction.of(claimed.claims());
        }
        List<ReplicaSet> sets = claimed.mine();
        ReplicaSet young = Revisions.newOf(deployment, sets).orElse(null);
        if (deployment.getMetadata().getDeletionTimestamp() != null) {
            return status(deployment, DeploymentStatuses.counted(deployment, sets, young, now), now);
        }
        DeploymentStatus status = DeploymentStatuses.pausedOrResumed(deployment, now);
        if (!status.equals(DeploymentStatuses.present(deployment))) {
            return status(deployment, status, now);
        }
        Rollout rollout = new Rollout(deployment, young, sets);
        List<Write> step = rollout.bookkeeping(now);
        if (step.isEmpty() && young != null) {
            status = DeploymentStatuses.began(deployment, young, false, now);
            if (!status.equals(DeploymentStatuses.present(deployment))) {
                return status(deployment, status, now);
            }
        }
        if (!step.isEmpty()) {
            return Reaction.of(step);
        }
        if (Boolean.TRUE.equals(deployment.getSpec().getPaused()) || rollout.isScaled()) {
            step = rollout.scale();
            return step.isEmpty()
                    ? status(deployment, DeploymentStatuses.counted(deployment, sets, young, now), now)
                    : Reaction.of(step);
        }
        step = rollout.next(world, now);
        return step.isEmpty()
                ? status(deployment, DeploymentStatuses.progressed(deployment, sets, young, now), now)
                : Reaction.of(step);
    }

    private static ReplicaSet withMetadata(ReplicaSet set, ObjectMeta metadata) {
        return new ReplicaSetBuilder(set).withMetadata(metadata).build();
    }

    /** Writes the status if it is another one, and looks again when the deadline will have passed. */
    private static Reaction status(Deployment deployment, DeploymentStatus status, Instant now) {
        Duration left = DeploymentStatuses.untilTimeOut(deployment, status, now);
        @Nullable Duration next = left == null || left.isNegative() ? null : left.plusMillis(MILLIS_AFTER_DEADLINE);
        if (status.equals(DeploymentStatuses.present(deployment))) {
            return new Reaction(List.of(), next);
        }
        Deployment changed =
                new DeploymentBuilder(deployment).withStatus(status).build();
        return new Reaction(List.of(new Write.ReplaceStatus(changed)), next);
    }
}
