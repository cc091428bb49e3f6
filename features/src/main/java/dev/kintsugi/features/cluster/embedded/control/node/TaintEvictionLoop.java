package dev.kintsugi.features.cluster.embedded.control.node;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Conditions;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.Tolerations;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Deletes pods from nodes with NoExecute taints: at once those that do not tolerate one of them, after the shortest toleration those that
 * tolerate all for a time, counted from when the last of them was added.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions">Taint based
 *     evictions</a>
 */
public final class TaintEvictionLoop implements Loop {

    private static final String REPORTER = "taint-controller";

    @Override
    public String name() {
        return "taint-eviction";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Node.class, Pod.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        if (change.after() instanceof Pod pod) {
            return noExecute(pod, world).isEmpty() ? Stream.empty() : Stream.of(Key.of(pod));
        }
        if (!(change.after() instanceof Node node)
                || (change.before() instanceof Node before && noExecute(before).equals(noExecute(node)))) {
            return Stream.empty();
        }
        return world.pods().on(node.getMetadata().getName()).stream().map(Key::of);
    }

    private static List<Taint> noExecute(Pod pod, World world) {
        return Pods.isAssigned(pod)
                ? world.get(Node.class, "", pod.getSpec().getNodeName())
                        .map(TaintEvictionLoop::noExecute)
                        .orElse(List.of())
                : List.of();
    }

    private static List<Taint> noExecute(Node node) {
        return NodeTaints.of(node).stream()
                .filter(taint -> taint.getEffect().equals(NodeTaints.NO_EXECUTE))
                .toList();
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        Pod pod = world.get(Pod.class, key)
                .filter(one -> !Pods.isTerminating(one))
                .orElse(null);
        List<Taint> taints = pod == null ? List.of() : noExecute(pod, world);
        if (pod == null || taints.isEmpty()) {
            return Reaction.none();
        }
        Optional<Instant> end = end(pod, taints);
        if (end.isEmpty()) {
            return Reaction.none();
        }
        if (now.isBefore(end.get())) {
            return new Reaction(List.of(), Duration.between(now, end.get()));
        }
        Pod marked = Conditions.set(
                pod,
                "DisruptionTarget",
                "True",
                "DeletionByTaintManager",
                "Taint manager: deleting due to NoExecute taint",
                now);
        return Reaction.of(
                new Write.ReplaceStatus(marked),
                new Write.Delete(pod, Write.Propagation.DEFAULT),
                Write.Tell.normal(pod, REPORTER, "TaintManagerEviction", "Marking for deletion Pod " + key));
    }

    /** When the pod has to go; empty if never. */
    private static Optional<Instant> end(Pod pod, List<Taint> taints) {
        if (taints.stream().anyMatch(taint -> !Tolerations.tolerates(pod, taint))) {
            return Optional.of(Instant.EPOCH);
        }
        Instant begin = taints.stream()
                .map(taint -> Times.parse(taint.getTimeAdded()))
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        return taints.stream()
                .flatMap(taint -> Tolerations.matching(pod, taint).stream())
                .map(Toleration::getTolerationSeconds)
                .filter(Objects::nonNull)
                .min(Long::compareTo)
                .map(seconds -> begin.plusSeconds(Math.max(0, seconds)));
    }
}
