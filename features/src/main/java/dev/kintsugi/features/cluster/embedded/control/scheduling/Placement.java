package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where a pod goes: to a node, or nowhere for a reason. */
sealed interface Placement {

    /** There is room on this node. */
    record On(String node) implements Placement {}

    /** No node takes it; the message is the one of Kubernetes' scheduler. */
    record Nowhere(String message) implements Placement {}

    /**
     * Of all nodes that the pod may go to and that have room for it: the one with the fewest pods of the same controller, then the one
     * with the fewest pods, then one that the seed chooses.
     */
    static Placement of(Pod pod, List<Node> nodes, List<Pod> pods, long seed) {
        if (nodes.isEmpty()) {
            return new Nowhere("no nodes available to schedule pods");
        }
        Map<String, List<Pod>> perNode = pods.stream()
                .filter(Pods::isAssigned)
                .collect(Collectors.groupingBy(one -> one.getSpec().getNodeName()));
        Resources request = Resources.requestedBy(pod);
        List<Node> fitting = new ArrayList<>();
        Map<String, Integer> reasons = new TreeMap<>();
        Map<String, Integer> preemption = new TreeMap<>();
        for (Node node : nodes) {
            Optional<String> against = NodeRules.against(pod, node);
            List<String> lack = against.isPresent()
                    ? List.of(against.get())
                    : Resources.freeOn(
                                    node,
                                    perNode.getOrDefault(node.getMetadata().getName(), List.of()))
                            .lackFor(request);
            if (lack.isEmpty()) {
                fitting.add(node);
            } else {
                lack.forEach(reason -> reasons.merge(reason, 1, Integer::sum));
                preemption.merge(
                        against.isPresent()
                                ? "Preemption is not helpful for scheduling"
                                : "No preemption victims found for incoming pod.",
                        1,
                        Integer::sum);
            }
        }
        return fitting.stream()
                .min(preference(pod, perNode, seed))
                .<Placement>map(node -> new On(node.getMetadata().getName()))
                .orElseGet(() ->
                        new Nowhere(said(nodes.size(), reasons) + " preemption: " + said(nodes.size(), preemption)));
    }

    private static Comparator<Node> preference(Pod pod, Map<String, List<Pod>> perNode, long seed) {
        String owner = Owners.controller(pod).map(OwnerReference::getUid).orElse("");
        return Comparator.<Node>comparingLong(
                        node -> perNode.getOrDefault(node.getMetadata().getName(), List.of()).stream()
                                .filter(Pods::isActive)
                                .filter(other -> Owners.controller(other)
                                        .filter(reference -> reference.getUid().equals(owner))
                                        .isPresent())
                                .count())
                .thenComparingLong(
                        node -> perNode.getOrDefault(node.getMetadata().getName(), List.of()).stream()
                                .filter(Pods::isActive)
                                .count())
                .thenComparingLong(node ->
                        new SplittableRandom(seed ^ node.getMetadata().getName().hashCode()).nextLong())
                .thenComparing(node -> node.getMetadata().getName());
    }

    private static String said(int nodes, Map<String, Integer> reasons) {
        return reasons.entrySet().stream()
                .map(reason -> reason.getValue() + " " + reason.getKey())
                .sorted()
                .collect(Collectors.joining(", ", "0/" + nodes + " nodes are available: ", "."));
    }
}
