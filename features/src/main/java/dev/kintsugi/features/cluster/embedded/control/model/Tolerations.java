package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Objects;

/**
 * Which taints a pod tolerates.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/">Taints and tolerations</a>
 */
public final class Tolerations {

    private Tolerations() {}

    /** Whether at least one toleration of a pod is for the taint. */
    public static boolean tolerates(Pod pod, Taint taint) {
        return !matching(pod, taint).isEmpty();
    }

    /** The tolerations of a pod that are for the taint. */
    public static List<Toleration> matching(Pod pod, Taint taint) {
        List<Toleration> tolerations = pod.getSpec().getTolerations();
        return tolerations == null
                ? List.of()
                : tolerations.stream()
                        .filter(toleration -> isFor(toleration, taint))
                        .toList();
    }

    /** An empty effect is for all effects; an empty key is, with Exists, for all keys. */
    private static boolean isFor(Toleration toleration, Taint taint) {
        String effect = Objects.requireNonNullElse(toleration.getEffect(), "");
        String key = Objects.requireNonNullElse(toleration.getKey(), "");
        if (!effect.isEmpty() && !effect.equals(taint.getEffect())) {
            return false;
        }
        if (!key.isEmpty() && !key.equals(taint.getKey())) {
            return false;
        }
        if ("Exists".equals(toleration.getOperator())) {
            return true;
        }
        return !key.isEmpty()
                && Objects.requireNonNullElse(toleration.getValue(), "")
                        .equals(Objects.requireNonNullElse(taint.getValue(), ""));
    }
}
