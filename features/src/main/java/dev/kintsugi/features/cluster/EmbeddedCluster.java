package dev.kintsugi.features.cluster;

import dev.kintsugi.chaos.emulation.ChaosMeshEmulation;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.control.ControlPlane;
import dev.kintsugi.features.cluster.embedded.mesh.ChaosMeshAdmission;
import dev.kintsugi.features.cluster.embedded.mesh.NodeChaosDaemon;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.network.ServiceProxy;
import dev.kintsugi.features.cluster.embedded.node.KubeletSummary;
import dev.kintsugi.features.cluster.embedded.node.LoopbackBlock;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kubernetes cluster inside this JVM: an API server, and beside it, as ordinary clients of that API, the control loops, the
 * node agents, the Service proxy and Chaos Mesh's controllers. The containers of the sample app are processes of this machine.
 */
public final class EmbeddedCluster implements Cluster {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedCluster.class);
    private static final int SERVICE_BLOCK_PREFIX = 20;
    private static final Duration NODES_READY = Duration.ofMinutes(2);
    private static final Duration ANSWERED = Duration.ofMinutes(1);

    /** How Chaos Mesh is there. */
    public enum Mesh {
        /** As its Helm chart sets it up. */
        ON,
        /**
         * With {@code controllerManager.enableFilterNamespace}: experiments choose only from namespaces with the annotation
         * {@code chaos-mesh.org/inject: enabled}.
         */
        FILTERED,
        /** Not at all. */
        OFF
    }

    /**
     * How it is to be.
     *
     * @param nodes 1 to 1,000
     * @param timings its pace
     * @param seed of generated names, of addresses and of all else that is left to chance
     * @param kubeconfig where to write the kubeconfig, for the owner alone
     * @param folder for logs and the working folders of containers
     * @param sampleApp the folder in which the build packed the sample app
     * @param stressorClassPath where the class of the stressor is
     * @param chaosMesh whether, and how, Chaos Mesh's resources and controllers are there
     */
    public record Options(
            int nodes,
            Timings timings,
            long seed,
            Path kubeconfig,
            Path folder,
            Path sampleApp,
            String stressorClassPath,
            Mesh chaosMesh) {

        /** With Chaos Mesh or without. */
        public Options(
                int nodes,
                Timings timings,
                long seed,
                Path kubeconfig,
                Path folder,
                Path sampleApp,
                String stressorClassPath,
                boolean chaosMesh) {
            this(
                    nodes,
                    timings,
                    seed,
                    kubeconfig,
                    folder,
                    sampleApp,
                    stressorClassPath,
                    chaosMesh ? Mesh.ON : Mesh.OFF);
        }

        /** With Chaos Mesh. */
        public Options(
                int nodes,
                Timings timings,
                long seed,
                Path kubeconfig,
                Path folder,
                Path sampleApp,
                String stressorClassPath) {
            this(nodes, timings, seed, kubeconfig, folder, sampleApp, stressorClassPath, Mesh.ON);
        }
    }

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Options options;
    private final ApiServer server;
    private final KubernetesClient client;
    private final NodeChaosDaemon daemon;

    private EmbeddedCluster(Options options) throws IOException {
        this.options = options;
        try {
            LoopbackBlock services =
                    closing(LoopbackBlock.claim(ServerOptions.SERVICE_CIDR, SERVICE_BLOCK_PREFIX, options.seed())
                            .orElseThrow(() -> new IllegalStateException("other clusters on this machine hold every"
                                    + " block of " + ServerOptions.SERVICE_CIDR + "; end one of them")));
            server = closing(
                    ApiServer.start(ServerOptions.withSeed(options.seed()).withServiceCidr(services.cidr())));
            server.writeKubeconfig(options.kubeconfig());
            client = closing(
                    new KubernetesClientBuilder().withConfig(patient(server)).build());
            if (options.chaosMesh() != Mesh.OFF) {
                server.addAdmission(new ChaosMeshAdmission(
                        InstantSource.system(),
                        (who, namespace, resource) ->
                                server.allows(who, "create", ChaosMeshAdmission.GROUP, resource, namespace)));
            }
            closing(ControlPlane.start(client, options.timings(), InstantSource.system(), options.seed()));
            PodNetwork network = closing(PodNetwork.start(options.seed()));
            NodeAgents nodes = closing(NodeAgents.start(
                    client,
                    NodeOptions.of(
                            options.nodes(),
                            options.timings(),
                            SampleAppImage.in(options.sampleApp()),
                            options.folder().resolve("nodes"),
                            options.seed()),
                    network));
            server.setPodLogs(nodes.logs());
            server.setNodeStats(new KubeletSummary(client, nodes, InstantSource.system()));
            closing(ServiceProxy.start(client, network, options.seed()));
            daemon = new NodeChaosDaemon(nodes, network, options.stressorClassPath());
            if (options.chaosMesh() != Mesh.OFF) {
                closing(ChaosMeshEmulation.start(
                        client,
                        daemon,
                        InstantSource.system(),
                        new ChaosMeshEmulation.Options(
                                options.seed(), options.chaosMesh() == Mesh.FILTERED, ZoneId.systemDefault())));
                ChaosMesh.markAsEmulated(client);
            }
            awaitNodes();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** On a machine with other work an answer can take longer than the client's 10 s; the server it asks is this process. */
    private static Config patient(ApiServer server) {
        Config config = Config.fromKubeconfig(server.kubeconfig());
        config.setRequestTimeout((int) ANSWERED.toMillis());
        return config;
    }

    /**
     * Starts a cluster; its nodes are ready when this returns.
     *
     * @throws IllegalStateException when the sample app is not built
     * @throws UncheckedIOException when the kubeconfig cannot be written
     */
    public static EmbeddedCluster start(Options options) {
        try {
            return new EmbeddedCluster(options);
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded cluster cannot start: " + e.getMessage(), e);
        }
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.push(part);
        return part;
    }

    private void awaitNodes() {
        Awaitility.await("all nodes ready")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(NODES_READY)
                .until(() -> client.nodes().list().getItems().stream()
                                .filter(node -> node.getStatus() != null
                                        && node.getStatus().getConditions().stream()
                                                .anyMatch(c -> c.getType().equals("Ready")
                                                        && c.getStatus().equals("True")))
                                .count()
                        == options.nodes());
    }

    @Override
    public String kind() {
        return "embedded";
    }

    @Override
    public String timings() {
        return options.timings().name();
    }

    @Override
    public Path kubeconfig() {
        return options.kubeconfig();
    }

    @Override
    public KubernetesClient client() {
        return client;
    }

    @Override
    public Capabilities capabilities() {
        return options.chaosMesh() != Mesh.OFF ? Capabilities.ALL : ChaosMesh.ABSENT;
    }

    /** Where the API server listens. */
    public String url() {
        return server.url();
    }

    @Override
    public List<String> residue() {
        return daemon.inForce();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.warn("{} did not end cleanly", part.getClass().getSimpleName(), e);
            }
        }
    }
}
