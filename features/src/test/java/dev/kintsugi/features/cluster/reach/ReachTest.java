package dev.kintsugi.features.cluster.reach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.recording.Reply;
import io.fabric8.kubernetes.client.Config;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReachTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Destination WEB = Destination.service("shop", "web", "10.96.1.2", 80);
    private static final Destination POD = Destination.pod("shop", "web-1", "10.1.2.3", 8080);

    @Test
    void proxyPathsNameThePort() {
        assertThat(ProxyReach.path(WEB, "/")).isEqualTo("api/v1/namespaces/shop/services/web:80/proxy/");
        assertThat(ProxyReach.path(POD, "/simulate/hang"))
                .isEqualTo("api/v1/namespaces/shop/pods/web-1:8080/proxy/simulate/hang");
    }

    @Test
    void templateIsFilledIn() {
        assertThat(UrlReach.url("http://{service}.{namespace}.example.org/", WEB, "/"))
                .isEqualTo(URI.create("http://web.shop.example.org/"));
        assertThat(UrlReach.url("https://example.org/{namespace}/{service}", WEB, "/x"))
                .isEqualTo(URI.create("https://example.org/shop/web/x"));
    }

    @Test
    void whatTheProxySaysItselfIsTheAnswerThatUsersGet() throws InterruptedException {
        try (ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
                Reach reach = ProxyReach.of(Config.fromKubeconfig(server.kubeconfig()))) {
            Reply reply = reach.once(WEB, "GET", "/", PATIENCE);
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.servedBy()).isNull();
            assertThat(reply.error()).isNull();
        }
    }

    @Test
    void serverThatIsGoneIsNoAnswer() throws InterruptedException {
        ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
        Config config = Config.fromKubeconfig(server.kubeconfig());
        server.close();
        try (Reach reach = ProxyReach.of(config)) {
            Reply reply = reach.once(WEB, "GET", "/", PATIENCE);
            assertThat(reply.status()).isZero();
            assertThat(reply.error()).isNotNull();
        }
    }
}
