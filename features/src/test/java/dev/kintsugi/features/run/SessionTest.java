package dev.kintsugi.features.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.reach.Destination;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session on an API server without anything beside it. */
class SessionTest {

    @TempDir
    private Path folder;

    private final Bare cluster = new Bare();

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Session open() {
        return Session.open(() -> cluster, 7, folder, new Installation(folder), Progress.NONE);
    }

    @Test
    void healerIsConfiguredBeforeItIsStarted() {
        try (Session session = open()) {
            assertThat(Session.current()).isSameAs(session);
            assertThat(session.client()
                            .configMaps()
                            .inNamespace("self-healing")
                            .withName("self-healing-config")
                            .get()
                            .getData())
                    .isEqualTo(Session.HEALER_SETTINGS);
            assertThat(session.client()
                            .apiextensions()
                            .v1()
                            .customResourceDefinitions()
                            .withName("recoveries.kintsugi.dev")
                            .get())
                    .isNotNull();
        }
        assertThat(cluster.closed).isTrue();
    }

    /** It would take pods that it cannot connect to from this machine for dead, and replace them again and again. */
    @Test
    void healerDoesNotProbePodsThatAreReachedByAProxyOnly() throws InterruptedException {
        Setup byProxy = new Setup(Setup.Chaos.AUTO, Setup.Healing.AUTO, Setup.REACH_PROXY, null);
        try (Session session =
                Session.open(() -> cluster, byProxy, 7, folder, new Installation(folder), Progress.NONE)) {
            assertThat(settings(session)).doesNotContainKey("verification_probes");
            session.reach(Destination.service("shop", "web", "10.0.0.1", 80));
            assertThat(settings(session))
                    .containsEntry("verification_probes", "false")
                    .containsAllEntriesOf(Session.HEALER_SETTINGS);
        }
    }

    private static Map<String, String> settings(Session session) {
        return session.client()
                .configMaps()
                .inNamespace("self-healing")
                .withName("self-healing-config")
                .require()
                .getData();
    }

    @Test
    void clusterThatCannotBePreparedIsClosedAndTheNextSessionOpens() {
        cluster.server.close();
        assertThatThrownBy(this::open).isInstanceOf(KubernetesClientException.class);
        assertThat(cluster.closed).isTrue();
        assertThatThrownBy(Session::current).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void thereIsOneSessionAtATime() {
        Bare second = new Bare();
        try (Session session = open()) {
            assertThatThrownBy(() -> Session.open(() -> second, 7, folder, new Installation(folder), Progress.NONE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("one at a time");
            assertThat(second.closed).isTrue();
            assertThat(Session.current()).isSameAs(session);
        }
    }

    @Test
    void scenariosOfOneNameGetNamespacesOfTheirOwn() {
        try (Session session = open()) {
            assertThat(session.namespace("one-pod-6")).isEqualTo("one-pod-6");
            assertThat(session.namespace("one-pod-6")).isEqualTo("one-pod-6-2");
            assertThat(session.namespace("one-pod-6")).isEqualTo("one-pod-6-3");
        }
    }

    private static final class Bare implements Cluster {
        private final ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
        private final KubernetesClient client;
        private boolean closed;

        Bare() {
            Config config = Config.fromKubeconfig(server.kubeconfig());
            config.setRequestRetryBackoffLimit(0);
            client = new KubernetesClientBuilder().withConfig(config).build();
        }

        @Override
        public String kind() {
            return "bare";
        }

        @Override
        public String timings() {
            return "none";
        }

        @Override
        public Path kubeconfig() {
            return Path.of("none");
        }

        @Override
        public KubernetesClient client() {
            return client;
        }

        @Override
        public List<String> residue() {
            return List.of();
        }

        @Override
        public void close() {
            closed = true;
            client.close();
            server.close();
        }
    }
}
