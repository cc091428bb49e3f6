package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.control.ControlPlane;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.LoopbackBlock;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * The embedded cluster as {@link dev.kintsugi.features.cluster.EmbeddedCluster} puts it together, of as many nodes as the recorded one
 * had, but with its node agents at hand: what the recorder did on a machine is done to them. All containers are simulated.
 */
final class ReplayCluster implements AutoCloseable {

    private static final int NODES = 2;
    private static final int SERVICE_BLOCK_PREFIX = 20;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ApiServer server;
    private final NodeAgents nodes;

    ReplayCluster(Timings timings, Path folder, long seed) {
        LoopbackBlock services = closing(LoopbackBlock.claim(ServerOptions.SERVICE_CIDR, SERVICE_BLOCK_PREFIX, seed)
                .orElseThrow());
        server = closing(ApiServer.start(ServerOptions.withSeed(seed).withServiceCidr(services.cidr())));
        KubernetesClient client = closing(new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                .build());
        closing(ControlPlane.start(client, timings, InstantSource.system(), seed));
        PodNetwork network = closing(PodNetwork.start(seed));
        nodes = closing(NodeAgents.start(
                client, NodeOptions.of(NODES, timings, container -> Optional.empty(), folder, seed), network));
        server.setPodLogs(nodes.logs());
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.push(part);
        return part;
    }

    void awaitNodes(Duration patience) {
        Http http = http();
        Awaitility.await("all nodes ready").atMost(patience).until(() -> {
            int ready = 0;
            for (JsonNode node : http.get("/api/v1/nodes").path("items")) {
                for (JsonNode condition : node.at("/status/conditions")) {
                    boolean is = condition.path("type").asText().equals("Ready")
                            && condition.path("status").asText().equals("True");
                    ready += is ? 1 : 0;
                }
            }
            return ready == NODES;
        });
    }

    /** The recorded cluster had long been running: a first Deployment comes and goes before anything is compared. */
    void warmUp(Duration patience) {
        Http http = http();
        String path = "/apis/apps/v1/namespaces/default/deployments";
        http.ask("POST", path, "application/json", Http.json("""
                {"metadata":{"name":"warm"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"warm"}},
                 "template":{"metadata":{"labels":{"app":"warm"}},"spec":{"containers":[{"name":"warm","image":"warm"}]}}}}"""));
        Awaitility.await("a first Deployment")
                .atMost(patience)
                .until(() ->
                        http.get(path + "/warm").at("/status/availableReplicas").asInt() == 2);
        http.ask("DELETE", path + "/warm", null, null);
        Awaitility.await("its end").atMost(patience).until(() -> http.get(
                        "/api/v1/namespaces/default/pods?labelSelector=app%3Dwarm")
                .path("items")
                .isEmpty());
    }

    Http http() {
        return new Http(server.url(), server.token());
    }

    NodeAgents nodes() {
        return nodes;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("the cluster does not end", e);
            }
        }
    }
}
