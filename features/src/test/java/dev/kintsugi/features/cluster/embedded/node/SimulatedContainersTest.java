package dev.kintsugi.features.cluster.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.Timings;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods whose containers are simulated, as a user of the API sees and steers them. */
final class SimulatedContainersTest {

    private static NodesUnderTest nodes;
    private static KubernetesClient client;

    @BeforeAll
    static void start(@TempDir Path folder) {
        nodes = new NodesUnderTest(folder, Timings.quick(), container -> Optional.empty());
        client = nodes.client();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void containerIsKilledOrRunsOutOfMemoryWhenItsAnnotationComesToSaySo() {
        create("victim", container("nginx"));
        awaitPod("victim", SimulatedContainersTest::isReady);
        annotate("victim", "killed");
        Pod restarted = awaitPod("victim", pod -> status(pod).getRestartCount() == 1 && isReady(pod));
        assertThat(ended(restarted).getReason() + ended(restarted).getExitCode())
                .isEqualTo("Error137");
        create("glutton", container("nginx"));
        awaitPod("glutton", SimulatedContainersTest::isReady);
        annotate("glutton", "out of memory");
        Pod oom = awaitPod("glutton", pod -> status(pod).getRestartCount() == 1 && isReady(pod));
        assertThat(ended(oom).getReason() + ended(oom).getExitCode()).isEqualTo("OOMKilled137");
        annotate("victim", "killed #2");
        awaitEvent("victim", "BackOff");
    }

    @Test
    void probesFailAsTheAnnotationSaysAndReadinessComesBackWithIt() {
        create("flaky", probed(container("nginx")).build());
        awaitPod("flaky", SimulatedContainersTest::isReady);
        annotate("flaky", "fails readiness with 404");
        awaitPod("flaky", pod -> !isReady(pod));
        assertThat(awaitEvent("flaky", "Unhealthy").getMessage())
                .isEqualTo("Readiness probe failed: HTTP probe failed with statuscode: 404");
        annotate("flaky", "ignores SIGTERM");
        Pod back = awaitPod("flaky", SimulatedContainersTest::isReady);
        assertThat(status(back).getRestartCount()).isZero();
    }

    @Test
    void livenessFaultUntilRestartedIsGoneWithTheRun() {
        create("sick", probed(container("nginx")).build());
        awaitPod("sick", SimulatedContainersTest::isReady);
        annotate("sick", "fails liveness until restarted");
        Pod healed = awaitPod("sick", pod -> status(pod).getRestartCount() == 1 && isReady(pod));
        assertThat(ended(healed).getReason() + ended(healed).getExitCode()).isEqualTo("Completed0");
        assertThat(awaitEvent("sick", "Killing").getMessage())
                .isEqualTo("Container web failed liveness probe, will be restarted");
    }

    @Test
    void imageSwappedForThePauseImageServesNothingUntilItIsSwappedBack() {
        create("swapped", probed(container("nginx")).build());
        awaitPod("swapped", SimulatedContainersTest::isReady);
        setImage("swapped", "gcr.io/google-containers/pause:latest");
        awaitPod("swapped", pod -> status(pod).getRestartCount() >= 1 && !isReady(pod));
        assertThat(awaitEvent("swapped", "Killing").getMessage())
                .isEqualTo("Container web definition changed, will be restarted");
        assertThat(awaitEvent("swapped", "Unhealthy").getMessage())
                .startsWith("Readiness probe failed: Get \"http://127.64.")
                .endsWith("connect: connection refused");
        setImage("swapped", "nginx");
        awaitPod("swapped", pod -> status(pod).getImage().equals("nginx") && isReady(pod));
    }

    @Test
    void scriptIsFollowedToItsExitCodeAndItsTerminationMessage() {
        Container script = new ContainerBuilder(container("busybox:1"))
                .withCommand("sh", "-c", "echo \"no $(THING)\" > /dev/termination-log; sleep 0.2; exit 3")
                .addNewEnv()
                .withName("THING")
                .withValue("licence")
                .endEnv()
                .build();
        client.resource(new PodBuilder(pod("once", script))
                        .editSpec()
                        .withRestartPolicy("Never")
                        .endSpec()
                        .build())
                .create();
        Pod failed = awaitPod("once", pod -> "Failed".equals(pod.getStatus().getPhase()));
        ContainerStateTerminated end = status(failed).getState().getTerminated();
        assertThat(end.getExitCode()).isEqualTo(3);
        assertThat(end.getMessage()).isEqualTo("no licence\n");
    }

    @Test
    void imageThatCannotBePulledKeepsThePodPendingWithItsAddress() {
        create("nopull", container("localhost/no-such:1"));
        Pod waiting = awaitPod("nopull", pod -> reason(pod).equals("ErrImagePull"));
        assertThat(waiting.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(waiting.getStatus().getPodIP()).startsWith("127.64.");
        awaitEvent("nopull", "BackOff");
    }

    @Test
    void podWaitsForTheConfigMapOfItsVolumeAndCanBeDeletedMeanwhile() {
        for (String name : List.of("mounting", "given-up")) {
            client.resource(new PodBuilder(pod(name, container("nginx")))
                            .editSpec()
                            .addNewVolume()
                            .withName("v")
                            .withNewConfigMap()
                            .withName("settings")
                            .addNewItem("level", null, "level")
                            .endConfigMap()
                            .endVolume()
                            .endSpec()
                            .build())
                    .create();
        }
        assertThat(awaitEvent("mounting", "FailedMount").getMessage())
                .isEqualTo("MountVolume.SetUp failed for volume \"v\" : configmap \"settings\" not found");
        Pod waiting = awaitPod("mounting", pod -> reason(pod).equals("ContainerCreating"));
        assertThat(waiting.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(waiting.getStatus().getPodIP()).isNull();
        client.pods().inNamespace("ns").withName("given-up").delete();
        await().until(() -> client.pods().inNamespace("ns").withName("given-up").get() == null);

        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("settings")
                        .withNamespace("ns")
                        .endMetadata()
                        .addToData("level", "info")
                        .build())
                .create();

        awaitPod("mounting", SimulatedContainersTest::isReady);
    }

    @Test
    void podInTheNetworkOfItsHostHasTheHostsAddress() {
        client.resource(new PodBuilder(pod("hosted", container("nginx")))
                        .editSpec()
                        .withHostNetwork(true)
                        .endSpec()
                        .build())
                .create();
        Pod ready = awaitPod("hosted", SimulatedContainersTest::isReady);
        assertThat(ready.getStatus().getPodIP())
                .isEqualTo(ready.getStatus().getHostIP())
                .startsWith("127.63.");
    }

    @Test
    void postStartHookThatFailsIsTheEndOfItsContainer() {
        Container hooked = new ContainerBuilder(container("nginx"))
                .withNewLifecycle()
                .withNewPostStart()
                .withNewExec()
                .withCommand("sh", "-c", "exit 1")
                .endExec()
                .endPostStart()
                .endLifecycle()
                .build();
        create("hooked", hooked);
        awaitPod("hooked", pod -> status(pod).getRestartCount() >= 1);
        assertThat(awaitEvent("hooked", "FailedPostStartHook").getMessage()).isEqualTo("PostStartHook failed");
    }

    @Test
    void preStopHookIsWaitedForBeforeTheContainerIsStopped() {
        Container hooked = new ContainerBuilder(container("nginx"))
                .withNewLifecycle()
                .withNewPreStop()
                .withNewExec()
                .withCommand("sleep", "3")
                .endExec()
                .endPreStop()
                .endLifecycle()
                .build();
        create("lingering", hooked);
        awaitPod("lingering", SimulatedContainersTest::isReady);
        client.pods().inNamespace("ns").withName("lingering").delete();
        Pod ended = awaitPod(
                "lingering",
                pod -> pod == null || "Succeeded".equals(pod.getStatus().getPhase()));
        assertThat(ended).isNotNull();
        Duration lingered = Duration.between(
                Instant.parse(ended.getMetadata().getDeletionTimestamp()).minusSeconds(30),
                Instant.parse(status(ended).getState().getTerminated().getFinishedAt()));
        assertThat(lingered).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void annotationThatIsNotUnderstoodIsAnsweredByAnEvent() {
        create("vague", container("nginx"));
        awaitPod("vague", SimulatedContainersTest::isReady);
        annotate("vague", "is unwell");
        assertThat(awaitEvent("vague", "InvalidSimulation").getMessage())
                .contains("'is unwell' is not understood")
                .contains("fails readiness");
    }

    @Test
    void nodeIsSilentWhileItsAnnotationSaysSoAndNotReadyForAnInstantWhenItIsBack() {
        create("sleeper", container("nginx"), "node2");
        awaitPod("sleeper", SimulatedContainersTest::isReady);
        List<String> seen = new CopyOnWriteArrayList<>();
        Watch watch = client.nodes().withName("node2").watch(new ReadyRecorder(seen));
        try {
            silence("node2", "silent");
            awaitQuiet("node2");
            create("late", container("nginx"), "node2");
            annotate("sleeper", "killed");
            create("other", container("nginx"), "node1");
            awaitPod("other", SimulatedContainersTest::isReady);
            assertThat(status(get("late")).getRestartCount()).isEqualTo(-1);
            assertThat(status(get("sleeper")).getRestartCount()).isZero();
            silence("node2", null);
            awaitPod("late", SimulatedContainersTest::isReady);
            awaitPod("sleeper", pod -> status(pod).getRestartCount() == 1);
            await().until(() -> seen.lastIndexOf("True/KubeletReady") > seen.indexOf("False/KubeletNotReady"));
            assertThat(seen).contains("False/KubeletNotReady");
        } finally {
            watch.close();
        }
    }

    private record ReadyRecorder(List<String> seen) implements Watcher<Node> {

        @Override
        public void eventReceived(Action action, Node node) {
            Stream.ofNullable(node.getStatus())
                    .flatMap(status -> status.getConditions().stream())
                    .filter(each -> each.getType().equals("Ready"))
                    .forEach(each -> seen.add(each.getStatus() + "/" + each.getReason()));
        }

        @Override
        public void onClose(WatcherException cause) {
            seen.add("the watch has ended: " + cause);
        }
    }

    /** A node that is not silent renews its Lease each second. */
    private static void awaitQuiet(String node) {
        var lease = client.leases().inNamespace("kube-node-lease").withName(node);
        AtomicReference<Object> last = new AtomicReference<>("");
        await().pollInterval(Duration.ofMillis(1_500)).until(() -> {
            Object renewed = lease.get().getSpec().getRenewTime();
            return renewed.equals(last.getAndSet(renewed));
        });
    }

    private static void silence(String node, @Nullable String value) {
        client.nodes().withName(node).edit(each -> new NodeBuilder(each)
                .editMetadata()
                .withAnnotations(value == null ? Map.of() : Map.of("simulate.kintsugi.dev/kubelet", value))
                .endMetadata()
                .build());
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

    private static Pod get(String name) {
        return client.pods().inNamespace("ns").withName(name).get();
    }

    private static Pod awaitPod(String name, Predicate<Pod> condition) {
        return await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> get(name), condition);
    }

    private static Event awaitEvent(String pod, String reason) {
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> events(pod, reason).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    private static Stream<Event> events(String pod, String reason) {
        return client.v1().events().inNamespace("ns").list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(pod)
                        && event.getReason().equals(reason));
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(each ->
                        each.getType().equals("Ready") && each.getStatus().equals("True"));
    }

    private static String reason(Pod pod) {
        var state = status(pod).getState();
        return state == null || state.getWaiting() == null
                ? ""
                : state.getWaiting().getReason();
    }

    /** Before the agent has seen the pod: one that never ran, with the restart count -1. */
    private static ContainerStatus status(Pod pod) {
        List<ContainerStatus> statuses = pod.getStatus().getContainerStatuses();
        if (!statuses.isEmpty()) {
            return statuses.get(0);
        }
        ContainerStatus none = new ContainerStatus();
        none.setRestartCount(-1);
        return none;
    }

    private static ContainerStateTerminated ended(Pod pod) {
        return status(pod).getLastState().getTerminated();
    }

    private static Container container(String image) {
        return new ContainerBuilder()
                .withName("web")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withNewResources()
                .addToLimits("memory", new Quantity("64Mi"))
                .endResources()
                .build();
    }

    private static ContainerBuilder probed(Container container) {
        return new ContainerBuilder(container)
                .addNewPort()
                .withName("http")
                .withContainerPort(8080)
                .endPort()
                .withNewReadinessProbe()
                .withPeriodSeconds(1)
                .withFailureThreshold(2)
                .withNewHttpGet()
                .withNewPort("http")
                .endHttpGet()
                .endReadinessProbe()
                .withNewLivenessProbe()
                .withPeriodSeconds(1)
                .withNewExec()
                .withCommand("cat", "/alive")
                .endExec()
                .endLivenessProbe();
    }

    private static void create(String name, Container container) {
        create(name, container, "node1");
    }

    private static void create(String name, Container container, String node) {
        client.resource(new PodBuilder(pod(name, container))
                        .editSpec()
                        .withNodeName(node)
                        .endSpec()
                        .build())
                .create();
    }

    private static Pod pod(String name, Container container) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNodeName("node1")
                .withContainers(container)
                .endSpec()
                .build();
    }
}
