package dev.kintsugi.chaos.drive;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A way to a cluster: a kubeconfig and one of its contexts, or what this machine or pod is set up for. */
public final class Connection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 3_000;
    private static final int REQUEST_MILLIS = 10_000;

    private final KubernetesClient client;
    private final boolean embedded;

    private Connection(KubernetesClient client, boolean embedded) {
        this.client = client;
        this.embedded = embedded;
    }

    /**
     * Opens one. Nothing is asked of the cluster yet.
     *
     * @param kubeconfig null for {@code KUBECONFIG}, {@code ~/.kube/config} or the pod's own account
     * @param context null for the current one
     * @throws IllegalArgumentException when the file cannot be used, with the reason
     */
    public static Connection open(@Nullable Path kubeconfig, @Nullable String context) {
        Config config;
        if (kubeconfig == null) {
            config = Config.autoConfigure(context);
        } else if (!Files.isReadable(kubeconfig) || Files.isDirectory(kubeconfig)) {
            throw new IllegalArgumentException("cannot read " + kubeconfig);
        } else {
            config = read(kubeconfig, context);
        }
        if (context != null
                && (config.getCurrentContext() == null
                        || !context.equals(config.getCurrentContext().getName()))) {
            throw new IllegalArgumentException("there is no context " + context
                    + (kubeconfig == null ? "" : " in " + kubeconfig) + "; 'kubectl config get-contexts' lists them");
        }
        Config bounded = new ConfigBuilder(config)
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                .withRequestRetryBackoffLimit(1)
                .build();
        return new Connection(new KubernetesClientBuilder().withConfig(bounded).build(), isEmbedded(config));
    }

    private static Config read(Path kubeconfig, @Nullable String context) {
        try {
            return context == null
                    ? Config.fromKubeconfig(kubeconfig.toFile())
                    : Config.fromKubeconfig(context, kubeconfig.toFile());
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new IllegalArgumentException(kubeconfig + " is no kubeconfig", e);
        }
    }

    /**
     * The embedded cluster says so by the name of its context, and is on this machine. Nobody else's work is there, so that no
     * namespace has to allow chaos.
     */
    private static boolean isEmbedded(Config config) {
        String host =
                Objects.requireNonNullElse(URI.create(config.getMasterUrl()).getHost(), "");
        return config.getCurrentContext() != null
                && "kintsugi".equals(config.getCurrentContext().getName())
                && host.startsWith("127.");
    }

    /** Whether it leads to the embedded cluster of this machine. */
    public boolean isEmbedded() {
        return embedded;
    }

    /** Where the API server is. */
    public String url() {
        return client.getMasterUrl().toString();
    }

    /** The client; this connection closes it. */
    public KubernetesClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
    }
}
