package dev.kintsugi.features.cluster.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.node.runtime.AttachedProcess;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import dev.kintsugi.features.process.ProcessUsage;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agents as a client of the project's API server, with pods bound by hand, and with the control loops beside them. */
final class NodeAgentsTest {

    private static final int PORT = 8080;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static NodesUnderTest nodes;
    private static KubernetesClient client;
    private static NodeAgents agents;

    @BeforeAll
    static void start(@TempDir Path folder) {
        nodes = new NodesUnderTest(folder, Timings.quick(), NodesUnderTest.tiny(PORT)).withControl();
        client = nodes.client();
        agents = nodes.agents();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void nodeIsRegisteredAndKeepsItsLease() {
        Node node = client.nodes().withName("node2").get();
        assertThat(node.getMetadata().getLabels()).containsEntry("kubernetes.io/hostname", "node2");
        assertThat(node.getStatus().getNodeInfo().getKubeletVersion()).isEqualTo("v1.28.0");
        assertThat(node.getStatus().getAllocatable()).containsKeys("cpu", "memory", "pods");
        assertThat(node.getStatus().getConditions())
                .extracting(NodeCondition::getType, NodeCondition::getStatus, NodeCondition::getReason)
                .contains(
                        tuple("Ready", "True", "KubeletReady"),
                        tuple("MemoryPressure", "False", "KubeletHasSufficientMemory"));
        var lease = client.leases().inNamespace("kube-node-lease").withName("node2");
        var first = lease.get().getSpec().getRenewTime();
        await().until(() -> lease.get().getSpec().getRenewTime().isAfter(first));
        assertThatThrownBy(() -> agents.silence("node9"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("node9");
    }

    @Test
    void podServesOnItsAddressAndIsRestartedWhenItsProcessIsKilled() throws Exception {
        create(tiny("served"));
        Pod ready = awaitPod("served", NodeAgentsTest::isReady);
        String ip = ready.getStatus().getPodIP();
        assertThat(ip).startsWith("127.64.");
        assertThat(get(ip, "/").body())
                .contains("HOSTNAME=served", "POD_IP=" + ip, "GREETING=hello web", "LISTEN_ADDRESS=127.65.");
        assertThat(client.pods().inNamespace("ns").withName("served").getLog()).contains("serving as served");

        container("served").kill();

        Pod restarted = awaitPod("served", pod -> status(pod).getRestartCount() == 1 && isReady(pod));
        assertThat(status(restarted).getLastState().getTerminated().getExitCode())
                .isEqualTo(137);
        assertThat(status(restarted).getLastState().getTerminated().getReason()).isEqualTo("Error");
        assertThat(restarted.getStatus().getPodIP()).isEqualTo(ip);
        assertThat(restarted.getMetadata().getUid())
                .isEqualTo(ready.getMetadata().getUid());
        await().until(() -> events("served").stream()
                .anyMatch(event -> event.getReason().equals("Started") && event.getCount() == 2));
    }

    @Test
    void deploymentIsBroughtUpAndADeletedPodIsReplaced() {
        client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withNamespace("ns")
                        .withName("shop")
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(3)
                        .withNewSelector()
                        .addToMatchLabels("app", "shop")
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .addToLabels("app", "shop")
                        .endMetadata()
                        .withSpec(onNode(tiny("shop"), null).getSpec())
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
        List<Pod> ready = awaitShop(pods -> pods.size() == 3 && pods.stream().allMatch(NodeAgentsTest::isReady));
        assertThat(ready).extracting(pod -> pod.getStatus().getPodIP()).doesNotHaveDuplicates();
        String gone = ready.get(0).getMetadata().getName();
        client.pods().inNamespace("ns").withName(gone).withGracePeriod(0).delete();
        List<Pod> after = awaitShop(pods -> pods.size() == 3
                && pods.stream().allMatch(NodeAgentsTest::isReady)
                && pods.stream().noneMatch(pod -> pod.getMetadata().getName().equals(gone)));
        assertThat(after).allMatch(pod -> status(pod).getRestartCount() == 0);
        client.apps().deployments().inNamespace("ns").withName("shop").scale(0);
        awaitShop(List::isEmpty);
    }

    @Test
    void memoryOfTheContainerAndOfWhatIsAttachedToItIsCountedTogether() throws Exception {
        create(tiny("hungry"));
        awaitPod("hungry", NodeAgentsTest::isReady);
        RunningContainer container = container("hungry");
        assertThat(container.residentBytes()).isBetween(5L << 20, 200L << 20);
        assertThat(container.cpuTime()).isPositive();
        try (AttachedProcess stressor =
                container.attach(List.of("sh", "-c", "ulimit -v 1000000; exec tail /dev/zero"))) {
            Pod killed = awaitPod("hungry", pod -> status(pod).getRestartCount() == 1);
            assertThat(status(killed).getLastState().getTerminated().getReason())
                    .isEqualTo("OOMKilled");
            assertThat(status(killed).getLastState().getTerminated().getExitCode())
                    .isEqualTo(137);
            await().until(() -> !stressor.isAlive());
        }
    }

    @Test
    void deletedPodIsToldToEndAndItsObjectGoes() {
        create(tiny("leaving"));
        Pod ready = awaitPod("leaving", NodeAgentsTest::isReady);
        long pid = container("leaving").pids().iterator().next();
        client.pods().inNamespace("ns").withName("leaving").delete();
        await().until(() -> client.pods().inNamespace("ns").withName("leaving").get() == null);
        assertThat(ProcessUsage.residentBytes(pid)).isZero();
        assertThatThrownBy(() -> get(ready.getStatus().getPodIP(), "/")).isInstanceOf(IOException.class);
        await().until(() -> agents.podIp("ns", "leaving").isEmpty());
        assertThat(nodes.network().link("ns", "leaving")).isEmpty();
    }

    @Test
    void livenessProbeThatFailsRestartsTheContainer() throws Exception {
        create(new PodBuilder(tiny("sick"))
                .editSpec()
                .editFirstContainer()
                .withNewLivenessProbe()
                .withPeriodSeconds(1)
                .withFailureThreshold(4)
                .withNewHttpGet()
                .withPath("/health")
                .withNewPort(PORT)
                .endHttpGet()
                .endLivenessProbe()
                .endContainer()
                .endSpec()
                .build());
        String ip = awaitPod("sick", NodeAgentsTest::isReady).getStatus().getPodIP();
        get(ip, "/break");
        awaitPod("sick", pod -> status(pod).getRestartCount() == 1 && isReady(pod));
        await().untilAsserted(() -> assertThat(events("sick"))
                .extracting(Event::getMessage)
                .contains(
                        "Liveness probe failed: HTTP probe failed with statuscode: 500",
                        "Container web failed liveness probe, will be restarted"));
    }

    @Test
    void imageWithoutCommandIsSimulatedAndBehavesAsItsAnnotationSays() {
        create(simulated("calm", Map.of()));
        create(simulated("broken", Map.of("simulate.kintsugi.dev/web", "exits 3 after 10ms")));
        Pod calm = awaitPod("calm", NodeAgentsTest::isReady);
        assertThat(calm.getStatus().getPodIP()).startsWith("127.64.");
        assertThat(calm.getStatus().getHostIP()).startsWith("127.63.");
        assertThatThrownBy(() -> container("calm").attach(List.of("true")))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("simulated");
        Pod broken = awaitPod("broken", pod -> status(pod).getRestartCount() == 1);
        assertThat(status(broken).getLastState().getTerminated().getExitCode()).isEqualTo(3);
        client.pods().inNamespace("ns").withName("calm").delete();
        await().until(() -> client.pods().inNamespace("ns").withName("calm").get() == null);
    }

    @Test
    void processIsReallyKilledWhenItsAnnotationSaysSoAndRefusesWhatItWouldNotDoByItself() {
        create(new PodBuilder(tiny("told"))
                .editSpec()
                .editFirstContainer()
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .endContainer()
                .endSpec()
                .build());
        awaitPod("told", NodeAgentsTest::isReady);
        annotate("told", "killed");
        Pod restarted = awaitPod("told", pod -> status(pod).getRestartCount() == 1 && isReady(pod));
        assertThat(status(restarted).getLastState().getTerminated().getExitCode())
                .isEqualTo(137);
        assertThat(status(restarted).getLastState().getTerminated().getMessage())
                .contains("serving as told");
        annotate("told", "fails readiness");
        await().untilAsserted(() -> assertThat(events("told"))
                .filteredOn(event -> event.getReason().equals("InvalidSimulation"))
                .extracting(Event::getMessage)
                .anyMatch(message -> message.contains("runs as a process")));
        assertThat(isReady(client.pods().inNamespace("ns").withName("told").get()))
                .isTrue();
    }

    @Test
    void containerWhoseImageIsSwappedForOneThatServesNothingIsNotReadyUntilItIsSwappedBack() {
        create(tiny("swapped"));
        awaitPod("swapped", NodeAgentsTest::isReady);
        setImage("swapped", "pause:1");
        awaitPod("swapped", pod -> status(pod).getRestartCount() >= 1 && !isReady(pod));
        setImage("swapped", "tiny:2");
        awaitPod("swapped", pod -> status(pod).getImage().equals("tiny:2") && isReady(pod));
    }

    @Test
    void referenceThatLeadsNowhereIsAConfigErrorUntilItIsThere() {
        Pod pod = new PodBuilder(simulated("lost", Map.of()))
                .editSpec()
                .editFirstContainer()
                .addNewEnv()
                .withName("A")
                .withNewValueFrom()
                .withNewConfigMapKeyRef("b", "cfg", false)
                .endValueFrom()
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
        create(pod);
        Pod waiting = awaitPod("lost", each -> "CreateContainerConfigError".equals(waitingReason(each)));
        assertThat(status(waiting).getState().getWaiting().getMessage()).isEqualTo("configmap \"cfg\" not found");
        assertThat(waiting.getStatus().getPhase()).isEqualTo("Pending");
    }

    @Test
    void silentNodeDoesNothingUntilItIsBack() {
        create(tiny("silent"));
        awaitPod("silent", NodeAgentsTest::isReady);
        agents.silence("node1");
        container("silent").kill();
        create(simulated("late", Map.of()));
        create(onNode(simulated("other", Map.of()), "node2"));
        awaitPod("other", NodeAgentsTest::isReady);
        assertThat(isReady(client.pods().inNamespace("ns").withName("silent").get()))
                .isTrue();
        assertThat(client.pods()
                        .inNamespace("ns")
                        .withName("late")
                        .get()
                        .getStatus()
                        .getContainerStatuses())
                .isEmpty();
        agents.restore("node1");
        awaitPod("late", NodeAgentsTest::isReady);
        awaitPod("silent", pod -> status(pod).getRestartCount() == 1 && isReady(pod));
    }

    private static void create(Pod pod) {
        client.resource(pod).create();
    }

    private static List<Pod> awaitShop(Predicate<List<Pod>> condition) {
        return await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> client.pods()
                                .inNamespace("ns")
                                .withLabel("app", "shop")
                                .list()
                                .getItems(),
                        condition);
    }

    private static void annotate(String pod, String text) {
        client.pods().inNamespace("ns").withName(pod).edit(each -> new PodBuilder(each)
                .editMetadata()
                .addToAnnotations("simulate.kintsugi.dev/web", text)
                .endMetadata()
                .build());
    }

    private static void setImage(String pod, String image) {
        client.pods().inNamespace("ns").withName(pod).edit(each -> new PodBuilder(each)
                .editSpec()
                .editFirstContainer()
                .withImage(image)
                .endContainer()
                .endSpec()
                .build());
    }

    private static Pod awaitPod(String name, Predicate<Pod> condition) {
        return await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> client.pods().inNamespace("ns").withName(name).get(), condition);
    }

    private static RunningContainer container(String pod) {
        return agents.container("ns", pod, "web").orElseThrow();
    }

    private static List<Event> events(String pod) {
        return client.v1().events().inNamespace("ns").list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(pod))
                .toList();
    }

