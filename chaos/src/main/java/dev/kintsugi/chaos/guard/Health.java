package dev.kintsugi.chaos.guard;

import java.util.Map;
import java.util.Set;

/**
 * How a cluster is at one instant.
 *
 * @param readyNodes names of the nodes that are Ready
 * @param readyPods how many pods of each workload are ready
 */
public record Health(Set<String> readyNodes, Map<Workload, Integer> readyPods) {

    public Health {
        readyNodes = Set.copyOf(readyNodes);
        readyPods = Map.copyOf(readyPods);
    }
}
