package dev.kintsugi.features.recording;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the cluster looked like at one instant, in so far as a fault or a healer could wrongly have changed it: which pods there
 * are and how often they restarted, the specs of workloads and Services, the contents of ConfigMaps, cordons and taints.
 *
 * @param objects kind, namespace and name (pods by UID too) to what must stay as it is
 */
public record Snapshot(Map<String, String> objects) {

    public Snapshot {
        objects = Map.copyOf(objects);
    }

    /** Reads the cluster, namespaces that are going away excepted. */
    public static Snapshot of(KubernetesClient client) {
        Map<String, String> objects = new TreeMap<>();
        Set<String> alive = new HashSet<>();
        for (Namespace namespace : client.namespaces().list().getItems()) {
            if (namespace.getMetadata().getDeletionTimestamp() == null) {
                alive.add(namespace.getMetadata().getName());
            }
        }
        for (Pod pod : client.pods().inAnyNamespace().list().getItems()) {
            if (alive.contains(pod.getMetadata().getNamespace())) {
                objects.put(key("pod", pod) + " " + pod.getMetadata().getUid(), restarts(pod) + " restarts");
            }
        }
        List<HasMetadata> specs = new ArrayList<>();
        specs.addAll(client.apps().deployments().inAnyNamespace().list().getItems());
        specs.addAll(client.apps().statefulSets().inAnyNamespace().list().getItems());
        specs.addAll(client.apps().daemonSets().inAnyNamespace().list().getItems());
        for (HasMetadata workload : specs) {
            if (alive.contains(workload.getMetadata().getNamespace())) {
                objects.put(
                        key(workload.getKind(), workload),
                        "generation " + workload.getMetadata().getGeneration());
            }
        }
        client.services().inAnyNamespace().list().getItems().stream()
                .filter(service -> alive.contains(service.getMetadata().getNamespace()))
                .forEach(service -> objects.put(
                        key("service", service), "selector " + service.getSpec().getSelector()));
        client.configMaps().inAnyNamespace().list().getItems().stream()
                .filter(map -> alive.contains(map.getMetadata().getNamespace()))
                .forEach(map -> objects.put(
                        key("configmap", map),
                        "data " + (map.getData() == null ? 0 : map.getData().hashCode())));
        for (Node node : client.nodes().list().getItems()) {
            objects.put(
                    "node " + node.getMetadata().getName(),
                    "cordoned " + Boolean.TRUE.equals(node.getSpec().getUnschedulable()) + ", taints "
                            + node.getSpec().getTaints().stream()
                                    .map(taint -> taint.getKey() + ":" + taint.getEffect())
                                    .sorted()
                                    .toList());
        }
        return new Snapshot(objects);
    }

    /**
     * What is different in {@code later}, each in one line.
     *
     * @param expected tells by its key which change was meant
     */
    public List<String> changes(Snapshot later, Predicate<String> expected) {
        Set<String> keys = new TreeSet<>(objects.keySet());
        keys.addAll(later.objects.keySet());
        List<String> changes = new ArrayList<>();
        for (String key : keys) {
            String before = objects.get(key);
            String after = later.objects.get(key);
            if (expected.test(key)) {
                continue;
            }
            if (before == null) {
                changes.add(key + " is new");
            } else if (after == null) {
                changes.add(key + " is gone");
            } else if (!before.equals(after)) {
                changes.add(key + ": " + before + " before, " + after + " now");
            }
        }
        return List.copyOf(changes);
    }

    private static int restarts(Pod pod) {
        return pod.getStatus() == null
                ? 0
                : pod.getStatus().getContainerStatuses().stream()
                        .mapToInt(Snapshot::restarts)
                        .sum();
    }

    private static int restarts(ContainerStatus status) {
        return status.getRestartCount() == null ? 0 : status.getRestartCount();
    }

    private static String key(String kind, HasMetadata object) {
        return kind.toLowerCase(java.util.Locale.ROOT) + " "
                + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName();
    }
}
