package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.mesh.ChaosDriver;
import dev.kintsugi.chaos.mesh.Injection;
import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Outcome;
import dev.kintsugi.chaos.mesh.Reference;
import dev.kintsugi.chaos.mesh.Removal;
import dev.kintsugi.chaos.mesh.TargetRecord;
import dev.kintsugi.chaos.model.Direction;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Mode;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.chaos.model.Traffic;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Driver and emulation on one API, each an ordinary client of it. */
@EnableKubernetesMockClient(crud = true)
class ChaosMeshEmulationTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @SuppressWarnings("NullAway.Init")
    static KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    static KubernetesMockServer server;

    private final RecordingDaemon daemon = new RecordingDaemon();

    @SuppressWarnings("NullAway.Init")
    private ChaosMeshEmulation emulation;

    @SuppressWarnings("NullAway.Init")
    private ChaosDriver driver;

    @BeforeEach
    void start() {
        server.reset();
        Definitions.establish(client);
        for (int i = 0; i < 3; i++) {
            client.resource(pod("web-" + i)).create();
        }
        emulation = ChaosMeshEmulation.start(client, daemon, InstantSource.system(), 1);
        driver = new ChaosDriver(client, System::nanoTime);
    }

    @AfterEach
    void stop() {
        driver.close();
        emulation.close();
    }

    @Test
    void networkLossIsInjectedOnTheChosenVictimsAndTakenBack() throws Exception {
        Injection injection = inject("loss", Mode.fixed(2), Fault.NetworkLoss.outgoing(30), null);

        assertThat(injection.victims()).hasSize(2);
        assertThat(injection.status().isInjected()).isTrue();
        assertThat(injection.status().targets())
                .extracting(TargetRecord::id)
                .containsExactlyElementsOf(
                        injection.victims().stream().map(PodInfo::id).toList());
        assertThat(injection.requestedAtNanos()).isLessThanOrEqualTo(injection.acceptedAtNanos());
        assertThat(injection.injectedAtNanos()).isGreaterThan(injection.requestedAtNanos());
        assertThat(daemon.inForce).hasSize(2);

        assertThat(driver.removeAll(DEADLINE)).singleElement().isInstanceOf(Removal.Gone.class);
        assertThat(daemon.inForce).isEmpty();
        assertThat(driver.present()).isEmpty();
    }

    @Test
    void bothEndsOfANetworkFaultAreChosenAndWrittenOut() throws Exception {
        Target one = Target.one(all().selector());
        Injection injection =
                inject("cut", Mode.one(), new Fault.NetworkPartition(Traffic.with(Direction.BOTH, one)), null);

        assertThat(injection.status().targets())
                .extracting(TargetRecord::selectorKey)
                .containsExactly(".", ".Target");
        assertThat(injection.experiment().fault()).isInstanceOfSatisfying(Fault.Network.class, fault -> assertThat(
                        fault.traffic().peer())
                .isNotNull()
                .satisfies(
                        peer -> assertThat(peer.selector().pods().get("shop")).hasSize(1)));
    }

    @Test
    void podKillDeletesThePodAndStaysInjected() throws Exception {
        Injection injection = inject("kill", Mode.one(), new Fault.PodKill(0), null);

        String victim = injection.victims().get(0).name();
        assertThat(client.pods().inNamespace("shop").withName(victim).get()).isNull();
        assertThat(client.pods().inNamespace("shop").list().getItems()).hasSize(2);
        await().atMost(DEADLINE).until(() -> conditions(injection.reference()).contains("AllInjected=True"));
        assertThat(driver.remove(injection.reference(), DEADLINE)).isInstanceOf(Removal.Gone.class);
    }

    @Test
    void memoryStressStartsAStressorOfTheSizeAndEndsWithItsDuration() throws Exception {
        Injection injection = inject(
                "stress",
                Mode.one(),
                new Fault.MemoryStress(2, MemorySize.ofLimit(50), 0, List.of()),
                Duration.ofSeconds(3));

        assertThat(injection.status().targets().get(0).id()).endsWith("/app");
        assertThat(daemon.inForce.values()).containsOnly(new StressorSpec(2, 64L * 1024 * 1024, 0, 100, 0));
        await().atMost(DEADLINE).until(daemon.inForce::isEmpty);
        await().atMost(DEADLINE).until(() -> reasons(injection.reference()).contains("TimeUp"));
    }

    @Test
    void containerKillAndPodFailureReachTheirContainers() throws Exception {
        inject("kill", Mode.all(), new Fault.ContainerKill(List.of("app")), null);
        assertThat(daemon.calls).containsExactly("kill shop/web-0/app", "kill shop/web-1/app", "kill shop/web-2/app");

        Injection failure = inject("failure", Mode.one(), new Fault.PodFailure(), null);
        String victim = failure.victims().get(0).name();
        assertThat(image(victim)).isEqualTo("gcr.io/google-containers/pause:latest");

        driver.remove(failure.reference(), DEADLINE);
        assertThat(image(victim)).isEqualTo("kintsugi/sample-app:1");
    }

    @Test
    void eventsTellTheStoryUnderTheirOwnNames() throws Exception {
        Injection injection = inject("loss", Mode.one(), Fault.NetworkLoss.outgoing(30), null);
        driver.remove(injection.reference(), DEADLINE);

        await().atMost(DEADLINE).untilAsserted(() -> assertThat(reasons(injection.reference()))
                .contains("FinalizerInited", "Started", "Applied", "Deleted", "Recovered", "Updated"));
        assertThat(events(injection.reference()))
                .allMatch(event -> event.getMetadata().getName().matches("loss\\.[0-9a-f]{16}"))
                .extracting(event -> event.getMetadata().getName())
                .doesNotHaveDuplicates();
    }

    @Test
    void selectorThatMatchesNothingIsFoundOutBeforeAnythingIsCreated() throws Exception {
        Outcome outcome = driver.inject(
                new Experiment(
                        "kill",
                        "shop",
                        Target.one(Selector.labelled("shop", Map.of("app", "db"))),
                        new Fault.PodKill(0),
                        null),
                1,
                DEADLINE);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.NoTarget.class, noTarget -> {
            assertThat(noTarget.reason()).contains("app=db");
            assertThat(noTarget.created()).isEmpty();
        });
        assertThat(client.genericKubernetesResources(Manifests.context(Kind.POD_CHAOS))
                        .inAnyNamespace()
                        .list()
                        .getItems())
                .isEmpty();
    }

    @Test
    void targetThatTheControllersDoNotFindIsNoTargetWithTheirReason() throws Exception {
        Outcome outcome = driver.inject(
                new Experiment("kill", "shop", all(), new Fault.ContainerKill(List.of("sidecar")), null), 1, DEADLINE);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.NoTarget.class, noTarget -> assertThat(noTarget.reason())
                .isEqualTo("Failed: Failed to select targets: no target has been selected"));
        assertThat(driver.removeAll(DEADLINE)).singleElement().isInstanceOf(Removal.Gone.class);
    }

    @Test
    void faultThatCannotBeBroughtAboutIsNotInjectedWithTheReason() throws Exception {
        daemon.failure = "the node is silent";

        Outcome outcome = driver.inject(
                new Experiment("loss", "shop", all(), Fault.NetworkLoss.outgoing(30), null), 1, Duration.ofSeconds(4));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.NotInjected.class, notInjected -> {
            assertThat(notInjected.reason()).contains("Apply on shop/web-0 failed: the node is silent");
            assertThat(notInjected.evidence()).contains("Failed: Failed to apply chaos: the node is silent");
        });
    }

    @Test
    void leftoverIsReportedWithItsFinalizerAndCanBeForced() throws Exception {
        Injection injection = inject("loss", Mode.all(), Fault.NetworkLoss.outgoing(30), null);
        daemon.failure = "the node is silent";

        Removal removal = driver.remove(injection.reference(), Duration.ofSeconds(2));
        assertThat(removal).isInstanceOfSatisfying(Removal.Leftover.class, leftover -> assertThat(leftover.evidence())
                .contains("finalizers: [chaos-mesh/records]", "Recover on shop/web-0 failed: the node is silent"));

        assertThat(driver.forceRemove(injection.reference(), DEADLINE)).isInstanceOf(Removal.Gone.class);
    }

    private Injection inject(String name, Mode mode, Fault fault, @Nullable Duration duration)
            throws InterruptedException {
        Experiment experiment = new Experiment(name, "shop", new Target(all().selector(), mode), fault, duration);
        Outcome outcome = driver.inject(experiment, 1, DEADLINE);
        assertThat(outcome).as(outcome.reason()).isInstanceOf(Outcome.Injected.class);
        return ((Outcome.Injected) outcome).injection();
    }

    private static Target all() {
        return Target.all(Selector.labelled("shop", Map.of("app", "web")));
    }

    private List<Event> events(Reference reference) {
        return client.v1().events().inNamespace("shop").list().getItems().stream()
                .filter(event ->
                        reference.uid().equals(event.getInvolvedObject().getUid()))
                .toList();
    }

    private List<String> reasons(Reference reference) {
        return events(reference).stream().map(Event::getReason).toList();
    }

    private List<String> conditions(Reference reference) {
        GenericKubernetesResource resource = client.genericKubernetesResources(Manifests.context(reference.kind()))
                .inNamespace(reference.namespace())
                .withName(reference.name())
                .get();
        List<Map<String, String>> conditions = Objects.requireNonNull(resource).get("status", "conditions");
        return Stream.ofNullable(conditions)
                .flatMap(List::stream)
                .map(condition -> condition.get("type") + "=" + condition.get("status"))
                .toList();
    }

    private String image(String pod) {
        return client.pods()
                .inNamespace("shop")
                .withName(pod)
                .get()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    private static Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("shop")
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .withNodeName("node1")
                .addNewContainer()
                .withName("app")
                .withImage("kintsugi/sample-app:1")
                .withNewResources()
                .addToLimits("memory", new Quantity("128Mi"))
                .endResources()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("127.64.0.1")
                .addNewContainerStatus()
                .withName("app")
                .withContainerID("embedded://" + name)
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
