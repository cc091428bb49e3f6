package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Amounts of resources by name, in base units (cores, bytes, pods).
 *
 * @see <a href="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/">Resources of pods</a>
 */
record Resources(Map<String, BigDecimal> amounts) {

    private static final String PODS = "pods";

    /**
     * What a pod asks for: the sum over its containers, or what its neediest init container asks for if that is more, plus its overhead;
     * and the place of one pod.
     */
    static Resources requestedBy(Pod pod) {
        Map<String, BigDecimal> sum = new TreeMap<>();
        for (Container container : orNone(pod.getSpec().getContainers())) {
            requests(container).forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
        }
        for (Container container : orNone(pod.getSpec().getInitContainers())) {
            requests(container).forEach((name, amount) -> sum.merge(name, amount, BigDecimal::max));
        }
        amounts(pod.getSpec().getOverhead()).forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
        sum.put(PODS, BigDecimal.ONE);
        return new Resources(sum);
    }

    /** What a node has to give and its pods that have not ended do not take. */
    static Resources freeOn(Node node, List<Pod> podsThere) {
        Map<String, BigDecimal> free = new TreeMap<>(
                node.getStatus() == null ? Map.of() : amounts(node.getStatus().getAllocatable()));
        podsThere.stream().filter(pod -> !Pods.hasEnded(pod)).forEach(pod -> requestedBy(pod)
                .amounts()
                .forEach((name, amount) -> free.merge(name, amount.negate(), BigDecimal::add)));
        return new Resources(free);
    }

    /** Why these do not suffice for a request, as the scheduler says it; empty if they do. */
    List<String> lackFor(Resources request) {
        return request.amounts().entrySet().stream()
                .filter(asked -> asked.getValue().signum() > 0
                        && amounts.getOrDefault(asked.getKey(), BigDecimal.ZERO).compareTo(asked.getValue()) < 0)
                .map(asked -> asked.getKey().equals(PODS) ? "Too many pods" : "Insufficient " + asked.getKey())
                .toList();
    }

    private static Map<String, BigDecimal> requests(Container container) {
        return container.getResources() == null
                ? Map.of()
                : amounts(container.getResources().getRequests());
    }

    private static Map<String, BigDecimal> amounts(@Nullable Map<String, Quantity> quantities) {
        Map<String, BigDecimal> amounts = new TreeMap<>();
        if (quantities != null) {
            quantities.forEach((name, quantity) -> amounts.put(name, quantity.getNumericalAmount()));
        }
        return amounts;
    }

    private static List<Container> orNone(@Nullable List<Container> containers) {
        return containers == null ? List.of() : containers;
    }
}
