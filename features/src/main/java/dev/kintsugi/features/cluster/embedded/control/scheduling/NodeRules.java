package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.NodeSelection;
import dev.kintsugi.features.cluster.embedded.control.model.Tolerations;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Optional;

/**
 * Whether a node is for a pod at all, whatever its resources: not cordoned, ready, no taint that the pod does not tolerate, and labels
 * that its node selector and its required node affinity ask for.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/">Assigning pods to nodes</a>
 */
final class NodeRules {

    private static final Taint CORDONED = new Taint("NoSchedule", "node.kubernetes.io/unschedulable", null, null);
    private static final Taint NOT_READY = new Taint("NoSchedule", "node.kubernetes.io/not-ready", null, null);

    private NodeRules() {}

    /** Why the node is not for the pod, as the scheduler says it; empty if it is. */
    static Optional<String> against(Pod pod, Site site) {
        Node node = site.node();
        if (Boolean.TRUE.equals(node.getSpec().getUnschedulable()) && !Tolerations.tolerates(pod, CORDONED)) {
            return Optional.of("node(s) were unschedulable");
        }
        for (Taint taint : site.taints()) {
            if (!taint.getEffect().equals("PreferNoSchedule") && !Tolerations.tolerates(pod, taint)) {
                String value = taint.getValue() == null ? "" : taint.getValue();
                return Optional.of("node(s) had untolerated taint {" + taint.getKey() + ": " + value + "}");
            }
        }
        return NodeSelection.selects(pod, node)
                ? Optional.empty()
                : Optional.of("node(s) didn't match Pod's node affinity/selector");
    }

    /** The node's taints; one that is not ready has the taint of that even before it is written. */
    static List<Taint> taints(Node node) {
        List<Taint> taints = node.getSpec().getTaints();
        if (taints != null && !taints.isEmpty()) {
            return taints;
        }
        return isReady(node) ? List.of() : List.of(NOT_READY);
    }

    static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** How many taints of a node a pod would rather avoid. */
    static long mildTaintsAgainst(Pod pod, Site site) {
        return site.taints().stream()
                .filter(taint -> taint.getEffect().equals("PreferNoSchedule") && !Tolerations.tolerates(pod, taint))
                .count();
    }

    /** The sum of the weights of the terms of a pod's preferred node affinity that a node matches. */
    static long preferenceOf(Pod pod, Node node) {
        if (pod.getSpec().getAffinity() == null || pod.getSpec().getAffinity().getNodeAffinity() == null) {
            return 0;
        }
        return pod
                .getSpec()
                .getAffinity()
                .getNodeAffinity()
                .getPreferredDuringSchedulingIgnoredDuringExecution()
                .stream()
                .filter(term -> NodeSelection.matches(term.getPreference(), node))
                .mapToLong(term -> term.getWeight())
                .sum();
    }
}
