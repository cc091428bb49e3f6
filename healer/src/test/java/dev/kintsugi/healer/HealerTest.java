package dev.kintsugi.healer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.healer.journal.Journal;
import dev.kintsugi.healer.journal.Recovery;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole healer against a mock API server that keeps what it is given. */
@EnableKubernetesMockClient(crud = true)
final class HealerTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Map<String, String> QUICK = Map.of(
            "pod_not_ready_threshold", "1", "pod_startup_threshold", "1", "stable_for", "1", "attempt_delay", "1");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    private MadeUpCluster cluster;

    @SuppressWarnings("NullAway.Init") // by each test
    private Healer healer;

    @BeforeEach
    void start() throws IOException {
        server.expectCustomResource(CustomResourceDefinitionContext.fromCrd(Journal.definition()));
        cluster = new MadeUpCluster(client);
    }

    @AfterEach
    void stop() {
        if (healer != null) {
            healer.close();
        }
        cluster.close();
    }

    @Test
    void podThatStaysNotReadyIsReplacedAndTheRecoveryVerified() throws Exception {
        cluster.configure(QUICK);
        cluster.deployment(1);
        String ill = cluster.pod("web-1-a", false, 60).getMetadata().getUid();

        startHealer();
        await().atMost(SOON).until(() -> podNames().isEmpty());
        cluster.pod("web-1-b", true, 0);

        await().atMost(SOON).until(() -> phases(), List.of("Healed")::equals);
        Recovery recovery = recoveries().get(0);
        assertThat(recovery.getSpec().cause()).isEqualTo("PodNotReady");
        assertThat(recovery.getSpec().target().uid()).isEqualTo(ill);
        assertThat(recovery.getStatus().action()).isEqualTo("DeletePod");
        assertThat(recovery.getStatus().attempts()).singleElement().satisfies(a -> assertThat(a.result())
                .isEqualTo("Done"));
        assertThat(recovery.getStatus().verification())
                .isEqualTo(new Recovery.VerificationRecord("Passed", "Passed", "Passed", "NotRun"));
        assertThat(recovery.getStatus().took()).matches("\\d+\\.\\d{3}s");
        await().atMost(SOON).untilAsserted(() -> assertThat(eventReasons())
                .containsExactlyInAnyOrder("RecoveryDetected", "RecoveryActed", "RecoveryVerified"));
        assertThat(get("/metrics").body())
                .contains("kintsugi_healer_verified_total{cause=\"PodNotReady\"} 1.0")
                .contains("kintsugi_healer_actions_total{action=\"DeletePod\",result=\"done\"} 1.0")
                .contains("kintsugi_healer_time_to_verify_seconds_bucket{cause=\"PodNotReady\"")
                .contains("process_cpu_seconds_total");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void healerThatIsRestartedInTheMiddleContinuesWhatItsPredecessorBegan() throws Exception {
        cluster.configure(QUICK);
        cluster.deployment(1);
        cluster.pod("web-1-a", false, 60);
        startHealer();
        await().atMost(SOON).until(() -> podNames().isEmpty());
        await().atMost(SOON).until(() -> phases().equals(List.of("Verifying")));
        healer.close();

        cluster.pod("web-1-b", true, 0);
        startHealer();
        await().atMost(SOON).until(() -> phases().equals(List.of("Healed")));
        assertThat(recoveries().get(0).getStatus().attempts()).hasSize(1);
        assertThat(podNames()).containsExactly("web-1-b");
    }

    @Test
    void replacementThatDoesNotAnswerIsNotHealed() throws Exception {
        cluster.configure(QUICK);
        cluster.answerCode.set(503);
        cluster.deployment(1);
        cluster.pod("web-1-a", false, 60);
        startHealer();
        await().atMost(SOON).until(() -> podNames().isEmpty());
        cluster.pod("web-1-b", true, 0);
        await().atMost(SOON).until(() -> performance().equals(List.of("Failed")));
        cluster.answerCode.set(200);
        await().atMost(SOON).until(() -> phases().equals(List.of("Healed")));
    }

    @Test
    void dryRunDetectsAndSaysSoAndTouchesNothingUntilItIsSwitchedOff() throws Exception {
        Map<String, String> dry = new HashMap<>(QUICK);
        dry.put("dry_run", "true");
        cluster.configure(dry);
        cluster.deployment(1);
        cluster.pod("web-1-a", false, 60);
        startHealer();
        await().atMost(SOON).until(() -> eventReasons().contains("ActionRefused"));
        assertThat(podNames()).containsExactly("web-1-a");
        assertThat(get("/metrics").body()).contains("kintsugi_healer_actions_refused_total{guard=\"dry-run\"} 1.0");
        cluster.configure(QUICK);
        await().atMost(SOON).until(() -> podNames().isEmpty());
    }

    @Test
    void stuckRolloutIsRolledBackToTheRevisionThatWorksAndTheRecoveryVerified() throws Exception {
        Map<String, String> patient = new HashMap<>(QUICK);
        patient.put("attempt_delay", "30");
        cluster.configure(patient);
        cluster.deployment(1);
        cluster.pod("web-1-a", true, 60);
        cluster.stuckRollout();
        startHealer();

        await().atMost(SOON).until(() -> cluster.image().equals("shop:1"));
        await().atMost(SOON).until(() -> phases(), List.of("Verifying")::equals);
        cluster.rolledOut();

        await().atMost(SOON).until(() -> phases(), List.of("Healed")::equals);
        Recovery recovery = recoveries().get(0);
        assertThat(recovery.getSpec().cause()).isEqualTo("RolloutStuck");
        assertThat(recovery.getSpec().target().kind()).isEqualTo("Deployment");
        assertThat(recovery.getSpec().evidence()).contains("ProgressDeadlineExceeded", "NEW_REVISION");
        assertThat(recovery.getStatus().attempts()).singleElement().satisfies(a -> {
            assertThat(a.action()).isEqualTo("RollBack");
            assertThat(a.rung()).isEqualTo("RolloutStuck/1");
        });
        assertThat(podNames()).as("no pod was touched").contains("web-1-a");
    }

    @Test
    void revisionThatIsGoodEverywhereIsRememberedButNotInADryRun() throws Exception {
        Map<String, String> dry = new HashMap<>(QUICK);
        dry.put("dry_run", "true");
        cluster.configure(dry);
        cluster.deployment(1);
        cluster.pod("web-1-a", true, 60);
        startHealer();
        assertThat(cluster.goodMark()).isNull();
        cluster.configure(QUICK);
        await().atMost(SOON).until(() -> cluster.goodMark() != null);
        assertThat(recoveries()).isEmpty();
    }

    @Test
    void deadNodeIsCordonedAndDrainedAndUncordonedOnceItIsBack() throws Exception {
        Map<String, String> patient = new HashMap<>(QUICK);
        patient.put("health_check_interval", "10");
        patient.put("node_failure_threshold", "1");
        patient.put("cooldown", "0");
        cluster.configure(patient);
        cluster.deployment(1);
        cluster.pod("web-1-a", true, 60);
        cluster.node(false, 60);
        startHealer();

        await().atMost(SOON).until(() -> cluster.cordoned());
        await().atMost(SOON).until(() -> requested("POST /api/v1/namespaces/shop/pods/web-1-a/eviction"));
        cluster.node(true, 0);

        await().atMost(SOON).until(() -> !cluster.cordoned());
        await().atMost(SOON).untilAsserted(() -> assertThat(client.resources(Recovery.class)
                        .inNamespace("default")
                        .list()
                        .getItems())
                .extracting(r -> r.getSpec().cause())
                .contains("NodeNotReady"));
    }

    private boolean requested(String request) throws InterruptedException {
        for (RecordedRequest seen = server.takeRequest(10, TimeUnit.MILLISECONDS);
                seen != null;
                seen = server.takeRequest(10, TimeUnit.MILLISECONDS)) {
            if (request.equals(seen.getMethod() + " " + seen.getPath())) {
                return true;
            }
        }
        return false;
    }

    @Test
    void pausedNamespaceIsLeftAloneUntilItGoesOn() throws Exception {
        cluster.configure(QUICK);
        cluster.namespace("true");
        cluster.deployment(1);
        cluster.pod("web-1-a", false, 60);
        startHealer();
        await().atMost(SOON).until(() -> eventReasons().contains("ActionRefused"));
        assertThat(podNames()).containsExactly("web-1-a");
        cluster.namespace("false");
        await().atMost(SOON).until(() -> podNames().isEmpty());
    }

    @Test
    void badConfigurationIsToldOnTheConfigMapAndTheDefaultsStay() throws Exception {
        cluster.configure(Map.of("stable_for", "0"));
        startHealer();
        await().atMost(SOON).until(() -> client.v1().events().inNamespace("self-healing").list().getItems().stream()
                .anyMatch(e -> e.getReason().equals("ConfigInvalid")
                        && e.getMessage().startsWith("Invalid configuration for stable_for: 0")));
    }

    @Test
    void isNotReadyButLiveWhileTheApiServerIsAway() throws Exception {
        try (KubernetesClient nowhere = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:1")
                        .build())
                .build()) {
            healer = Healer.start(nowhere, HealerOptions.DEFAULTS.withHttp("127.0.0.1", 0));
            assertThat(get("/livez").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = get("/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            healer.close();
        }
    }

    @Test
    void isNotLiveOnceItsWatchesHaveBeenSilentForTooLong() throws Exception {
        healer = Healer.start(
                client, HealerOptions.DEFAULTS.withHttp("127.0.0.1", 0).withWatchSilenceLimit(Duration.ofMillis(200)));
        await().atMost(SOON).until(healer::ready);
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        server.shutdown();
        await().atMost(SOON).until(() -> get("/livez").statusCode() == 503);
        assertThat(get("/livez").body()).contains("no watch since");
    }

    @Test
    void closedHealerLeavesNoThreadBehind() throws Exception {
        startHealer();
        healer.close();
        await().atMost(SOON).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("healer-")));
    }

    private void startHealer() throws IOException {
        healer = Healer.start(client, HealerOptions.DEFAULTS.withHttp("127.0.0.1", 0));
        await().atMost(SOON).until(healer::ready);
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + healer.httpAddress().getPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private List<String> podNames() {
        return client.pods().inNamespace(MadeUpCluster.NAMESPACE).list().getItems().stream()
                .map(p -> p.getMetadata().getName())
                .toList();
    }

    private List<Recovery> recoveries() {
        return client.resources(Recovery.class)
                .inNamespace(MadeUpCluster.NAMESPACE)
                .list()
                .getItems();
    }

    private List<String> phases() {
        return recoveries().stream()
                .map(r -> r.getStatus() == null ? "" : r.getStatus().phase())
                .toList();
    }

    private List<String> performance() {
        return recoveries().stream()
                .map(r -> Objects.requireNonNull(r.getStatus().verification()).performance())
                .toList();
    }

    private List<String> eventReasons() {
        return client.v1().events().inNamespace(MadeUpCluster.NAMESPACE).list().getItems().stream()
                .map(Event::getReason)
                .toList();
    }
}
