package dev.kintsugi.chaos.guard;

import java.util.Comparator;
import java.util.Locale;

/**
 * What a pod belongs to: the Deployment of its ReplicaSet, else its controller, else the pod itself.
 *
 * @param kind such as {@code Deployment}, or {@code Pod} for one that nothing controls
 */
public record Workload(String kind, String namespace, String name) implements Comparable<Workload> {
    private static final Comparator<Workload> ORDER = Comparator.comparing(Workload::namespace)
            .thenComparing(Workload::kind)
            .thenComparing(Workload::name);

    @Override
    public int compareTo(Workload other) {
        return ORDER.compare(this, other);
    }

    /** {@code deployment/shop/web}. */
    @Override
    public String toString() {
        return kind.toLowerCase(Locale.ROOT) + "/" + namespace + "/" + name;
    }
}
