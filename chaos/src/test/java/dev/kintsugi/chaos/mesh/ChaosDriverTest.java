package dev.kintsugi.chaos.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.EventListBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver against an API server that answers as it is told to. */
@EnableKubernetesMockClient
@Timeout(60)
class ChaosDriverTest {
    private static final String PODS = "/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb";
    private static final String ALL = "/apis/chaos-mesh.org/v1alpha1/namespaces/shop/podchaos";
    private static final String ONE = ALL + "/kill";
    private static final String EVENTS = "/api/v1/namespaces/shop/events";
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Experiment KILL = new Experiment(
            "kill", "shop", Target.all(Selector.labelled("shop", Map.of("app", "web"))), new Fault.PodKill(0), null);

    @SuppressWarnings("NullAway.Init")
    static KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init")
    static KubernetesClient client;

    private final AtomicLong skippedNanos = new AtomicLong();

    @SuppressWarnings("NullAway.Init")
    private ChaosDriver driver;

    @BeforeEach
    void start() {
        server.reset();
        driver = new ChaosDriver(client, () -> System.nanoTime() + skippedNanos.get());
        server.expect()
                .get()
                .withPath(PODS)
                .andReturn(
                        200,
                        new PodListBuilder()
                                .addToItems(new PodBuilder()
                                        .withNewMetadata()
                                        .withName("web-0")
                                        .withNamespace("shop")
                                        .addToLabels("app", "web")
                                        .endMetadata()
                                        .withNewStatus()
                                        .withPhase("Running")
                                        .endStatus()
                                        .build())
                                .build())
                .always();
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void takenNameIsRefused() throws Exception {
        answerCreate(409, "podchaos.chaos-mesh.org \"kill\" already exists");

        assertThat(driver.inject(KILL, 1, DEADLINE))
                .isEqualTo(new Outcome.Refused("PodChaos shop/kill exists already; remove it, or choose another name"));
        assertThat(driver.present()).isEmpty();
    }

    @Test
    void clusterWithoutChaosMeshIsRefused() throws Exception {
        answerCreate(404, "404 page not found");

        assertThat(driver.inject(KILL, 1, DEADLINE))
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                        .contains("does not know podchaos.chaos-mesh.org", "install Chaos Mesh"));
    }

    @Test
    void rejectionOfTheWebhookIsPassedOn() throws Exception {
        answerCreate(403, "admission webhook \"vpodchaos.kb.io\" denied the request: Spec.Duration: Invalid value");

        assertThat(driver.inject(KILL, 1, DEADLINE).reason()).contains("vpodchaos.kb.io", "Spec.Duration");
    }

    @Test
    void failedRequestMayHaveCreatedTheResourceSoThatItIsRemovedUnderItsName() throws Exception {
        answerCreate(418, "the connection broke");
        server.expect()
                .get()
                .withPath(ONE)
                .andReturn(200, resource("u1", null, List.of()))
                .once();
        server.expect()
                .delete()
                .withPath(ONE)
                .andReturn(200, resource("u1", null, List.of()))
                .once();

        assertThat(driver.inject(KILL, 1, DEADLINE).created())
                .contains(new Reference(Kind.POD_CHAOS, "shop", "kill", ""));
        assertThat(driver.removeAll(DEADLINE)).singleElement().isInstanceOf(Removal.Gone.class);
        assertThat(requests()).contains("DELETE " + ONE);
        assertThat(driver.present()).isEmpty();
    }

    @Test
    void injectedIsSeenByLookingWhereNoWatchIsToBeHad() throws Exception {
        server.expect()
                .post()
                .withPath(ALL)
                .andReturn(201, resource("u1", null, List.of()))
                .once();
        server.expect()
                .get()
                .withPath(ONE)
                .andReturn(200, resource("u1", null, List.of()))
                .once();
        server.expect()
                .get()
                .withPath(ONE)
                .andReturn(200, resource("u1", "Run", List.of(record("Not Injected", 0))))
                .once();
        server.expect()
                .get()
                .withPath(ONE)
                .andReturn(200, resource("u1", "Run", List.of(record("Injected", 1))))
                .always();

        assertThat(driver.inject(KILL, 1, DEADLINE)).isInstanceOfSatisfying(Outcome.Injected.class, injected -> {
            assertThat(injected.injection().reference()).isEqualTo(new Reference(Kind.POD_CHAOS, "shop", "kill", "u1"));
            assertThat(new Tree(injected.injection().resource().getAdditionalProperties())
                            .at("spec", "selector", "pods")
                            .map())
                    .isEqualTo(Map.of("shop", List.of("web-0")));
            assertThat(injected.injection().injectedAtNanos())
                    .isGreaterThanOrEqualTo(injected.injection().acceptedAtNanos());
        });
    }

    @Test
    void untouchedResourceIsNotInjectedAndSaysThatNobodyCared() throws Exception {
        server.expect()
                .post()
                .withPath(ALL)
                .andReturn(201, resource("u1", null, List.of()))
                .once();
        server.expect()
                .get()
                .withPath(ONE)
                .andReturn(200, resource("u1", null, List.of()))
                .once();
        server.expect()
                .get()
                .withPath(ONE)
                .andReply(200, request -> {
                    skippedNanos.addAndGet(DEADLINE.toNanos());
                    return resource("u1", null, List.of());
                })
                .always();

        assertThat(driver.inject(KILL, 1, DEADLINE))
                .isInstanceOfSatisfying(Outcome.NotInjected.class, outcome -> assertThat(outcome.reason())
                        .contains("no controller has touched it: is Chaos Mesh running?"));
        assertThat(driver.present()).hasSize(1);
    }

