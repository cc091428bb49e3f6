package dev.kintsugi.chaos.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What choosing and hitting a target needs to know of a pod.
 *
 * @param phase {@code Pending}, {@code Running}, {@code Succeeded}, {@code Failed} or {@code Unknown}
 * @param nodeName the node it runs on, empty before it is scheduled
 * @param ip its address, empty before it has one
 * @param terminating it has been asked to go
 * @param containers in the order of the pod's spec
 */
public record PodInfo(
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        Map<String, String> annotations,
        String phase,
        String nodeName,
        String ip,
        boolean hostNetwork,
        boolean terminating,
        List<Container> containers) {

    /**
     * A container of the pod.
     *
     * @param id the runtime's id, empty while there is none
     * @param memoryLimitBytes its memory limit, null where there is none
     */
    public record Container(
            String name, String id, @Nullable Long memoryLimitBytes) {}

    public PodInfo {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        containers = List.copyOf(containers);
    }

    /** {@code namespace/name}, the id of its record in a status. */
    public String id() {
        return namespace + "/" + name;
    }

    /** Whether there is still something to break: neither on its way out nor finished. */
    public boolean isAlive() {
        return !terminating && !phase.equals("Succeeded") && !phase.equals("Failed");
    }
}
