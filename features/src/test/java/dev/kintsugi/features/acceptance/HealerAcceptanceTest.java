package dev.kintsugi.features.acceptance;

import static dev.kintsugi.features.acceptance.Workplace.PATIENCE;
import static dev.kintsugi.features.acceptance.Workplace.name;
import static dev.kintsugi.features.acceptance.Workplace.uid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kintsugi.healer.Healer;
import dev.kintsugi.healer.HealerOptions;
import dev.kintsugi.healer.journal.Recovery;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The healer on the embedded cluster, with pods that are real processes. */
final class HealerAcceptanceTest {

    private static final String CONFIG_NAMESPACE = "self-healing";
    private static final String CONFIG = "self-healing-config";

    /** A second is not long for a pod to become ready on a busy machine: one that came in a pod's place gets more time. */
    private static final Map<String, String> QUICK = Map.of(
            "pod_not_ready_threshold", "1", "stable_for", "1", "attempt_delay", "15", "health_check_interval", "10");

    @SuppressWarnings("NullAway.Init") // before all
    private static Workplace work;

    @SuppressWarnings("NullAway.Init") // by each test
    private Healer healer;

    @BeforeAll
    static void start(@TempDir Path folder) {
        work = new Workplace(folder, 11);
        work.namespace(CONFIG_NAMESPACE);
    }

    @AfterAll
    static void stop() {
        work.close();
    }

    @AfterEach
    void stopHealer() {
        healer.close();
        work.clear();
    }

