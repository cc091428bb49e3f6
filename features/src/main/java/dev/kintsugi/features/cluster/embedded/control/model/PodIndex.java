package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ways to find pods whose cost does not grow with the number of all pods. Lists are in the order of namespace and name. */
public interface PodIndex {

    /** All pods that were given this node. */
    List<Pod> on(String node);

    /** The pods of a namespace that have all these labels; none if no label is given. */
    List<Pod> labelled(String namespace, Map<String, String> labels);

    /** The pods that were not given a node yet. */
    List<Pod> unassigned();

    /** Those of them for which room is being made on a node. */
    List<Pod> nominated();

    /** The pods that want to be near to other pods or away from them. */
    List<Pod> withPodAffinity();

    /** The names of the nodes that pods were given, gone or not. */
    Set<String> nodes();

    /** What a node bears; nothing if it has no pods. */
    NodeLoad load(String node);
}