    private static HttpResponse<String> get(String ip, String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://" + ip + ":" + PORT + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(each -> each.getType().equals("Ready"))
                .map(PodCondition::getStatus)
                .anyMatch("True"::equals);
    }

    /** Before the agent has seen the pod: one that never ran. */
    private static ContainerStatus status(Pod pod) {
        List<ContainerStatus> statuses = pod.getStatus().getContainerStatuses();
        return statuses.isEmpty()
                ? new ContainerStatusBuilder()
                        .withRestartCount(-1)
                        .withNewState()
                        .endState()
                        .build()
                : statuses.get(0);
    }

    private static String waitingReason(Pod pod) {
        var waiting = status(pod).getState().getWaiting();
        return waiting == null ? "" : waiting.getReason();
    }

    private static Pod simulated(String name, Map<String, String> annotations) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName(name)
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withNodeName("node1")
                .addNewContainer()
                .withName("web")
                .withImage("nginx:1")
                .endContainer()
                .endSpec()
                .build();
    }

    private static Pod onNode(Pod pod, @Nullable String node) {
        return new PodBuilder(pod).editSpec().withNodeName(node).endSpec().build();
    }

    private static Pod tiny(String name) {
        return new PodBuilder(simulated(name, Map.of()))
                .editSpec()
                .editFirstContainer()
                .withImage("tiny:1")
                .addNewPort()
                .withContainerPort(PORT)
                .endPort()
                .addNewEnv()
                .withName("POD_IP")
                .withNewValueFrom()
                .withNewFieldRef("v1", "status.podIP")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("SUBJECT")
                .withValue("web")
                .endEnv()
                .addNewEnv()
                .withName("GREETING")
                .withValue("hello $(SUBJECT)")
                .endEnv()
                .withNewResources()
                .addToLimits("memory", new Quantity("256Mi"))
                .endResources()
                .withNewReadinessProbe()
                .withPeriodSeconds(1)
                .withNewHttpGet()
                .withPath("/health")
                .withNewPort(PORT)
                .endHttpGet()
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
    }
}
