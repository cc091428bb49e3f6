package dev.kintsugi.healer.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one target and its surroundings at one instant.
 *
 * @param asOf the last instant at which the healer's view was known to be fed by the cluster
 * @param target the pod or workload this is about, whether it still exists or not
 * @param pod null if it is gone, or the target is no pod
 * @param workload what owns the pod, or the target itself; null if nothing does, or what does is not known (any more)
 * @param controlled whether something would replace it
 * @param peers the other pods of the same workload
 * @param nodes the nodes of all pods named here, by name
 * @param budgeted the UIDs of those pods over which a PodDisruptionBudget stands
 * @param dependencies the Services that target and workload say they need
 * @param probe the latest answer of the pod or its replacement, null if none was asked
 * @param around what else stands around it
 */
public record Observation(
        Instant asOf,
        ObjectRef target,
        @Nullable PodState pod,
        @Nullable WorkloadState workload,
        boolean controlled,
        List<PodState> peers,
        Map<String, NodeState> nodes,
        Set<String> budgeted,
        List<Dependency> dependencies,
        @Nullable ProbeResult probe,
        Surroundings around) {

    /** Makes the parts unmodifiable. */
    public Observation {
        peers = List.copyOf(peers);
        nodes = Map.copyOf(nodes);
        budgeted = Set.copyOf(budgeted);
        dependencies = List.copyOf(dependencies);
    }

    /** With nothing else around it. */
    public Observation(
            Instant asOf,
            ObjectRef target,
            @Nullable PodState pod,
            @Nullable WorkloadState workload,
            boolean controlled,
            List<PodState> peers,
            Map<String, NodeState> nodes,
            Set<String> budgeted,
            List<Dependency> dependencies,
            @Nullable ProbeResult probe) {
        this(asOf, target, pod, workload, controlled, peers, nodes, budgeted, dependencies, probe, Surroundings.NONE);
    }

    /** Target (if it exists) and peers. */
    public Stream<PodState> pods() {
        return pod == null ? peers.stream() : Stream.concat(Stream.of(pod), peers.stream());
    }

    /** The node a pod is on; null if it has none or nothing is known of it. */
    public @Nullable NodeState nodeOf(PodState of) {
        return of.nodeName() == null ? null : nodes.get(of.nodeName());
    }

    /** The same with the answer of a probe. */
    public Observation withProbe(@Nullable ProbeResult newProbe) {
        return new Observation(
                asOf, target, pod, workload, controlled, peers, nodes, budgeted, dependencies, newProbe, around);
    }

    /** The same, seen from one of its peers. */
    public Observation from(PodState peer) {
        List<PodState> others =
                pods().filter(p -> !p.ref().uid().equals(peer.ref().uid())).toList();
        return new Observation(
                asOf, peer.ref(), peer, workload, controlled, others, nodes, budgeted, dependencies, probe, around);
    }

    /** The same with other things around it. */
    public Observation within(Surroundings others) {
        return new Observation(
                asOf, target, pod, workload, controlled, peers, nodes, budgeted, dependencies, probe, others);
    }
}
