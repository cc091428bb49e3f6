package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.NodeLoad;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Resources;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A node with what is on it.
 *
 * @param taints what keeps pods away, see {@link NodeRules#taints}
 * @param allocatable what it has to give to all its pods
 */
record Site(Node node, List<Taint> taints, Resources allocatable, NodeLoad load) {

    /** A node without any pod. */
    static Site of(Node node) {
        Resources allocatable = node.getStatus() == null
                ? Resources.NONE
                : Resources.of(node.getStatus().getAllocatable());
        return new Site(node, NodeRules.taints(node), allocatable, NodeLoad.NONE);
    }

    /** The same node with other pods. */
    Site with(NodeLoad other) {
        return new Site(node, taints, allocatable, other);
    }

    String name() {
        return node.getMetadata().getName();
    }

    /** Why there is no room for a pod, as the scheduler says it; empty if there is. */
    List<String> lackFor(Pod pod, Resources request) {
        if (!Collections.disjoint(load.hostPorts(), Pods.hostPorts(pod))) {
            return List.of("node(s) didn't have free ports for the requested pod ports");
        }
        List<String> lack = new ArrayList<>();
        for (Map.Entry<String, Long> asked : request.amounts().entrySet()) {
            String name = asked.getKey();
            if (asked.getValue() > 0 && allocatable.of(name) - load.requested().of(name) < asked.getValue()) {
                lack.add(name.equals(Resources.PODS) ? "Too many pods" : "Insufficient " + name);
            }
        }
        return lack;
    }
}
