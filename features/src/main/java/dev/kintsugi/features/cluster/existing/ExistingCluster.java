package dev.kintsugi.features.cluster.existing;

import dev.kintsugi.features.cluster.Capabilities;
import dev.kintsugi.features.cluster.ChaosMesh;
import dev.kintsugi.features.cluster.Cluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any cluster that a kubeconfig leads to, or the one that this runs in. It was there before the run and stays. */
public final class ExistingCluster implements Cluster {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int RETRIES = 2;

    private final Path kubeconfig;
    private final String context;
    private final KubernetesClient client;
    private final ChaosMesh chaosMesh;

    private ExistingCluster(Path kubeconfig, String context, KubernetesClient client) {
        this.kubeconfig = kubeconfig;
        this.context = context;
        this.client = client;
        this.chaosMesh = ChaosMesh.in(client);
    }

    /**
     * Connects.
     *
     * @param from a kubeconfig file; null for the one that kubectl would use, or the pod's account
     * @param context null for the current one
     * @param kubeconfig where to write the kubeconfig that other processes of the run are given
     * @throws UnknownContext when there is no such context
     * @throws ClusterUnavailable when nothing is configured, or nobody answers
     */
    public static ExistingCluster connect(@Nullable Path from, @Nullable String context, Path kubeconfig) {
        Credentials credentials = Credentials.find(from, context, System.getenv(), Credentials.ACCOUNT);
        try {
            credentials.write(kubeconfig);
        } catch (IOException e) {
            throw new ClusterUnavailable("the kubeconfig of the run cannot be written: " + e.getMessage(), e);
        }
        KubernetesClient client = null;
        String url = "";
        try {
            Config config = Config.fromKubeconfig(kubeconfig.toFile());
            url = config.getMasterUrl();
            config.setConnectionTimeout(CONNECT_MILLIS);
            config.setRequestRetryBackoffLimit(RETRIES);
            credentials.tokenFile().ifPresent(file -> config.setOauthTokenProvider(() -> Credentials.token(file)));
            credentials.proxy().ifPresent(proxy -> goThrough(proxy, config));
            client = new KubernetesClientBuilder().withConfig(config).build();
            return new ExistingCluster(kubeconfig, credentials.context(), client);
        } catch (KubernetesClientException e) {
            if (client != null) {
                client.close();
            }
            String why = ConnectionFailure.describe(e, url);
            boolean byCommand = e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED;
            throw new ClusterUnavailable(
                    "context " + credentials.context() + ": " + why
                            + credentials
                                    .command()
                                    .filter(command -> byCommand)
                                    .map(command -> "; they come from " + command + ", if it gave any")
                                    .orElse(""),
                    e);
        }
    }

    /** Always, as kubectl does: what the file says goes before what the environment says of proxies. */
    private static void goThrough(String proxy, Config config) {
        config.setHttpProxy(proxy);
        config.setHttpsProxy(proxy);
        config.setNoProxy(new String[0]);
    }

    /** The name of the context. */
    public String context() {
        return context;
    }

    /** What was seen of Chaos Mesh on connecting. */
    public ChaosMesh chaosMesh() {
        return chaosMesh;
    }

    @Override
    public String kind() {
        return "context";
    }

    @Override
    public String timings() {
        return "own";
    }

    @Override
    public Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public KubernetesClient client() {
        return client;
    }

    /** Nobody can tell from outside; what Chaos Mesh could not take back it says itself, by its finalizers. */
    @Override
    public List<String> residue() {
        return List.of();
    }

    @Override
    public Capabilities capabilities() {
        return chaosMesh.capabilities();
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public void close() {
        client.close();
    }
}
