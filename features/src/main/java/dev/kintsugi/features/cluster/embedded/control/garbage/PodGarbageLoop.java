package dev.kintsugi.features.cluster.embedded.control.garbage;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Conditions;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Removes pods that nobody else will: those of nodes that have been gone for 40 s, those that are being deleted and never had a node or
 * whose node is out of service, and the oldest of those that have ended when there are more than 12,500. It looks every 20 s, and
 * remembers only when it first missed a node.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection">Pod garbage collection</a>
 */
public final class PodGarbageLoop implements Loop {

    private static final Key ALL = new Key("", "pods");
    private static final Duration PERIOD = Duration.ofSeconds(20);
    private static final Duration QUARANTINE = Duration.ofSeconds(40);
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

    private final int mostEnded;
    private final Map<String, Instant> missing = new ConcurrentHashMap<>();

    /**
     * A loop.
     *
     * @param mostEnded how many pods that have ended are kept; Kubernetes' own number is 12,500
     */
    public PodGarbageLoop(int mostEnded) {
        this.mostEnded = mostEnded;
    }

    @Override
    public String name() {
        return "pod-garbage";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Pod.class, Node.class);
    }

    /** The first node starts it; after that it looks by itself. */
    @Override
    public Stream<Key> affected(Change change, World world) {
        boolean cameOrWent = change.object() instanceof Node && (change.before() == null || change.gone());
        return cameOrWent ? Stream.of(ALL) : Stream.empty();
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        List<Write> writes = new ArrayList<>();
        Set<String> nodes = world.pods().nodes();
        missing.keySet().retainAll(nodes);
        for (String name : nodes) {
            Node node = world.get(Node.class, "", name).orElse(null);
            if (node != null) {
                missing.remove(name);
                if (isOutOfService(node)) {
                    world.pods().on(name).stream()
                            .filter(Pods::isTerminating)
                            .forEach(pod -> writes.addAll(removed(pod, "PodGC: node is out of service", now)));
                }
            } else if (!now.isBefore(missing.computeIfAbsent(name, first -> now).plus(QUARANTINE))) {
                world.pods().on(name).forEach(pod -> writes.addAll(removed(pod, "PodGC: node no longer exists", now)));
            }
        }
        world.pods().unassigned().stream()
                .filter(Pods::isTerminating)
                .forEach(pod -> writes.add(new Write.Remove(pod)));
        writes.addAll(surplus(world));
        return new Reaction(writes, PERIOD);
    }

    private static boolean isOutOfService(Node node) {
        return node.getSpec().getTaints() != null
                && node.getSpec().getTaints().stream()
                        .anyMatch(taint -> taint.getKey().equals(OUT_OF_SERVICE));
    }

    /** A pod that had not ended has failed. */
    private static List<Write> removed(Pod pod, String message, Instant now) {
        if (Pods.hasEnded(pod)) {
            return List.of(new Write.Remove(pod));
        }
        Pod failed = new PodBuilder(Conditions.set(pod, "DisruptionTarget", "True", "DeletionByPodGC", message, now))
                .editStatus()
                .withPhase("Failed")
                .endStatus()
                .build();
        return List.of(new Write.ReplaceStatus(failed), new Write.Remove(pod));
    }

    private List<Write> surplus(World world) {
        List<Pod> ended = world.all(Pod.class).stream().filter(Pods::hasEnded).toList();
        return ended.stream()
                .sorted(Comparator.<Pod, String>comparing(
                                pod -> pod.getMetadata().getCreationTimestamp())
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .limit(Math.max(0, ended.size() - mostEnded))
                .<Write>map(Write.Remove::new)
                .toList();
    }
}
