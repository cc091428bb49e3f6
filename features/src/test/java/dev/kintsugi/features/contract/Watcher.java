package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.contract.Recording.Change;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Watches as the recorder did: one raw watch for each kind, over all namespaces, every event noted as it arrives. */
final class Watcher implements AutoCloseable {

    private static final Map<String, String> PATHS = Map.ofEntries(
            Map.entry("Pod", "/api/v1/pods"),
            Map.entry("Node", "/api/v1/nodes"),
            Map.entry("Event", "/api/v1/events"),
            Map.entry("ConfigMap", "/api/v1/configmaps"),
            Map.entry("Service", "/api/v1/services"),
            Map.entry("Deployment", "/apis/apps/v1/deployments"),
            Map.entry("ReplicaSet", "/apis/apps/v1/replicasets"),
            Map.entry("StatefulSet", "/apis/apps/v1/statefulsets"),
            Map.entry("DaemonSet", "/apis/apps/v1/daemonsets"),
            Map.entry("Job", "/apis/batch/v1/jobs"),
            Map.entry("CronJob", "/apis/batch/v1/cronjobs"),
            Map.entry("Lease", "/apis/coordination.k8s.io/v1/leases"),
            Map.entry("EndpointSlice", "/apis/discovery.k8s.io/v1/endpointslices"),
            Map.entry("PodDisruptionBudget", "/apis/policy/v1/poddisruptionbudgets"));

    private final List<Change> changes = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<InputStream> streams = new ArrayList<>();
    private final long begun = System.nanoTime();

    /**
     * Begins to watch.
     *
     * @throws IllegalArgumentException when it does not know where a kind is served
     */
    Watcher(Http http, Collection<String> kinds) {
        for (String kind : kinds) {
            String path = PATHS.get(kind);
            if (path == null) {
                throw new IllegalArgumentException("no path is known for kind " + kind);
            }
            InputStream stream = http.open(path + "?watch=1");
            streams.add(stream);
            Thread thread = new Thread(() -> read(kind, stream), "contract-watch-" + kind);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void read(String kind, InputStream stream) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode event = Http.JSON.readTree(line);
                note(event.path("type").asText(), kind, event.path("object"));
            }
        } catch (IOException e) {
            // The stream was closed: the watch is over.
        }
    }

    private void note(String type, String kind, JsonNode object) {
        if (object instanceof ObjectNode whole) {
            whole.withObject("/metadata").remove("managedFields");
        }
        lock.lock();
        try {
            changes.add(new Change((System.nanoTime() - begun) / 1_000_000, type, kind, object));
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was seen of these kinds in these namespaces; objects of the cluster have the empty one. */
    List<Change> seen(Set<String> kinds, Set<String> namespaces) {
        lock.lock();
        try {
            return changes.stream()
                    .filter(change -> kinds.contains(change.kind()) && namespaces.contains(change.namespace()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** The same, as soon as there are more than so many, or when the time is up. */
    List<Change> awaitMore(int than, Set<String> kinds, Set<String> namespaces, long deadlineNanos)
            throws InterruptedException {
        lock.lock();
        try {
            List<Change> seen = seen(kinds, namespaces);
            long left = deadlineNanos - System.nanoTime();
            while (seen.size() <= than && left > 0) {
                left = more.awaitNanos(left);
                seen = seen(kinds, namespaces);
            }
            return seen;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        for (InputStream stream : streams) {
            try {
                stream.close();
            } catch (IOException e) {
                // It is over in any case.
            }
        }
    }
}
