package dev.kintsugi.healer.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.Verification;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An API server that answers as one would rather not have it. */
@EnableKubernetesMockClient
final class JournalFaultsTest {

    private static final String RECOVERIES = "/apis/kintsugi.dev/v1alpha1/namespaces/shop/recoveries";
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    private Journal journal;

    @BeforeEach
    void start() {
        journal = new Journal(client.newClient(new RequestConfigBuilder()
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout(500)
                        .build())
                .adapt(KubernetesClient.class));
    }

    @Test
    void tooManyRequestsIsAFailedWriteAndNotRetriedByTheClient() {
        server.expect().post().withPath(RECOVERIES).andReturn(429, status(429)).always();
        assertThat(journal.write(incident())).isInstanceOf(Journal.Outcome.Failed.class);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void serverThatHangsIsAFailedWrite() {
        server.expect()
                .post()
                .delay(3, TimeUnit.SECONDS)
                .withPath(RECOVERIES)
                .andReturn(201, "{}")
                .once();
        assertThat(journal.write(incident())).isInstanceOf(Journal.Outcome.Failed.class);
    }

    @Test
    void namespaceThatIsGoneTakesItsIncidentsAlong() {
        server.expect().post().withPath(RECOVERIES).andReturn(404, status(404)).once();
        assertThat(journal.write(incident())).isInstanceOf(Journal.Outcome.Gone.class);
    }

    @Test
    void definitionThatMayNotBeReadIsLeftToWhoMay() {
        server.expect()
                .get()
                .withPath(DEFINITIONS + "/recoveries.kintsugi.dev")
                .andReturn(403, status(403))
                .once();
        journal.prepare();
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void brokenServerIsNotMistakenForAMissingPermission() {
        server.expect()
                .get()
                .withPath(DEFINITIONS + "/recoveries.kintsugi.dev")
                .andReturn(500, status(500))
                .once();
        assertThatThrownBy(journal::prepare).isInstanceOf(KubernetesClientException.class);
    }

    private static Object status(int code) {
        return new StatusBuilder().withStatus("Failure").withCode(code).build();
    }

    private static Incident incident() {
        Instant now = Instant.parse("2026-01-01T12:00:00Z");
        return new Incident(
                "web-1-podfailed-1",
                ObjectRef.pod("shop", "web-1", "uid-1"),
                null,
                "PodFailed",
                "",
                now,
                0,
                1,
                now,
                now.plusSeconds(300),
                Phase.DETECTED,
                List.of(),
                Set.of(),
                null,
                Verification.NOT_RUN,
                null,
                "");
    }
}
