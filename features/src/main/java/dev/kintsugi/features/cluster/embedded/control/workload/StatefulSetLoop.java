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
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Keeps the pods of a StatefulSet in their order, see {@link StatefulRollout}, and its templates as ControllerRevisions.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/">StatefulSets</a>
 */
public final class StatefulSetLoop implements Loop {

    private static final String HASH = "controller.kubernetes.io/hash";

    @Override
    public String name() {
        return "statefulset";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(StatefulSet.class, Pod.class, ControllerRevision.class, PersistentVolumeClaim.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        return Stream.of(
                        change.states(StatefulSet.class).map(Key::of),
                        change.states(Pod.class).flatMap(pod -> claimants(pod, world)),
                        change.states(ControllerRevision.class)
                                .flatMap(revision -> Owners.controllerKey(revision, "StatefulSet").stream()))
                .flatMap(keys -> keys)
                .distinct();
    }

    private static Stream<Key> claimants(Pod pod, World world) {
        if (Owners.controller(pod).isPresent()) {
            return Owners.controllerKey(pod, "StatefulSet").stream();
        }
        return world.in(StatefulSet.class, pod.getMetadata().getNamespace()).stream()
                .filter(set -> Selectors.selects(set.getSpec().getSelector(), pod))
                .map(Key::of);
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        StatefulSet set = world.get(StatefulSet.class, key).orElse(null);
        if (set == null) {
            return Reaction.none();
        }
        History history = History.of(set, set.getSpec().getSelector(), world);
        Claimed<Pod> claimed = Claimed.by(
                set,
                set.getSpec().getSelector(),
                Pod.class,
                world,
                pod -> Pods.isActive(pod) && StatefulPods.ordinal(set, pod) >= 0,
                (pod, metadata) -> new PodBuilder(pod).withMetadata(metadata).build());
        List<Write> first = new ArrayList<>(history.claims());
        first.addAll(claimed.claims());
        if (!first.isEmpty()) {
            return Reaction.of(first);
        }
        PodTemplateSpec template = set.getSpec().getTemplate();
        Optional<ControllerRevision> present = history.with(template);
        if (present.isEmpty()) {
            return newRevision(set, history, world);
        }
        if (!history.isLatest(present.get())) {
            return Reaction.of(history.broughtBack(present.get()));
        }
        String former = set.getStatus() == null ? null : set.getStatus().getCurrentRevision();
        ControllerRevision current = history.named(former).orElse(present.get());
        return manage(set, claimed.mine(), current, present.get(), history, world, now);
    }

    /** Named after the hash of the template; if that is taken, the status counts a collision and another hash is tried. */
    private static Reaction newRevision(StatefulSet set, History history, World world) {
        int collisions =
                set.getStatus() == null ? 0 : Replicas.orZero(set.getStatus().getCollisionCount());
        ControllerRevision next = history.next(set, set.getSpec().getTemplate(), hash(set, collisions), HASH);
        boolean taken = world.get(ControllerRevision.class, Key.of(next)).isPresent();
        return taken
                ? Reaction.of(new Write.ReplaceStatus(new StatefulSetBuilder(set)
                        .editOrNewStatus()
                        .withCollisionCount(collisions + 1)
                        .endStatus()
                        .build()))
                : Reaction.of(new Write.Create(next, null));
    }

    private static String hash(StatefulSet set, int collisions) {
        return TemplateHash.of(set.getSpec().getTemplate(), collisions == 0 ? null : (Integer) collisions);
    }

    private static Reaction manage(
            StatefulSet set,
            List<Pod> pods,
            ControllerRevision current,
            ControllerRevision update,
            History history,
            World world,
            Instant now) {
        StatefulRollout rollout = new StatefulRollout(set, pods, current, update, now);
        List<Write> writes = new ArrayList<>();
        rollout.step().forEach(write -> {
            if (write instanceof Write.Create create && create.object() instanceof Pod pod) {
                writes.addAll(missingClaims(set, pod, world));
            }
            writes.add(write);
        });
        StatefulSetStatus status = rollout.status();
        if (!status.equals(set.getStatus())) {
            writes.add(new Write.ReplaceStatus(
                    new StatefulSetBuilder(set).withStatus(status).build()));
        }
        Set<String> used = new HashSet<>(
                List.of(current.getMetadata().getName(), update.getMetadata().getName()));
        pods.forEach(pod -> used.add(StatefulPods.revision(pod)));
        writes.addAll(history.surplus(used, set.getSpec().getRevisionHistoryLimit()));
        Duration minReady = rollout.minReady();
        return new Reaction(writes, Pods.nextAvailable(pods, minReady, now));
    }

    private static List<Write> missingClaims(StatefulSet set, Pod pod, World world) {
        return StatefulPods.claims(set, StatefulPods.ordinal(set, pod)).stream()
                .filter(claim ->
                        world.get(PersistentVolumeClaim.class, Key.of(claim)).isEmpty())
                .<Write>map(claim -> new Write.Create(
                        claim,
                        StatefulRollout.told(
                                set,
                                "SuccessfulCreate",
                                "create Claim " + claim.getMetadata().getName() + " Pod "
                                        + pod.getMetadata().getName() + " in StatefulSet "
                                        + set.getMetadata().getName() + " success")))
                .toList();
    }
}
