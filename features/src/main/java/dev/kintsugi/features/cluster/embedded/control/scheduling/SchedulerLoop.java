package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Conditions;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.NodeLoad;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives every pod a node, see {@link Placement}. A pod that no node takes says so in its condition PodScheduled; it is tried again when
 * a node changes or a pod frees its place, though not before the back-off is over. It may take the place of less important pods, see
 * {@link Preemption}.
 */
public final class SchedulerLoop implements Loop {

    private static final String NAME = "default-scheduler";

    private final Timings timings;
    private final long seed;
    private final Map<String, Site> empty = new ConcurrentHashMap<>();

    /** Its choice between equal nodes is the same for equal seeds. */
    public SchedulerLoop(Timings timings, long seed) {
        this.timings = timings;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "scheduler";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Pod.class, Node.class, Namespace.class, PodDisruptionBudget.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        if (change.object() instanceof Pod pod) {
            return freesPlace(change)
                    ? waiting(world)
                    : Stream.of(pod).filter(SchedulerLoop::waits).map(Key::of);
        }
        return change.object() instanceof Node && changesRoom(change) ? waiting(world) : Stream.empty();
    }

    private static Stream<Key> waiting(World world) {
        return world.pods().unassigned().stream().filter(SchedulerLoop::waits).map(Key::of);
    }

    private static boolean waits(Pod pod) {
        String scheduler = pod.getSpec().getSchedulerName();
        return !Pods.isAssigned(pod) && Pods.isActive(pod) && (scheduler == null || scheduler.equals(NAME));
    }

    private static boolean isGated(Pod pod) {
        return pod.getSpec().getSchedulingGates() != null
                && !pod.getSpec().getSchedulingGates().isEmpty();
    }

    private static boolean freesPlace(Change change) {
        return change.before() instanceof Pod before
                && Pods.isAssigned(before)
                && !Pods.hasEnded(before)
                && (change.gone() || (change.after() instanceof Pod after && Pods.hasEnded(after)));
    }

    /** A heartbeat changes nothing. */
    private static boolean changesRoom(Change change) {
        return !(change.before() instanceof Node before
                && change.after() instanceof Node after
                && Objects.equals(before.getSpec(), after.getSpec())
                && Objects.equals(
                        before.getMetadata().getLabels(), after.getMetadata().getLabels())
                && Objects.equals(
                        before.getStatus().getAllocatable(), after.getStatus().getAllocatable())
                && NodeRules.isReady(before) == NodeRules.isReady(after));
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        Pod pod = world.get(Pod.class, key).filter(SchedulerLoop::waits).orElse(null);
        if (pod == null) {
            return Reaction.none();
        }
        if (isGated(pod)) {
            String message = "Scheduling is blocked due to non-empty scheduling gates";
            return Pods.condition(pod, "PodScheduled").isPresent()
                    ? Reaction.none()
                    : Reaction.of(new Write.ReplaceStatus(
                            Conditions.set(pod, "PodScheduled", "False", "SchedulingGated", message, now)));
        }
        Duration backOff = backOffLeft(pod, now);
        if (backOff != null) {
            return new Reaction(List.of(), backOff);
        }
        Placement placement = Placement.of(pod, sites(pod, world), new NeighbourRules(pod, world), seed);
        if (placement instanceof Placement.On on) {
            String message = "Successfully assigned " + key + " to " + on.node();
            return Reaction.of(
                    new Write.Bind(pod, on.node()), new Write.Tell(pod, NAME, false, "Scheduled", message, "Binding"));
        }
        return new Reaction(nowhere(pod, (Placement.Nowhere) placement, world, now), timings.schedulingFlush());
    }

    /**
     * All nodes; what was promised to a waiting pod that is not less important is taken. What a node bears is looked up only when the
     * search comes to it.
     */
    private List<Site> sites(Pod pod, World world) {
        List<Node> nodes = world.all(Node.class);
        Map<String, NodeLoad> promised = promised(pod, world);
        return new AbstractList<>() {
            @Override
            public Site get(int index) {
                String name = nodes.get(index).getMetadata().getName();
                NodeLoad load = promised.get(name);
                return empty(nodes.get(index)).with(load == null ? world.pods().load(name) : load);
            }

            @Override
            public int size() {
                return nodes.size();
            }
        };
    }

