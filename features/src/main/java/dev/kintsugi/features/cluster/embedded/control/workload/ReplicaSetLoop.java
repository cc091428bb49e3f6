package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Claimed;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.PodTemplates;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Keeps as many pods as a ReplicaSet asks for. A pod counts unless it has ended or is being deleted, so that a replacement does not wait
 * for its predecessor. Missing pods are made from the template, spare ones go in the {@link DeletionOrder}; orphans that the selector
 * matches are adopted, own pods that it no longer matches are released.
 */
public final class ReplicaSetLoop implements Loop {

    private static final String REPORTER = "replicaset-controller";
    private static final int BURST = 500;

    @Override
    public String name() {
        return "replicaset";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(ReplicaSet.class, Pod.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        return Stream.concat(
                        change.states(ReplicaSet.class).map(Key::of),
                        change.states(Pod.class).flatMap(pod -> claimants(pod, world)))
                .distinct();
    }

    private static Stream<Key> claimants(Pod pod, World world) {
        if (Owners.controller(pod).isPresent()) {
            return Owners.controllerKey(pod, "ReplicaSet").stream();
        }
        return world.in(ReplicaSet.class, pod.getMetadata().getNamespace()).stream()
                .filter(set -> Selectors.selects(set.getSpec().getSelector(), pod))
                .map(Key::of);
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        ReplicaSet set = world.get(ReplicaSet.class, key).orElse(null);
        if (set == null) {
            return Reaction.none();
        }
        Claimed<Pod> claimed = Claimed.by(
                set, set.getSpec().getSelector(), Pod.class, world, Pods::isActive, ReplicaSetLoop::withMetadata);
        List<Pod> pods = claimed.mine().stream().filter(Pods::isActive).toList();
        List<Write> writes = new ArrayList<>(claimed.claims());
        if (writes.isEmpty() && set.getMetadata().getDeletionTimestamp() == null) {
            writes.addAll(manage(set, pods, world, now));
        }
        Duration minReady = minReady(set);
        ReplicaSetStatus status = status(set, pods, minReady, now);
        if (!status.equals(set.getStatus())) {
            writes.add(new Write.ReplaceStatus(
                    new ReplicaSetBuilder(set).withStatus(status).build()));
        }
        return new Reaction(writes, Pods.nextAvailable(pods, minReady, now));
    }

    private static Pod withMetadata(Pod pod, ObjectMeta metadata) {
        return new PodBuilder(pod).withMetadata(metadata).build();
    }

    private static List<Write> manage(ReplicaSet set, List<Pod> pods, World world, Instant now) {
        List<Write> writes = new ArrayList<>();
        int missing = Replicas.wanted(set) - pods.size();
        for (int i = 0; i < Math.min(missing, BURST); i++) {
            writes.add(new Write.Create(
                    PodTemplates.newPod(set, set.getSpec().getTemplate()).build(),
                    Write.Tell.normal(set, REPORTER, "SuccessfulCreate", "Created pod: " + Write.Tell.CREATED)));
        }
        if (missing < 0) {
            DeletionOrder.of(pods, related(set, pods, world), now).stream()
                    .limit(Math.min(-missing, BURST))
                    .forEach(pod -> {
                        writes.add(new Write.Delete(pod, Write.Propagation.DEFAULT));
                        writes.add(Write.Tell.normal(
                                set,
                                REPORTER,
                                "SuccessfulDelete",
                                "Deleted pod: " + pod.getMetadata().getName()));
                    });
        }
        return writes;
    }

    /** The active pods of all ReplicaSets with the same controller, e.g. of one Deployment. */
    private static List<Pod> related(ReplicaSet set, List<Pod> own, World world) {
        return Owners.controller(set)
                .map(owner -> world.ownedBy(owner.getUid(), ReplicaSet.class).stream()
                        .flatMap(sibling -> world.ownedBy(sibling.getMetadata().getUid(), Pod.class).stream())
                        .filter(Pods::isActive)
                        .toList())
                .orElse(own);
    }

    private static ReplicaSetStatus status(ReplicaSet set, List<Pod> pods, Duration minReady, Instant now) {
        Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
        ReplicaSetStatusBuilder status =
                set.getStatus() == null ? new ReplicaSetStatusBuilder() : new ReplicaSetStatusBuilder(set.getStatus());
        return status.withReplicas(pods.size())
                .withFullyLabeledReplicas(Replicas.count(pods, pod -> Selectors.matches(labels, Selectors.labels(pod))))
                .withReadyReplicas(Replicas.count(pods, Pods::isReady))
                .withAvailableReplicas(Replicas.count(pods, pod -> Pods.isAvailable(pod, minReady, now)))
                .withObservedGeneration(set.getMetadata().getGeneration())
                .build();
    }

    private static Duration minReady(ReplicaSet set) {
        Integer seconds = set.getSpec().getMinReadySeconds();
        return Duration.ofSeconds(Objects.requireNonNullElse(seconds, 0));
    }
}