    @Test
    void selectedFalseAloneIsNoVerdictButTheEventIs() throws Exception {
        GenericKubernetesResource looked = resource("u1", "Run", null);
        looked.setAdditionalProperty(
                "status",
                Map.of(
                        "experiment", Map.of("desiredPhase", "Run"),
                        "conditions", List.of(Map.of("type", "Selected", "status", "False"))));
        server.expect().post().withPath(ALL).andReturn(201, looked).once();
        server.expect().get().withPath(ONE).andReturn(200, looked).always();
        answerEvents("another", "Warning", "Failed", "Failed to select targets: no pod is selected");
        answerEvents("u1", "Warning", "Failed", "Failed to select targets: no pod is selected");

        assertThat(driver.inject(KILL, 1, DEADLINE)).isInstanceOfSatisfying(Outcome.NoTarget.class, outcome -> {
            assertThat(outcome.reason()).isEqualTo("Failed: Failed to select targets: no pod is selected");
            assertThat(outcome.created()).isPresent();
        });
    }

    @Test
    void removalByAnotherHandIsNoticed() throws Exception {
        server.expect()
                .post()
                .withPath(ALL)
                .andReturn(201, resource("u1", null, List.of()))
                .once();
        server.expect()
                .get()
                .withPath(ONE)
                .andReturn(200, resource("u2", null, List.of()))
                .always();

        assertThat(driver.inject(KILL, 1, DEADLINE).reason()).contains("removed by somebody else");
    }

    @Test
    void removingWhatIsGoneIsGone() throws Exception {
        Reference reference = new Reference(Kind.POD_CHAOS, "shop", "kill", "u1");

        assertThat(driver.remove(reference, DEADLINE)).isInstanceOf(Removal.Gone.class);
    }

    @Test
    void anotherOfTheSameNameIsLeftAlone() throws Exception {
        server.expect()
                .get()
                .withPath(ONE)
                .andReturn(200, resource("u2", null, List.of()))
                .always();

        assertThat(driver.remove(new Reference(Kind.POD_CHAOS, "shop", "kill", "u1"), DEADLINE))
                .isInstanceOf(Removal.Gone.class);
        assertThat(requests()).contains("GET " + ONE).doesNotContain("DELETE " + ONE);
    }

    @Test
    void silentServerCostsNoMoreThanTheDeadline() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                KubernetesClient other = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder()
                                .withMasterUrl("http://127.0.0.1:" + silent.getLocalPort())
                                .build())
                        .build();
                ChaosDriver patient = new ChaosDriver(other, System::nanoTime)) {
            long start = System.nanoTime();

            Outcome outcome = patient.inject(KILL, 1, Duration.ofSeconds(1));
            Removal removal =
                    patient.remove(new Reference(Kind.POD_CHAOS, "shop", "kill", "u1"), Duration.ofSeconds(1));

            assertThat(outcome.reason()).isEqualTo("the cluster did not answer within 1.0 s");
            assertThat(removal)
                    .isInstanceOfSatisfying(Removal.Leftover.class, leftover -> assertThat(leftover.evidence())
                            .containsExactly("events: not readable"));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(15));
        }
    }

    private void answerCreate(int code, String message) {
        server.expect()
                .post()
                .withPath(ALL)
                .andReturn(
                        code,
                        new StatusBuilder().withCode(code).withMessage(message).build())
                .once();
    }

    private void answerEvents(String uid, String type, String reason, String message) {
        server.expect()
                .get()
                .withPath(EVENTS)
                .andReturn(
                        200,
                        new EventListBuilder()
                                .addToItems(new EventBuilder()
                                        .withNewInvolvedObject()
                                        .withUid(uid)
                                        .endInvolvedObject()
                                        .withType(type)
                                        .withReason(reason)
                                        .withMessage(message)
                                        .build())
                                .build())
                .times(uid.equals("u1") ? 100 : 1);
    }

    private List<String> requests() throws InterruptedException {
        List<String> methods = new ArrayList<>();
        for (RecordedRequest request = server.takeRequest(0, TimeUnit.SECONDS);
                request != null;
                request = server.takeRequest(0, TimeUnit.SECONDS)) {
            methods.add(request.getMethod() + " " + request.getPath());
        }
        return methods;
    }

    private static GenericKubernetesResource resource(
            String uid, @Nullable String desired, @Nullable List<Map<String, Object>> records) {
        GenericKubernetesResource resource = Manifests.resource(KILL);
        resource.getMetadata().setUid(uid);
        if (desired != null && records != null) {
            resource.setAdditionalProperty(
                    "status", Map.of("experiment", Map.of("desiredPhase", desired, "containerRecords", records)));
        }
        return resource;
    }

    private static Map<String, Object> record(String phase, int injected) {
        return Map.of(
                "id", "shop/web-0", "selectorKey", ".", "phase", phase, "injectedCount", injected, "recoveredCount", 0);
    }
}
