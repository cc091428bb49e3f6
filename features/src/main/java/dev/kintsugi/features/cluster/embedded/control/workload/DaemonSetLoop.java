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
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Keeps one pod of a DaemonSet on every node that is for it, see {@link DaemonRollout}, and its templates as ControllerRevisions.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/">DaemonSets</a>
 */
public final class DaemonSetLoop implements Loop {

    @Override
    public String name() {
        return "daemonset";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(DaemonSet.class, Pod.class, Node.class, ControllerRevision.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        if (change.object() instanceof Node) {
            return concernsDaemons(change) ? world.all(DaemonSet.class).stream().map(Key::of) : Stream.empty();
        }
        return Stream.of(
                        change.states(DaemonSet.class).map(Key::of),
                        change.states(Pod.class).flatMap(pod -> claimants(pod, world)),
                        change.states(ControllerRevision.class)
                                .flatMap(revision -> Owners.controllerKey(revision, "DaemonSet").stream()))
                .flatMap(keys -> keys)
                .distinct();
    }

    /** A heartbeat does not. */
    private static boolean concernsDaemons(Change change) {
        return !(change.before() instanceof Node before
                && change.after() instanceof Node after
                && Objects.equals(before.getSpec(), after.getSpec())
                && Selectors.labels(before).equals(Selectors.labels(after)));
    }

    private static Stream<Key> claimants(Pod pod, World world) {
        if (Owners.controller(pod).isPresent()) {
            return Owners.controllerKey(pod, "DaemonSet").stream();
        }
        return world.in(DaemonSet.class, pod.getMetadata().getNamespace()).stream()
                .filter(set -> Selectors.selects(set.getSpec().getSelector(), pod))
                .map(Key::of);
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        DaemonSet set = world.get(DaemonSet.class, key).orElse(null);
        if (set == null || set.getMetadata().getDeletionTimestamp() != null) {
            return Reaction.none();
        }
        History history = History.of(set, set.getSpec().getSelector(), world);
        Claimed<Pod> claimed = Claimed.by(
                set, set.getSpec().getSelector(), Pod.class, world, Pods::isActive, (pod, metadata) -> new PodBuilder(
                                pod)
                        .withMetadata(metadata)
                        .build());
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
        return manage(set, claimed.mine(), present.get(), history, world, now);
    }

    /** Named after the hash of the template; if that is taken, the status counts a collision and another hash is tried. */
    private static Reaction newRevision(DaemonSet set, History history, World world) {
        int collisions =
                set.getStatus() == null ? 0 : Replicas.orZero(set.getStatus().getCollisionCount());
        String hash = TemplateHash.of(set.getSpec().getTemplate(), collisions == 0 ? null : (Integer) collisions);
        ControllerRevision next = history.next(set, set.getSpec().getTemplate(), hash, DaemonPods.HASH);
        boolean taken = world.get(ControllerRevision.class, Key.of(next)).isPresent();
        return taken
                ? Reaction.of(new Write.ReplaceStatus(new DaemonSetBuilder(set)
                        .editOrNewStatus()
                        .withCollisionCount(collisions + 1)
                        .endStatus()
                        .build()))
                : Reaction.of(new Write.Create(next, null));
    }

    private static Reaction manage(
            DaemonSet set, List<Pod> pods, ControllerRevision present, History history, World world, Instant now) {
        String hash = Selectors.labels(present).getOrDefault(DaemonPods.HASH, "");
        DaemonRollout rollout = new DaemonRollout(set, world.all(Node.class), pods, hash, now);
        List<Write> writes = new ArrayList<>(rollout.step());
        DaemonSetStatus status = rollout.status();
        if (!status.equals(set.getStatus())) {
            writes.add(new Write.ReplaceStatus(
                    new DaemonSetBuilder(set).withStatus(status).build()));
        }
        Set<String> used = new HashSet<>(Set.of(present.getMetadata().getName()));
        pods.forEach(pod -> used.add(
                set.getMetadata().getName() + "-" + Selectors.labels(pod).getOrDefault(DaemonPods.HASH, "")));
        writes.addAll(history.surplus(used, set.getSpec().getRevisionHistoryLimit()));
        return new Reaction(writes, Pods.nextAvailable(pods, rollout.minReady(), now));
    }
}
