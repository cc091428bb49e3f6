package dev.kintsugi.features.cluster.embedded.control.node;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Conditions;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Judges nodes by their Leases and heartbeats. A node that has been silent for longer than the grace period is Ready=Unknown, as are its
 * pressure conditions, and its pods are no longer ready. Taints follow the conditions: NoSchedule at once, NoExecute one monitor period
 * later, at the pace of its {@link Zones}. A cordoned node has a taint that says so.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller">Node controller</a>
 */
public final class NodeLifecycleLoop implements Loop {

    private static final String REPORTER = "node-controller";
    private static final String LEASES = "kube-node-lease";
    private static final String UNKNOWN = "Unknown";
    private static final Set<String> JUDGED = Set.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    private final Timings timings;

    /** Of the timings, those that begin with {@code node} matter. */
    public NodeLifecycleLoop(Timings timings) {
        this.timings = timings;
    }

    @Override
    public String name() {
        return "node-lifecycle";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Node.class, Lease.class, Pod.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        return change.object() instanceof Node node ? Stream.of(Key.of(node)) : Stream.empty();
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        Node node = world.get(Node.class, key).orElse(null);
        if (node == null) {
            return Reaction.none();
        }
        if (isSilent(node, world, now)) {
            return new Reaction(
                    List.of(
                            new Write.ReplaceStatus(unknown(node, now)),
                            Write.Tell.normal(
                                    node,
                                    REPORTER,
                                    "NodeNotReady",
                                    "Node " + key.name() + " status is now: NodeNotReady")),
                    timings.nodeMonitorPeriod());
        }
        List<Write> writes = new ArrayList<>(podsOfSilentNode(node, world, now));
        List<Taint> taints = NodeTaints.withNoSchedule(node, NodeTaints.of(node), now);
        taints = withNoExecute(node, taints, world, now);
        if (!taints.equals(NodeTaints.of(node))) {
            writes.add(new Write.Replace(new NodeBuilder(node)
                    .editSpec()
                    .withTaints(taints)
                    .endSpec()
                    .build()));
        }
        return new Reaction(writes, timings.nodeMonitorPeriod());
    }

    private boolean isSilent(Node node, World world, Instant now) {
        Optional<NodeCondition> ready = NodeTaints.condition(node, "Ready");
        if (ready.isPresent() && ready.get().getStatus().equals(UNKNOWN)) {
            return false;
        }
        Instant heard = world.get(Lease.class, LEASES, node.getMetadata().getName())
                .map(lease -> lease.getSpec().getRenewTime())
                .map(ZonedDateTime::toInstant)
                .orElse(Instant.EPOCH);
        Instant reported = ready.map(condition -> Times.parse(condition.getLastHeartbeatTime()))
                .orElse(Times.parse(node.getMetadata().getCreationTimestamp()));
        Instant last = heard.isAfter(reported) ? heard : reported;
        return now.isAfter(last.plus(timings.nodeMonitorGrace()));
    }

    private static Node unknown(Node node, Instant now) {
        List<NodeCondition> conditions = new ArrayList<>();
        Set<String> missing = new TreeSet<>(JUDGED);
        for (NodeCondition condition : node.getStatus().getConditions()) {
            missing.remove(condition.getType());
            conditions.add(
                    JUDGED.contains(condition.getType())
                                    && !condition.getStatus().equals(UNKNOWN)
                            ? unknown(condition, "NodeStatusUnknown", "Kubelet stopped posting node status.", now)
                            : condition);
        }
        for (String type : missing) {
            NodeCondition never = new NodeConditionBuilder().withType(type).build();
            conditions.add(unknown(never, "NodeStatusNeverUpdated", "Kubelet never posted node status.", now));
        }
        return new NodeBuilder(node)
                .editOrNewStatus()
                .withConditions(conditions)
                .endStatus()
                .build();
    }

    private static NodeCondition unknown(NodeCondition condition, String reason, String message, Instant now) {
        return new NodeConditionBuilder(condition)
                .withStatus(UNKNOWN)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(Times.seconds(now))
                .build();
    }

    /** Pods that were ready before their node fell silent are so no longer; of what they report later their node has the say. */
    private static List<Write> podsOfSilentNode(Node node, World world, Instant now) {
        Optional<Instant> silent = NodeTaints.condition(node, "Ready")
                .filter(condition -> condition.getStatus().equals(UNKNOWN))
                .map(condition -> Times.parse(condition.getLastTransitionTime()));
        List<Write> writes = new ArrayList<>();
        if (silent.isEmpty()) {
            return writes;
        }
        for (Pod pod : world.pods().on(node.getMetadata().getName())) {
            if (Pods.readySince(pod)
                    .filter(since -> !since.isAfter(silent.get()))
                    .isPresent()) {
                writes.add(new Write.ReplaceStatus(Conditions.set(pod, "Ready", "False", null, null, now)));
                writes.add(Write.Tell.warning(pod, REPORTER, "NodeNotReady", "Node is not ready"));
            }
        }
        return writes;
    }

    /** The condition must have lasted for a monitor period; a node that is ready again need not wait for others. */
    private List<Taint> withNoExecute(Node node, List<Taint> taints, World world, Instant now) {
        boolean due = NodeTaints.condition(node, "Ready")
                .map(condition -> Times.parse(condition.getLastTransitionTime()))
                .filter(since -> !now.isBefore(since.plus(timings.nodeMonitorPeriod())))
                .isPresent();
        if (!due) {
            return taints;
        }
        if (NodeTaints.isReady(node)) {
            return NodeTaints.withNoExecute(node, taints, now);
        }
        Zones zones = new Zones(world);
        if (zones.allAreDown()) {
            return NodeTaints.withoutNoExecute(taints, now);
        }
        boolean free = zones.pace(node, timings.nodeEviction())
                .filter(pace -> !anotherNodeJustBegan(node, pace, world, now))
                .isPresent();
        return free ? NodeTaints.withNoExecute(node, taints, now) : taints;
    }

    private static boolean anotherNodeJustBegan(Node node, Duration pace, World world, Instant now) {
        return world.all(Node.class).stream()
                .filter(other ->
                        !other.getMetadata().getUid().equals(node.getMetadata().getUid())
                                && Zones.zone(other).equals(Zones.zone(node)))
                .flatMap(other -> NodeTaints.of(other).stream())
                .filter(taint -> taint.getEffect().equals(NodeTaints.NO_EXECUTE) && taint.getTimeAdded() != null)
                .anyMatch(taint ->
                        Duration.between(Times.parse(taint.getTimeAdded()), now).compareTo(pace) < 0);
    }
}
