package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;

/** The Events that one step of a pod's life causes, in their order. */
final class Notices {

    private final List<Notice> collected = new ArrayList<>();

    void normal(Pod pod, String container, String reason, String message) {
        collected.add(new Notice(false, reason, message, path(pod, container)));
    }

    void warning(Pod pod, String container, String reason, String message) {
        collected.add(new Notice(true, reason, message, path(pod, container)));
    }

    /** Of the pod as a whole. */
    void normal(String reason, String message) {
        collected.add(new Notice(false, reason, message, ""));
    }

    List<Notice> all() {
        return collected;
    }

    private static String path(Pod pod, String container) {
        boolean init = pod.getSpec().getInitContainers().stream()
                .anyMatch(each -> each.getName().equals(container));
        return "spec." + (init ? "initContainers" : "containers") + "{" + container + "}";
    }
}
