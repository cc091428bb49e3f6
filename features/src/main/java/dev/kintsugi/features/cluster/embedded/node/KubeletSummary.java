package dev.kintsugi.features.cluster.embedded.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.spi.NodeStats;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What the kubelet's Summary says of each pod: memory and CPU time of its running containers, of all their processes. It is
 * measured when it is asked for; the real kubelet's figures are up to 10 s old.
 */
public final class KubeletSummary implements NodeStats {
    private final KubernetesClient client;
    private final NodeAgents nodes;
    private final InstantSource clock;

    /** @param client of the cluster's API; stays the caller's, as do the agents */
    public KubeletSummary(KubernetesClient client, NodeAgents nodes, InstantSource clock) {
        this.client = client;
        this.nodes = nodes;
        this.clock = clock;
    }

    @Override
    public Optional<JsonNode> summary(String node) {
        if (client.nodes().withName(node).get() == null) {
            return Optional.empty();
        }
        ObjectNode summary = JsonNodeFactory.instance.objectNode();
        summary.putObject("node").put("nodeName", node);
        ArrayNode pods = summary.putArray("pods");
        client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", node)
                .list()
                .getItems()
                .forEach(pod -> pods.add(of(pod)));
        return Optional.of(summary);
    }

    private ObjectNode of(Pod pod) {
        ObjectNode stats = JsonNodeFactory.instance.objectNode();
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        stats.putObject("podRef")
                .put("name", name)
                .put("namespace", namespace)
                .put("uid", pod.getMetadata().getUid());
        ArrayNode containers = stats.putArray("containers");
        for (Container container : pod.getSpec().getContainers()) {
            nodes.container(namespace, name, container.getName()).ifPresent(running -> {
                String now = clock.instant().toString();
                ObjectNode one = containers.addObject().put("name", container.getName());
                one.putObject("cpu")
                        .put("time", now)
                        .put("usageCoreNanoSeconds", running.cpuTime().toNanos());
                one.putObject("memory")
                        .put("time", now)
                        .put("workingSetBytes", running.residentBytes())
                        .put("rssBytes", running.residentBytes());
            });
        }
        return stats;
    }
}
