package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.NodeLoad;
import dev.kintsugi.features.cluster.embedded.control.model.PodIndex;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Resources;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The pods of a cache by node and by label, and the sums over each node, kept up with every change. Guarded by the given lock. */
final class IndexedPods implements PodIndex {

    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::namespace).thenComparing(Key::name);

    private record Label(String namespace, String key, String value) {}

    /** The pods of one node; the sum is made again after they changed. */
    private static final class Tenants {
        final NavigableMap<Key, Pod> pods = new TreeMap<>(ORDER);
        final Map<Key, Resources> requests = new HashMap<>();
        Resources requested = Resources.NONE;

        @Nullable NodeLoad load;
    }

    private final Object lock;
    private final Map<String, Tenants> nodes = new HashMap<>();
    private final Map<Label, NavigableMap<Key, Pod>> labels = new HashMap<>();
    private final NavigableMap<Key, Pod> unassigned = new TreeMap<>(ORDER);
    private final NavigableMap<Key, Pod> withPodAffinity = new TreeMap<>(ORDER);
    private final NavigableMap<Key, Pod> nominated = new TreeMap<>(ORDER);

    IndexedPods(Object lock) {
        this.lock = lock;
    }

    /** To be called with the lock held, for every change of a pod. */
    void changed(@Nullable Pod before, @Nullable Pod after) {
        if (before != null && (after == null || !samePlaces(before, after))) {
            forget(before);
        }
        if (after != null) {
            remember(after);
        }
    }

    private static boolean samePlaces(Pod before, Pod after) {
        return before.getMetadata().getUid().equals(after.getMetadata().getUid())
                && node(before).equals(node(after))
                && Pods.hasEnded(before) == Pods.hasEnded(after)
                && Selectors.labels(before).equals(Selectors.labels(after));
    }

    private void forget(Pod pod) {
        Key key = Key.of(pod);
        labels(pod).forEach(label -> {
            NavigableMap<Key, Pod> present = labels.get(label);
            if (present != null && present.remove(key) != null && present.isEmpty()) {
                labels.remove(label);
            }
        });
        unassigned.remove(key);
        nominated.remove(key);
        withPodAffinity.remove(key);
        Tenants tenants = nodes.get(node(pod));
        if (tenants != null && tenants.pods.remove(key) != null) {
            Resources request = tenants.requests.remove(key);
            tenants.requested = request == null ? tenants.requested : tenants.requested.minus(request);
            tenants.load = null;
            if (tenants.pods.isEmpty()) {
                nodes.remove(node(pod));
            }
        }
    }

    private void remember(Pod pod) {
        Key key = Key.of(pod);
        labels(pod).forEach(label -> labels.computeIfAbsent(label, unused -> new TreeMap<>(ORDER))
                .put(key, pod));
        if (hasPodAffinity(pod)) {
            withPodAffinity.put(key, pod);
        }
        if (!Pods.isAssigned(pod)) {
            unassigned.put(key, pod);
            if (pod.getStatus() != null && pod.getStatus().getNominatedNodeName() != null) {
                nominated.put(key, pod);
            }
            return;
        }
        Tenants tenants = nodes.computeIfAbsent(node(pod), unused -> new Tenants());
        tenants.pods.put(key, pod);
        tenants.load = null;
        if (!Pods.hasEnded(pod) && !tenants.requests.containsKey(key)) {
            Resources request = Resources.requestedBy(pod);
            tenants.requests.put(key, request);
            tenants.requested = tenants.requested.plus(request);
        }
    }

    private static List<Label> labels(Pod pod) {
        return Selectors.labels(pod).entrySet().stream()
                .map(label -> new Label(pod.getMetadata().getNamespace(), label.getKey(), label.getValue()))
                .toList();
    }

    private static String node(Pod pod) {
        String node = pod.getSpec().getNodeName();
        return node == null ? "" : node;
    }

    private static boolean hasPodAffinity(Pod pod) {
        Affinity affinity = pod.getSpec().getAffinity();
        return affinity != null && (affinity.getPodAffinity() != null || affinity.getPodAntiAffinity() != null);
    }

    @Override
    public List<Pod> on(String node) {
        synchronized (lock) {
            Tenants tenants = nodes.get(node);
            return tenants == null ? List.of() : List.copyOf(tenants.pods.values());
        }
    }

    /** Through the label that the fewest pods have. */
    @Override
    public List<Pod> labelled(String namespace, Map<String, String> wanted) {
        synchronized (lock) {
            Collection<Pod> fewest = null;
            for (Map.Entry<String, String> one : wanted.entrySet()) {
                NavigableMap<Key, Pod> having = labels.get(new Label(namespace, one.getKey(), one.getValue()));
                if (having == null) {
                    return List.of();
                }
                fewest = fewest == null || having.size() < fewest.size() ? having.values() : fewest;
            }
            return fewest == null
                    ? List.of()
                    : fewest.stream()
                            .filter(pod -> Selectors.matches(wanted, Selectors.labels(pod)))
                            .toList();
        }
    }

    @Override
    public List<Pod> unassigned() {
        synchronized (lock) {
            return List.copyOf(unassigned.values());
        }
    }

    @Override
    public List<Pod> withPodAffinity() {
        synchronized (lock) {
            return List.copyOf(withPodAffinity.values());
        }
    }

    @Override
    public List<Pod> nominated() {
        synchronized (lock) {
            return List.copyOf(nominated.values());
        }
    }

    @Override
    public Set<String> nodes() {
        synchronized (lock) {
            return Set.copyOf(nodes.keySet());
        }
    }

    @Override
    public NodeLoad load(String node) {
        synchronized (lock) {
            Tenants tenants = nodes.get(node);
            if (tenants == null) {
                return NodeLoad.NONE;
            }
            NodeLoad load = tenants.load == null ? NodeLoad.of(tenants.pods.values(), tenants.requested) : tenants.load;
            tenants.load = load;
            return load;
        }
    }
}