    private static Map<String, NodeLoad> promised(Pod pod, World world) {
        Map<String, NodeLoad> loads = new HashMap<>();
        for (Pod promised : world.pods().nominated()) {
            boolean first = Preemption.priority(promised) >= Preemption.priority(pod)
                    && !promised.getMetadata().getUid().equals(pod.getMetadata().getUid());
            if (first) {
                String node = promised.getStatus().getNominatedNodeName();
                NodeLoad present = loads.get(node);
                loads.put(node, (present == null ? world.pods().load(node) : present).plus(promised));
            }
        }
        return loads;
    }

    /** Read only once from each state of a node: the world gives the same object until the node changes. */
    @SuppressWarnings("ReferenceEquality")
    private Site empty(Node node) {
        return empty.compute(
                node.getMetadata().getName(),
                (name, known) -> known != null && known.node() == node ? known : Site.of(node));
    }

    /** Says why, and makes room if less important pods may go for it. */
    private static List<Write> nowhere(Pod pod, Placement.Nowhere nowhere, World world, Instant now) {
        if (!Preemption.isAllowed(pod)) {
            return unschedulable(
                    pod, nowhere.message() + " preemption: not eligible due to preemptionPolicy=Never.", null, now);
        }
        String nominated = pod.getStatus() == null ? null : pod.getStatus().getNominatedNodeName();
        if (nominated != null && Preemption.isUnderWay(pod, nominated, world)) {
            return unschedulable(
                    pod,
                    nowhere.message() + " preemption: not eligible due to a terminating pod on the nominated node.",
                    nominated,
                    now);
        }
        Preemption preemption = Preemption.of(pod, nowhere, world).orElse(null);
        if (preemption == null) {
            return unschedulable(
                    pod,
                    Placement.withoutPreemption(nowhere, "No preemption victims found for incoming pod"),
                    null,
                    now);
        }
        List<Write> writes = new ArrayList<>();
        for (Pod victim : preemption.victims()) {
            writes.addAll(preempted(victim, pod, preemption.node(), now));
        }
        writes.addAll(unschedulable(pod, nowhere.message(), preemption.node(), now));
        return writes;
    }

    private static List<Write> preempted(Pod victim, Pod pod, String node, Instant now) {
        if (Pods.isTerminating(victim)) {
            return List.of();
        }
        Pod marked = Conditions.set(
                victim,
                "DisruptionTarget",
                "True",
                "PreemptionByScheduler",
                NAME + ": preempting to accommodate a higher priority pod",
                now);
        String message = "Preempted by pod " + pod.getMetadata().getUid() + " on node " + node;
        return List.of(
                new Write.ReplaceStatus(marked),
                new Write.Delete(victim, Write.Propagation.DEFAULT),
                new Write.Tell(victim, NAME, false, "Preempted", message, "Preempting"));
    }

    /** How long a pod that could not be placed still has to wait; null if it need not. */
    private @Nullable Duration backOffLeft(Pod pod, Instant now) {
        Optional<Duration> left = Pods.condition(pod, "PodScheduled")
                .filter(condition -> "False".equals(condition.getStatus()))
                .map(condition -> Duration.between(
                        now, Times.parse(condition.getLastTransitionTime()).plus(timings.schedulingBackOff())));
        return left.filter(duration -> !duration.isNegative() && !duration.isZero())
                .orElse(null);
    }

    /** Nothing if it is said already. */
    private static List<Write> unschedulable(Pod pod, String message, @Nullable String nominated, Instant now) {
        Optional<PodCondition> present =
                Pods.condition(pod, "PodScheduled").filter(condition -> "False".equals(condition.getStatus()));
        String promised = pod.getStatus() == null ? null : pod.getStatus().getNominatedNodeName();
        if (present.isPresent() && message.equals(present.get().getMessage()) && Objects.equals(nominated, promised)) {
            return List.of();
        }
        Pod changed = new PodBuilder(Conditions.set(pod, "PodScheduled", "False", "Unschedulable", message, now))
                .editStatus()
                .withNominatedNodeName(nominated)
                .endStatus()
                .build();
        return List.of(
                new Write.ReplaceStatus(changed),
                new Write.Tell(pod, NAME, true, "FailedScheduling", message, "Scheduling"));
    }
}
