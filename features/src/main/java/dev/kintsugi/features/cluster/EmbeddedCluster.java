package dev.kintsugi.features.cluster;

import dev.kintsugi.features.cluster.Machinery.Mesh;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.mesh.ChaosMeshAdmission;
import dev.kintsugi.features.cluster.embedded.node.KubeletSummary;
import dev.kintsugi.features.cluster.embedded.node.LoopbackBlock;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * A Kubernetes cluster inside this JVM: an API server, and beside it, as ordinary clients of that API, the control loops, the
 * node agents, the Service proxy and Chaos Mesh's controllers. The containers of the sample app are processes of this machine.
 */
public final class EmbeddedCluster implements Cluster {

    private static final int SERVICE_BLOCK_PREFIX = 20;
    private static final Duration ANSWERED = Duration.ofMinutes(1);

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

    private final Parts parts = new Parts();
    private final Options options;
    private final ApiServer server;
    private final KubernetesClient client;
    private final Machinery machinery;

    private EmbeddedCluster(Options options) throws IOException {
        this.options = options;
        try {
            LoopbackBlock services =
                    parts.add(LoopbackBlock.claim(ServerOptions.SERVICE_CIDR, SERVICE_BLOCK_PREFIX, options.seed())
                            .orElseThrow(() -> new IllegalStateException("other clusters on this machine hold every"
                                    + " block of " + ServerOptions.SERVICE_CIDR + "; end one of them")));
            server = parts.add(
                    ApiServer.start(ServerOptions.withSeed(options.seed()).withServiceCidr(services.cidr())));
            server.writeKubeconfig(options.kubeconfig());
            client = parts.add(
                    new KubernetesClientBuilder().withConfig(patient(server)).build());
            if (options.chaosMesh() != Mesh.OFF) {
                server.addAdmission(new ChaosMeshAdmission(
                        InstantSource.system(),
                        (who, namespace, resource) ->
                                server.allows(who, "create", ChaosMeshAdmission.GROUP, resource, namespace)));
            }
            machinery = parts.add(Machinery.start(
                    client,
                    Machinery.Options.plain(
                            NodeOptions.of(
                                    options.nodes(),
                                    options.timings(),
                                    SampleAppImage.in(options.sampleApp()),
                                    options.folder().resolve("nodes"),
                                    options.seed()),
                            options.stressorClassPath(),
                            options.chaosMesh())));
            server.setPodLogs(machinery.nodes().logs());
            server.setNodeStats(new KubeletSummary(client, machinery.nodes(), InstantSource.system()));
        } catch (IOException | RuntimeException e) {
            parts.close();
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
        return machinery.residue();
    }

    @Override
    public void close() {
        parts.close();
    }
}
