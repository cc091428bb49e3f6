package dev.kintsugi.features.cluster.apiserver;

import dev.kintsugi.features.cluster.Capabilities;
import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.Machinery;
import dev.kintsugi.features.cluster.Parts;
import dev.kintsugi.features.cluster.PrivateFile;
import dev.kintsugi.features.cluster.SampleAppImage;
import dev.kintsugi.features.cluster.embedded.EndpointAddresses;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.mesh.ChaosMeshAdmission;
import dev.kintsugi.features.cluster.embedded.node.KubeletSummary;
import dev.kintsugi.features.cluster.embedded.node.LoopbackBlock;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of this machine whose API server is the real one, over TLS; all else is as in the embedded cluster. It shows that what
 * Kintsugi's loops, nodes and scenarios do, the API of Kubernetes allows.
 */
public final class ApiServerCluster implements Cluster {

    private static final int SERVICE_BLOCK_PREFIX = 20;
    private static final Duration ANSWERED = Duration.ofMinutes(1);

    /**
     * How it is to be.
     *
     * @param binaries null for those that kube-api-test finds or downloads
     * @param nodes 1 to 1,000
     * @param timings the pace of loops and nodes
     * @param seed of all that is left to chance, but for what the API server itself makes up
     * @param kubeconfig where to write the kubeconfig, for the owner alone
     * @param folder for keys, data, logs and the working folders of containers
     * @param sampleApp the folder in which the build packed the sample app
     * @param stressorClassPath where the class of the stressor is
     */
    public record Options(
            @Nullable KubernetesBinaries binaries,
            int nodes,
            Timings timings,
            long seed,
            Path kubeconfig,
            Path folder,
            Path sampleApp,
            String stressorClassPath) {}

    private final Parts parts = new Parts();
    private final Options options;
    private final KubernetesClient client;
    private final Machinery machinery;

    private ApiServerCluster(Options options) throws IOException {
        this.options = options;
        NodeOptions nodes = NodeOptions.of(
                options.nodes(),
                options.timings(),
                SampleAppImage.in(options.sampleApp()),
                options.folder().resolve("nodes"),
                options.seed());
        KubernetesBinaries binaries = options.binaries() == null ? KubernetesBinaries.downloaded() : options.binaries();
        try {
            LoopbackBlock services =
                    parts.add(LoopbackBlock.claim(ServerOptions.SERVICE_CIDR, SERVICE_BLOCK_PREFIX, options.seed())
                            .orElseThrow(() -> new ClusterUnavailable("other clusters on this machine hold every"
                                    + " block of " + ServerOptions.SERVICE_CIDR + "; end one of them")));
            RealApiServer server = parts.add(RealApiServer.start(binaries, options.folder(), services.cidr()));
            PrivateFile.write(options.kubeconfig(), server.kubeconfig());
            client = parts.add(new KubernetesClientBuilder()
                    .withConfig(patient(server.kubeconfig()))
                    .build());
            Vertx vertx = Vertx.vertx();
            parts.add(() ->
                    vertx.close().toCompletionStage().toCompletableFuture().join());
            Identity identity = Identity.in(server.keys());
            parts.add(WebhookServer.listen(
                            vertx, identity, new ChaosMeshAdmission(InstantSource.system(), new AccessReviews(client))))
                    .register(client, identity);
            KubeletEndpoint kubelet =
                    parts.add(KubeletEndpoint.listen(vertx, identity, nodes.names(), nodes.addresses()));
            machinery = parts.add(Machinery.start(
                    client,
                    new Machinery.Options(
                            nodes.withKubeletPort(kubelet.port()),
                            EndpointAddresses.PRIVATE,
                            options.stressorClassPath(),
                            Machinery.Mesh.ON)));
            kubelet.answerFrom(
                    client,
                    machinery.nodes().logs(),
                    new KubeletSummary(client, machinery.nodes(), InstantSource.system()));
        } catch (IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static Config patient(String kubeconfig) {
        Config config = Config.fromKubeconfig(kubeconfig);
        config.setRequestTimeout((int) ANSWERED.toMillis());
        return config;
    }

    /**
     * Starts a cluster; its nodes are ready when this returns.
     *
     * @throws ClusterUnavailable when etcd or kube-apiserver cannot be had, or do not start
     */
    public static ApiServerCluster start(Options options) {
        try {
            return new ApiServerCluster(options);
        } catch (IOException e) {
            throw new UncheckedIOException("--cluster api-server cannot start: " + e.getMessage(), e);
        } catch (KubernetesClientException e) {
            throw new ClusterUnavailable(
                    "--cluster api-server: the API server does not take what a cluster needs: " + e.getMessage(), e);
        }
    }

    @Override
    public String kind() {
        return "api-server";
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
        return Capabilities.ALL;
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
