package dev.kintsugi.features.cluster.reach;

import dev.kintsugi.features.recording.Line;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;

/**
 * By the API server's proxy, which every cluster has. For a Service the API server itself chooses a ready endpoint at random
 * for each request, where a user's connection would have been sent to one by the nodes' rules; to a pod it opens a connection
 * from outside the pod, so that a fault on the pod's network is on the way.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/">Access services</a>
 */
public final class ProxyReach implements Reach {

    private final KubernetesClient client;

    private ProxyReach(KubernetesClient client) {
        this.client = client;
    }

    /** With a client of its own, which repeats nothing: a request that failed has failed. */
    public static ProxyReach of(Config config) {
        return new ProxyReach(new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build());
    }

    @Override
    public Line line(Destination to, String method, String path, int perSecond, Duration timeout) {
        return new ProxyLine(client, method, path(to, path), timeout);
    }

    /** {@code /api/v1/namespaces/NS/services/NAME:PORT/proxy/PATH}, and likewise for pods. */
    static String path(Destination to, String path) {
        return "api/v1/namespaces/" + to.namespace() + "/" + to.plural() + "/" + to.name() + ":" + to.port() + "/proxy"
                + path;
    }

    @Override
    public String describe() {
        return "API server's proxy";
    }

    @Override
    public void close() {
        client.close();
    }
}
