package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.PodInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cluster at one instant, as far as experiments look at it.
 *
 * @param pods all of them
 * @param nodeLabels node name to its labels
 */
public record ClusterView(List<PodInfo> pods, Map<String, Map<String, String>> nodeLabels) {

    /** The pod of a record id, {@code namespace/pod} or {@code namespace/pod/container}. */
    public Optional<PodInfo> podOf(String id) {
        String[] parts = id.split("/", -1);
        return pods.stream()
                .filter(pod -> parts.length > 1
                        && pod.namespace().equals(parts[0])
                        && pod.name().equals(parts[1]))
                .findFirst();
    }
}
