package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.Tolerations;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    static Optional<String> against(Pod pod, Node node) {
        if (Boolean.TRUE.equals(node.getSpec().getUnschedulable()) && !Tolerations.tolerates(pod, CORDONED)) {
            return Optional.of("node(s) were unschedulable");
        }
        for (Taint taint : taints(node)) {
            if (!taint.getEffect().equals("PreferNoSchedule") && !Tolerations.tolerates(pod, taint)) {
                String value = taint.getValue() == null ? "" : taint.getValue();
                return Optional.of("node(s) had untolerated taint {" + taint.getKey() + ": " + value + "}");
            }
        }
        return isSelected(pod, node)
                ? Optional.empty()
                : Optional.of("node(s) didn't match Pod's node affinity/selector");
    }

    /** The node's taints; one that is not ready has the taint of that even before it is written. */
    private static List<Taint> taints(Node node) {
        List<Taint> taints =
                new ArrayList<>(Optional.ofNullable(node.getSpec().getTaints()).orElse(List.of()));
        if (!isReady(node) && taints.isEmpty()) {
            taints.add(NOT_READY);
        }
        return taints;
    }

    static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    private static boolean isSelected(Pod pod, Node node) {
        Map<String, String> labels = Selectors.labels(node);
        Map<String, String> selector = pod.getSpec().getNodeSelector();
        if (selector != null && !Selectors.matches(selector, labels)) {
            return false;
        }
        if (pod.getSpec().getAffinity() == null
                || pod.getSpec().getAffinity().getNodeAffinity() == null
                || pod.getSpec().getAffinity().getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution()
                        == null) {
            return true;
        }
        return pod
                .getSpec()
                .getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms()
                .stream()
                .anyMatch(term -> matches(term, node, labels));
    }

    /** All requirements of a term must hold; a term without any matches nothing. */
    private static boolean matches(NodeSelectorTerm term, Node node, Map<String, String> labels) {
        List<NodeSelectorRequirement> expressions = term.getMatchExpressions();
        List<NodeSelectorRequirement> fields = term.getMatchFields();
        return !(expressions.isEmpty() && fields.isEmpty())
                && expressions.stream().allMatch(requirement -> holds(requirement, labels.get(requirement.getKey())))
                && fields.stream()
                        .allMatch(requirement -> requirement.getKey().equals("metadata.name")
                                && holds(requirement, node.getMetadata().getName()));
    }

    private static boolean holds(NodeSelectorRequirement requirement, @Nullable String value) {
        List<String> values = requirement.getValues();
        return switch (requirement.getOperator()) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compared(value, values) > 0;
            case "Lt" -> compared(value, values) < 0;
            default -> false;
        };
    }

    private static int compared(@Nullable String value, List<String> values) {
        try {
            return value == null ? 0 : Long.compare(Long.parseLong(value), Long.parseLong(values.get(0)));
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }
}
