package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes a pod asks for.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/">Assigning pods to nodes</a>
 */
public final class NodeSelection {

    private NodeSelection() {}

    /** Whether the labels and the name of a node are what a pod's node selector and its required node affinity ask for. */
    public static boolean selects(Pod pod, Node node) {
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
                .anyMatch(term -> matches(term, node));
    }

    /** All requirements of a term must hold; a term without any matches nothing. */
    public static boolean matches(NodeSelectorTerm term, Node node) {
        Map<String, String> labels = Selectors.labels(node);
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
