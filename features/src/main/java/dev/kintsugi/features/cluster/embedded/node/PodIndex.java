package dev.kintsugi.features.cluster.embedded.node;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Finds the worker of a pod by the pod's name. Where an old pod is still ending, its successor of the same name is found. */
final class PodIndex {

    private record Name(String namespace, String name) {}

    private final Map<Name, PodWorker> workers = new ConcurrentHashMap<>();

    void put(Pod pod, PodWorker worker) {
        workers.put(name(pod), worker);
    }

    void remove(PodWorker worker) {
        workers.remove(name(worker.pod()), worker);
    }

    Optional<PodWorker> find(String namespace, String pod) {
        return Optional.ofNullable(workers.get(new Name(namespace, pod)));
    }

    private static Name name(Pod pod) {
        ObjectMeta meta = pod.getMetadata();
        return new Name(meta.getNamespace(), meta.getName());
    }
}
