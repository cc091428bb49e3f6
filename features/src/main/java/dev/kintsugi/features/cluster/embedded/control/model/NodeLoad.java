package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the pods of one node that have not ended take up there.
 *
 * @param requested the sum of what they ask for
 * @param active how many of them are not being deleted
 * @param perController how many of those each controller has, by its UID
 * @param hostPorts the ports of the node that are taken, e.g. {@code TCP/8080}
 */
public record NodeLoad(Resources requested, int active, Map<String, Integer> perController, Set<String> hostPorts) {

    /** That of a node without pods. */
    public static final NodeLoad NONE = new NodeLoad(Resources.NONE, 0, Map.of(), Set.of());

    /** That of these pods; those that have ended do not count. */
    public static NodeLoad of(Collection<Pod> pods) {
        Resources requested = Resources.NONE;
        for (Pod pod : pods) {
            requested = Pods.hasEnded(pod) ? requested : requested.plus(Resources.requestedBy(pod));
        }
        return of(pods, requested);
    }

    /** That of these pods, whose requests are known to have this sum. */
    public static NodeLoad of(Collection<Pod> pods, Resources requested) {
        Map<String, Integer> perController = new HashMap<>();
        Set<String> ports = new HashSet<>();
        int active = 0;
        for (Pod pod : pods) {
            if (Pods.hasEnded(pod)) {
                continue;
            }
            ports.addAll(Pods.hostPorts(pod));
            if (!Pods.isTerminating(pod)) {
                active++;
                Owners.controller(pod)
                        .map(OwnerReference::getUid)
                        .ifPresent(uid -> perController.merge(uid, 1, Integer::sum));
            }
        }
        return new NodeLoad(requested, active, perController, ports);
    }

    /** With one pod more, which is not active there yet. */
    public NodeLoad plus(Pod pod) {
        Set<String> ports = new HashSet<>(hostPorts);
        ports.addAll(Pods.hostPorts(pod));
        return new NodeLoad(requested.plus(Resources.requestedBy(pod)), active, perController, ports);
    }
}
