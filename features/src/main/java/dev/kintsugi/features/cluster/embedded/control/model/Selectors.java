package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether labels are selected.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/">Labels and selectors</a>
 */
public final class Selectors {

    private Selectors() {}

    /** The labels of an object; empty if it has none. */
    public static Map<String, String> labels(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    /** Whether an object is selected by a selector that must say something: an empty or missing one selects nothing. */
    public static boolean selects(@Nullable LabelSelector selector, HasMetadata object) {
        return selector != null && !isEmpty(selector) && matches(selector, labels(object));
    }

    /** Whether every equation and every requirement holds; an empty selector matches everything. */
    public static boolean matches(LabelSelector selector, Map<String, String> labels) {
        Map<String, String> equations = selector.getMatchLabels();
        List<LabelSelectorRequirement> requirements = selector.getMatchExpressions();
        return (equations == null || matches(equations, labels))
                && (requirements == null || requirements.stream().allMatch(requirement -> holds(requirement, labels)));
    }

    /** Whether the labels have all these values. */
    public static boolean matches(Map<String, String> equations, Map<String, String> labels) {
        return equations.entrySet().stream()
                .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())));
    }

    private static boolean isEmpty(LabelSelector selector) {
        return (selector.getMatchLabels() == null || selector.getMatchLabels().isEmpty())
                && (selector.getMatchExpressions() == null
                        || selector.getMatchExpressions().isEmpty());
    }

    private static boolean holds(LabelSelectorRequirement requirement, Map<String, String> labels) {
        String value = labels.get(requirement.getKey());
        return switch (requirement.getOperator()) {
            case "In" -> value != null && requirement.getValues().contains(value);
            case "NotIn" -> value == null || !requirement.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }
}
