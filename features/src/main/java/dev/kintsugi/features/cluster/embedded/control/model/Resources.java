package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Amounts of resources by name: cpu in thousandths of a core, all else in whole units (bytes, pods), rounded up.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/">Resources of pods</a>
 */
public record Resources(Map<String, Long> amounts) {

    /** The name under which places for pods are counted. */
    public static final String PODS = "pods";

    /** Nothing of anything. */
    public static final Resources NONE = new Resources(Map.of());

    private static final String CPU = "cpu";
    private static final int MILLIS = 3;

    /** What quantities say; nothing if there are none. */
    public static Resources of(@Nullable Map<String, Quantity> quantities) {
        if (quantities == null || quantities.isEmpty()) {
            return NONE;
        }
        Map<String, Long> amounts = new TreeMap<>();
        quantities.forEach((name, quantity) -> amounts.put(name, amount(name, quantity)));
        return new Resources(amounts);
    }

    private static long amount(String name, Quantity quantity) {
        BigDecimal exact = quantity.getNumericalAmount();
        BigDecimal scaled = name.equals(CPU) ? exact.movePointRight(MILLIS) : exact;
        return scaled.setScale(0, RoundingMode.CEILING)
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    /**
     * What a pod asks for: the sum over its containers, or what its neediest init container asks for if that is more, plus its overhead;
     * and the place of one pod.
     */
    public static Resources requestedBy(Pod pod) {
        Map<String, Long> sum = new TreeMap<>();
        for (Container container : orNone(pod.getSpec().getContainers())) {
            requests(container).amounts().forEach((name, amount) -> sum.merge(name, amount, Long::sum));
        }
        for (Container container : orNone(pod.getSpec().getInitContainers())) {
            requests(container).amounts().forEach((name, amount) -> sum.merge(name, amount, Long::max));
        }
        of(pod.getSpec().getOverhead()).amounts().forEach((name, amount) -> sum.merge(name, amount, Long::sum));
        sum.put(PODS, 1L);
        return new Resources(sum);
    }

    /** These and the others. */
    public Resources plus(Resources others) {
        return merged(others, 1);
    }

    /** These without the others; what is missing is negative. */
    public Resources minus(Resources others) {
        return merged(others, -1);
    }

    private Resources merged(Resources others, int sign) {
        Map<String, Long> result = new TreeMap<>(amounts);
        others.amounts.forEach((name, amount) -> result.merge(name, sign * amount, Long::sum));
        return new Resources(result);
    }

    /** How much there is of one. */
    public long of(String name) {
        return amounts.getOrDefault(name, 0L);
    }

    private static Resources requests(Container container) {
        return container.getResources() == null
                ? NONE
                : of(container.getResources().getRequests());
    }

    private static List<Container> orNone(@Nullable List<Container> containers) {
        return containers == null ? List.of() : containers;
    }
}