    @Test
    void hungPodWithoutLivenessProbeIsReplacedAndTheRecoveryProvedInFourSteps() throws Exception {
        String namespace = work.namespace("hung");
        Pod hung = work.app(namespace, "web", 2).get(0);
        heal(QUICK);

        work.simulate(hung, "hang");

        Recovery recovery = awaitEnd(namespace, "Healed");
        assertThat(work.awaitReady(namespace, "web", 2))
                .extracting(Workplace::uid)
                .doesNotContain(uid(hung));
        assertThat(recovery.getSpec().cause()).isEqualTo("PodNotReady");
        assertThat(recovery.getSpec().target().uid()).isEqualTo(uid(hung));
        assertThat(recovery.getStatus().attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.action()).isEqualTo("DeletePod");
            assertThat(attempt.result()).isEqualTo("Done");
        });
        assertThat(recovery.getStatus().verification())
                .isEqualTo(new Recovery.VerificationRecord("Passed", "Passed", "Passed", "Passed"));
        for (String reason : List.of("RecoveryDetected", "RecoveryActed", "RecoveryVerified")) {
            await(reason).atMost(PATIENCE).untilAsserted(() -> assertThat(work.events(namespace, reason))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(event.getMetadata().getAnnotations())
                                .containsEntry("kintsugi.dev/correlation-id", name(recovery));
                        assertThat(event.getInvolvedObject().getUid()).isEqualTo(uid(hung));
                    }));
        }
        assertThat(row(namespace))
                .containsEntry("Target", name(hung))
                .containsEntry("Cause", "PodNotReady")
                .containsEntry("Action", "DeletePod")
                .containsEntry("Phase", "Healed")
                .containsEntry("Took", recovery.getStatus().took())
                .hasEntrySatisfying("Age", age -> assertThat(age).matches("\\d+s"));
        assertThat(page("/metrics"))
                .contains("kintsugi_healer_detections_total{cause=\"PodNotReady\"} 1.0")
                .contains("kintsugi_healer_actions_total{action=\"DeletePod\",result=\"done\"} 1.0")
                .contains("kintsugi_healer_verified_total{cause=\"PodNotReady\"} 1.0")
                .contains("kintsugi_healer_time_to_verify_seconds_count{cause=\"PodNotReady\"} 1");
        assertThat(page("/readyz")).isEqualTo("ok\n");
        assertThat(page("/livez")).isEqualTo("ok\n");
    }

    @Test
    void dryRunOnlySaysWhatItWouldDoAndABadConfigurationDoesNotEndIt() throws Exception {
        String namespace = work.namespace("dry");
        Pod hung = work.app(namespace, "web", 2).get(0);
        heal(with("dry_run", "true"));

        configure(with("dry_run", "false", "stable_for", "0", "pod_restart_threshold", "21"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(work.events(CONFIG_NAMESPACE, "ConfigInvalid"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getInvolvedObject().getName()).isEqualTo(CONFIG);
                    assertThat(event.getMessage())
                            .contains("stable_for: 0", "1 to 600 seconds")
                            .contains("pod_restart_threshold: 21", "1 to 20");
                }));
        work.simulate(hung, "hang");

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(work.events(namespace, "ActionRefused"))
                .singleElement()
                .extracting(Event::getMessage)
                .asString()
                .contains("DeletePod", name(hung), "dry-run"));
        assertThat(work.exists(hung)).isTrue();
        assertThat(recovery(namespace).getStatus().attempts()).isNullOrEmpty();

        configure(QUICK);

        assertThat(awaitEnd(namespace, "Healed").getStatus().attempts()).hasSize(1);
        assertThat(work.awaitReady(namespace, "web", 2))
                .extracting(Workplace::uid)
                .doesNotContain(uid(hung));
    }

    @Test
    void nothingIsDoneInAProtectedNamespace() throws Exception {
        Pod hung = work.app("kube-system", "web", 1).get(0);
        heal(QUICK);

        work.simulate(hung, "hang");

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(work.events("kube-system", "ActionRefused"))
                .singleElement()
                .extracting(Event::getMessage)
                .asString()
                .contains("protected-namespace", "namespace kube-system is protected"));
        work.simulate(hung, "reset");
        assertThat(awaitEnd("kube-system", "Untouched").getStatus().attempts()).isNullOrEmpty();
        assertThat(work.exists(hung)).isTrue();
    }

    @Test
    void healerThatDiesBeforeItHearsOfItsActionNeitherRepeatsNorForgetsIt() throws Exception {
        configure(QUICK);
        String namespace = work.namespace("restarted");
        Pod hung = work.app(namespace, "web", 2).get(0);
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch dead = new CountDownLatch(1);
        try (KubernetesClient first = clientThatHearsNoAnswerToADelete(sent, dead)) {
            healer = Healer.start(first, HealerOptions.DEFAULTS.withHttp("127.0.0.1", 0));
            await("first healer").atMost(PATIENCE).until(healer::ready);
            work.simulate(hung, "hang");
            assertThat(sent.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Recovery left = recovery(namespace);
            assertThat(left.getStatus().phase()).isEqualTo("Acting");
            assertThat(left.getStatus().attempts()).extracting(a -> a.result()).containsExactly("Planned");
            healer.close();
            dead.countDown();
        }
        assertThat(recovery(namespace).getStatus().phase()).isEqualTo("Acting");

        heal(QUICK);

        Recovery recovery = awaitEnd(namespace, "Healed");
        assertThat(recovery.getStatus().attempts()).extracting(a -> a.result()).containsExactly("Unknown");
        assertThat(page("/metrics"))
                .doesNotContain("kintsugi_healer_actions_total{action=\"DeletePod\",result=\"done\"}");
        assertThat(work.events(namespace, "Killing"))
                .extracting(event -> event.getInvolvedObject().getUid())
                .containsOnly(uid(hung));
    }

    @Test
    void crashLoopGetsTheWholeWorkloadRestarted() throws Exception {
        heal(with("pod_not_ready_threshold", "30", "pod_restart_threshold", "1"));
        String namespace = work.namespace("crashing");
        work.apply(namespace, """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: loop
                spec:
                  selector: {matchLabels: {app: loop}}
                  template:
                    metadata:
                      labels: {app: loop}
                      annotations:
                        simulate.kintsugi.dev/main: exits 3 after 500ms
                        simulate.kintsugi.dev/sidecar: exits 3 after 700ms
                    spec:
                      containers: [{name: main, image: busybox}, {name: sidecar, image: busybox}]
                """);

        await("an action").atMost(PATIENCE).untilAsserted(() -> {
            Recovery recovery = recovery(namespace);
            assertThat(recovery.getSpec().cause()).isEqualTo("CrashLoopBackOff");
            assertThat(recovery.getSpec().evidence()).contains("restarting, last ended with Error 3", "threshold 1");
            assertThat(recovery.getStatus().attempts()).singleElement().satisfies(attempt -> {
                assertThat(attempt.action()).isEqualTo("RollingRestart");
                assertThat(attempt.target().name()).isEqualTo("loop");
                assertThat(attempt.result()).isEqualTo("Done");
                assertThat(work.client()
                                .apps()
                                .deployments()
                                .inNamespace(namespace)
                                .withName("loop")
                                .get()
                                .getSpec()
                                .getTemplate()
                                .getMetadata()
                                .getAnnotations())
                        .containsEntry("kubectl.kubernetes.io/restartedAt", attempt.at());
            });
        });
    }

    @Test
    void podThatWasKilledForMemoryOnceIsLeftToKubernetes() throws Exception {
        heal(with("pod_not_ready_threshold", "30"));
        String namespace = work.namespace("memory");
        Pod pod = work.app(namespace, "web", 1).get(0);

        work.simulate(pod, "memory-leak?rate=1GiB&limit=1GiB");

        Recovery recovery = awaitEnd(namespace, "Untouched");
        assertThat(recovery.getSpec().cause()).isEqualTo("OOMKilled");
        assertThat(recovery.getSpec().evidence()).contains("exit code 137");
        assertThat(recovery.getStatus().attempts()).isNullOrEmpty();
        assertThat(work.exists(pod)).isTrue();
        assertThat(work.status(pod).getRestartCount()).isEqualTo(1);
        assertThat(page("/metrics"))
                .contains("kintsugi_healer_untouched_total{cause=\"OOMKilled\"} 1.0")
                .doesNotContain("kintsugi_healer_actions_total{");
    }

    @Test
    void disruptionBudgetThatAllowsNothingIsObeyed() throws Exception {
        String namespace = work.namespace("budget");
        work.apply(namespace, """
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata:
                  name: web
                spec:
                  minAvailable: 2
                  selector: {matchLabels: {app: web}}
                """);
        List<Pod> pods = work.app(namespace, "web", 2);
        heal(with("attempt_delay", "1", "max_attempts", "2"));

        work.simulate(pods.get(0), "hang");

        Recovery recovery = awaitEnd(namespace, "GaveUp");
        assertThat(recovery.getStatus().attempts()).hasSize(2).allSatisfy(attempt -> {
            assertThat(attempt.action()).isEqualTo("Evict");
            assertThat(attempt.result()).isEqualTo("Failed");
            assertThat(attempt.message()).contains("429", "disruption budget");
        });
        assertThat(work.pods(namespace, "web"))
                .extracting(Workplace::uid)
                .containsExactlyInAnyOrderElementsOf(
                        pods.stream().map(Workplace::uid).toList());
        assertThat(work.events(namespace, "Killing")).isEmpty();
    }

    @Test
    void rollingRestartAndScaleDownAreNoFailures() throws Exception {
        heal(with("pod_not_ready_threshold", "5"));
        String namespace = work.namespace("ordinary");
        List<Pod> before = work.app(namespace, "web", 3);
        var deployment =
                work.client().apps().deployments().inNamespace(namespace).withName("web");

        deployment.rolling().restart();
        await("restarted").atMost(PATIENCE).until(() -> before.stream().noneMatch(work::exists));
        work.awaitReady(namespace, "web", 3);
        deployment.scale(1);
        Pod left = work.awaitReady(namespace, "web", 1).get(0);

        // The healer has seen all of that: it notices what comes after, and finds nothing else.
        work.simulate(left, "hang");
        Recovery only = awaitEnd(namespace, "Healed");
        assertThat(only.getSpec().target().uid()).isEqualTo(uid(left));
        assertThat(page("/metrics"))
                .contains("kintsugi_healer_actions_total{action=\"DeletePod\",result=\"done\"} 1.0");
    }

    private void heal(Map<String, String> config) throws IOException {
        configure(config);
        healer = Healer.start(work.client(), HealerOptions.DEFAULTS.withHttp("127.0.0.1", 0));
        await("healer ready").atMost(PATIENCE).until(healer::ready);
    }

    private static void configure(Map<String, String> data) {
        work.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(CONFIG_NAMESPACE)
                        .withName(CONFIG)
                        .endMetadata()
                        .withData(data)
                        .build())
                .createOr(existing -> existing.update());
    }

    /** The quick configuration with some other values: key, value, key, value. */
    private static Map<String, String> with(String... others) {
        Map<String, String> data = new HashMap<>(QUICK);
        for (int i = 0; i < others.length; i += 2) {
            data.put(others[i], others[i + 1]);
        }
        return data;
    }

    private static KubernetesClient clientThatHearsNoAnswerToADelete(CountDownLatch sent, CountDownLatch until) {
        return new KubernetesClientBuilder()
                .withConfig(new Config(work.client().getConfiguration()))
                .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("deaf", new Interceptor() {
                    @Override
                    public void after(
                            HttpRequest request,
                            HttpResponse<?> response,
                            AsyncBody.Consumer<List<ByteBuffer>> consumer) {
                        if (request.method().equals("DELETE")
                                && request.uri().getPath().contains("/pods/")) {
                            sent.countDown();
                            try {
                                until.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        }
                    }
                }))
                .build();
    }

    /** The one Recovery of a namespace, once it has come to its end. */
    private static Recovery awaitEnd(String namespace, String phase) {
        await("a recovery that ends " + phase).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        recovery(namespace).getStatus().phase())
                .isEqualTo(phase));
        return recovery(namespace);
    }

    private static Recovery recovery(String namespace) {
        List<Recovery> all = work.client()
                .resources(Recovery.class)
                .inNamespace(namespace)
                .list()
                .getItems();
        assertThat(all).hasSize(1);
        assertThat(all.get(0).getStatus()).isNotNull();
        return all.get(0);
    }

    private String page(String path) {
        return work.get(URI.create("http://127.0.0.1:" + healer.httpAddress().getPort() + path))
                .body();
    }

    /** The one row of {@code kubectl get recoveries}. */
    private static Map<String, String> row(String namespace) throws Exception {
        HttpRequest request = work.client()
                .getHttpClient()
                .newHttpRequestBuilder()
                .uri(work.client().getMasterUrl() + "apis/kintsugi.dev/v1alpha1/namespaces/" + namespace
                        + "/recoveries")
                .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                .build();
        JsonNode table = new ObjectMapper()
                .readTree(work.client()
                        .getHttpClient()
                        .sendAsync(request, String.class)
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .body());
        assertThat(table.path("kind").asText()).isEqualTo("Table");
        assertThat(table.path("rows")).hasSize(1);
        List<String> columns = StreamSupport.stream(
                        table.path("columnDefinitions").spliterator(), false)
                .map(column -> column.path("name").asText())
                .toList();
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            row.put(
                    columns.get(i),
                    table.path("rows").get(0).path("cells").path(i).asText());
        }
        return row;
    }
}
