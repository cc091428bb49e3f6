package dev.kintsugi.features.cluster.embedded.control.scheduling;

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
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives every pod a node, see {@link Placement}. A pod that no node takes says so in its condition PodScheduled; it is tried again when
 * a node changes or a pod frees its place, though not before the back-off is over. There is no preemption.
 */
public final class SchedulerLoop implements Loop {

    private static final String NAME = "default-scheduler";

    private final Timings timings;
    private final long seed;

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
        return Set.of(Pod.class, Node.class);
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
        return world.all(Pod.class).stream().filter(SchedulerLoop::waits).map(Key::of);
    }

    private static boolean waits(Pod pod) {
        String scheduler = pod.getSpec().getSchedulerName();
        return !Pods.isAssigned(pod)
                && Pods.isActive(pod)
                && (scheduler == null || scheduler.equals(NAME))
                && (pod.getSpec().getSchedulingGates() == null
                        || pod.getSpec().getSchedulingGates().isEmpty());
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
        Duration backOff = backOffLeft(pod, now);
        if (backOff != null) {
            return new Reaction(List.of(), backOff);
        }
        Placement placement = Placement.of(pod, world.all(Node.class), world.all(Pod.class), seed);
        if (placement instanceof Placement.On on) {
            String message = "Successfully assigned " + key + " to " + on.node();
            return Reaction.of(
                    new Write.Bind(pod, on.node()), new Write.Tell(pod, NAME, false, "Scheduled", message, "Binding"));
        }
        return new Reaction(
                unschedulable(pod, ((Placement.Nowhere) placement).message(), now), timings.schedulingFlush());
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
    private static List<Write> unschedulable(Pod pod, String message, Instant now) {
        Optional<PodCondition> present =
                Pods.condition(pod, "PodScheduled").filter(condition -> "False".equals(condition.getStatus()));
        if (present.isPresent() && message.equals(present.get().getMessage())) {
            return List.of();
        }
        Pod changed = Conditions.set(pod, "PodScheduled", "False", "Unschedulable", message, now);
        return List.of(
                new Write.ReplaceStatus(changed),
                new Write.Tell(pod, NAME, true, "FailedScheduling", message, "Scheduling"));
    }
}
