package dev.kintsugi.healer.cluster;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Kubernetes' label selectors ("Labels and Selectors", resources that support set-based requirements). */
final class Selector {

    private Selector() {}

    /** Whether labels meet all requirements; an empty selector is met by all, an absent one by none. */
    static boolean matches(@Nullable LabelSelector selector, Map<String, String> labels) {
        if (selector == null) {
            return false;
        }
        boolean equal = selector.getMatchLabels() == null
                || selector.getMatchLabels().entrySet().stream()
                        .allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
        return equal
                && (selector.getMatchExpressions() == null
                        || selector.getMatchExpressions().stream().allMatch(r -> meets(r, labels.get(r.getKey()))));
    }

    private static boolean meets(LabelSelectorRequirement requirement, @Nullable String value) {
        return switch (requirement.getOperator()) {
            case "In" -> value != null && requirement.getValues().contains(value);
            case "NotIn" -> value == null || !requirement.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }
}
