package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.control.ControlPlane;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** An API server, a pod network and the agents of two nodes; pods of a test go into the namespace {@code ns}. */
final class NodesUnderTest implements AutoCloseable {

    private static final int NODES = 2;
    private static final long SEED = 1;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Timings timings;
    private final KubernetesClient client;
    private final PodNetwork network;
    private final NodeAgents agents;

    NodesUnderTest(Path folder, Timings timings, Images images) {
        this.timings = timings;
        ApiServer server = closing(ApiServer.start(ServerOptions.withSeed(SEED)));
        this.client = closing(new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                .build());
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("ns")
                        .endMetadata()
                        .build())
                .create();
        this.network = closing(PodNetwork.start(SEED));
        this.agents = closing(NodeAgents.start(client, NodeOptions.of(NODES, timings, images, folder, SEED), network));
        server.setPodLogs(agents.logs());
    }

    /** The image {@code tiny}: a {@link TinyServer} in a process of its own. */
    static Images tiny(int port, String... before) {
        List<String> command = new ArrayList<>(List.of(before));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx600m",
                "-cp",
                TinyServer.classPath(),
                TinyServer.class.getName(),
                Integer.toString(port)));
        return Images.of("tiny", command);
    }

    /** Lets the control loops run beside the agents. */
    NodesUnderTest withControl() {
        closing(ControlPlane.start(client, timings, InstantSource.system(), SEED));
        return this;
    }

    /** Ends this part before those that are there already. */
    <T extends AutoCloseable> T closing(T part) {
        parts.push(part);
        return part;
    }

    KubernetesClient client() {
        return client;
    }

    PodNetwork network() {
        return network;
    }

    NodeAgents agents() {
        return agents;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("a part does not end", e);
            }
        }
    }
}
