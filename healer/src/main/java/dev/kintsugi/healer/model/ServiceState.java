package dev.kintsugi.healer.model;

import java.util.Map;

/**
 * A Service.
 *
 * @param selector the labels of the pods behind it; empty for one whose endpoints somebody else looks after
 * @param external it is only a name for something outside (ExternalName)
 */
public record ServiceState(ObjectRef ref, Map<String, String> selector, boolean external, Settings settings) {

    /** Makes the map unmodifiable. */
    public ServiceState {
        selector = Map.copyOf(selector);
    }

    /** Whether Kubernetes looks for pods to stand behind it. */
    public boolean selects() {
        return !external && !selector.isEmpty();
    }

    /** Whether a pod stands behind it once it is ready. */
    public boolean selects(PodState pod) {
        return selects()
                && pod.ref().namespace().equals(ref.namespace())
                && selector.entrySet().stream()
                        .allMatch(e -> e.getValue().equals(pod.labels().get(e.getKey())));
    }
}
