package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.PodInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cluster at one instant, as far as experiments look at it.
 *
 * @param pods all of them
 * @param nodeLabels node name to its labels
 * @param openNamespaces those that experiments may choose from; empty means all
 */
record ClusterView(
        List<PodInfo> pods, Map<String, Map<String, String>> nodeLabels, Optional<Set<String>> openNamespaces) {

    /** One in which experiments may choose from every namespace. */
    ClusterView(List<PodInfo> pods, Map<String, Map<String, String>> nodeLabels) {
        this(pods, nodeLabels, Optional.empty());
    }

    /** The pods that experiments may choose from. */
    List<PodInfo> open() {
        return pods.stream()
                .filter(pod -> openNamespaces.isEmpty() || openNamespaces.get().contains(pod.namespace()))
                .toList();
    }

    /** The pod of a record id, {@code namespace/pod} or {@code namespace/pod/container}. */
    Optional<PodInfo> podOf(String id) {
        String[] parts = id.split("/", -1);
        return pods.stream()
                .filter(pod -> parts.length > 1
                        && pod.namespace().equals(parts[0])
                        && pod.name().equals(parts[1]))
                .findFirst();
    }
}
