package dev.kintsugi.features.recording;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Memory and CPU time of a pod by the kubelet's account, which has what any process in its containers uses, a stressor's too.
 *
 * @param cpuNanos CPU time spent since the containers began
 * @param cpuAt when the kubelet measured it, on its own clock: it does so every 10 s or so
 * @param residentBytes anonymous memory in use
 */
public record PodUsage(long cpuNanos, Instant cpuAt, long residentBytes) {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * Asks the kubelet of the pod's node through the API server ({@code nodes/proxy}, Summary API).
     *
     * @return nothing where one may not ask, or it does not say
     */
    public static Optional<PodUsage> read(KubernetesClient client, Pod pod) {
        String node = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
        return read(client, node, pod.getMetadata().getUid());
    }

    /** The same of a pod that is known by its node and its UID. */
    static Optional<PodUsage> read(KubernetesClient client, @Nullable String node, String uid) {
        if (node == null || node.isEmpty()) {
            return Optional.empty();
        }
        try {
            String summary = client.raw("/api/v1/nodes/" + node + "/proxy/stats/summary");
            return summary == null ? Optional.empty() : parse(summary, uid);
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }

    /** Reads what a Summary says of one pod. */
    static Optional<PodUsage> parse(String summary, String podUid) {
        try {
            for (JsonNode pod : MAPPER.readTree(summary).path("pods")) {
                if (pod.path("podRef").path("uid").asText().equals(podUid)) {
                    return sum(pod.path("containers"));
                }
            }
            return Optional.empty();
        } catch (JsonProcessingException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<PodUsage> sum(JsonNode containers) {
        long cpu = 0;
        long memory = 0;
        Instant at = Instant.EPOCH;
        for (JsonNode container : containers) {
            if (!container.path("cpu").has("usageCoreNanoSeconds")
                    || !container.path("memory").has("rssBytes")) {
                return Optional.empty();
            }
            cpu += container.path("cpu").path("usageCoreNanoSeconds").asLong();
            memory += container.path("memory").path("rssBytes").asLong();
            Instant measured = Instant.parse(container.path("cpu").path("time").asText());
            at = measured.isAfter(at) ? measured : at;
        }
        return containers.isEmpty() ? Optional.empty() : Optional.of(new PodUsage(cpu, at, memory));
    }

    /** CPUs used on average since an earlier look; nothing when the kubelet has not measured since. */
    public Optional<Double> coresSince(PodUsage earlier) {
        long nanos = java.time.Duration.between(earlier.cpuAt, cpuAt).toNanos();
        return nanos <= 0 || cpuNanos < earlier.cpuNanos
                ? Optional.empty()
                : Optional.of((double) (cpuNanos - earlier.cpuNanos) / nanos);
    }
}
