package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.kintsugi.chaos.mesh.Tree;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedules and workflows on an API, with experiments that are really injected by the daemon. */
@EnableKubernetesMockClient(crud = true)
class OrchestratorTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @SuppressWarnings("NullAway.Init")
    static KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    static KubernetesMockServer server;

    private final RecordingDaemon daemon = new RecordingDaemon();

    @SuppressWarnings("NullAway.Init")
    private ChaosMeshEmulation emulation;

    @BeforeEach
    void start() {
        server.reset();
        Definitions.establish(client);
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("web-0")
                        .withNamespace("shop")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("app")
                        .endContainer()
                        .endSpec()
                        .withNewStatus()
                        .withPhase("Running")
                        .withPodIP("127.64.0.1")
                        .addNewContainerStatus()
                        .withName("app")
                        .withContainerID("embedded://web-0")
                        .endContainerStatus()
                        .endStatus()
                        .build())
                .create();
        emulation = ChaosMeshEmulation.start(client, daemon, InstantSource.system(), 1);
    }

    @AfterEach
    void stop() {
        emulation.close();
    }

    @Test
    void scheduleKillsAgainAndAgain() {
        create(
                "Schedule",
                "killer",
                Map.of(
                        "schedule",
                        "@every 1s",
                        "type",
                        "PodChaos",
                        "historyLimit",
                        1,
                        "podChaos",
                        Map.of(
                                "action",
                                "container-kill",
                                "mode",
                                "all",
                                "containerNames",
                                List.of("app"),
                                "selector",
                                Map.of("namespaces", List.of("shop")))));

        await().atMost(DEADLINE).until(() -> daemon.calls.size() >= 2);
        assertThat(daemon.calls).containsOnly("kill shop/web-0/app");
        assertThat(get("Schedule", "killer").at("status", "time").text("")).isNotEmpty();
        await().atMost(DEADLINE).until(() -> reasons("Schedule").containsAll(List.of("Spawned", "Updated")));
        await().atMost(DEADLINE).until(() -> list("PodChaos").size() <= 2);
    }

    @Test
    void workflowWaitsForAPageAndThenInjectsUntilItsDeadline() throws Exception {
        HttpServer page = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        page.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        page.start();
        try {
            create(
                    "Workflow",
                    "flow",
                    workflow("http://127.0.0.1:" + page.getAddress().getPort() + "/health"));
            await().atMost(DEADLINE).until(() -> daemon.inForce.size() == 1);
            await().atMost(DEADLINE).until(daemon.inForce::isEmpty);
            await().atMost(DEADLINE).until(() -> get("Workflow", "flow").at("status", "conditions").elements().stream()
                    .anyMatch(condition -> condition.at("type").text("").equals("Accomplished")
                            && condition.at("status").text("").equals("True")));
            assertThat(daemon.calls).containsExactly("network shop/web-0", "clear shop/web-0");
            await().atMost(DEADLINE).until(() -> list("NetworkChaos").isEmpty());
            assertThat(list("StatusCheck"))
                    .as("the mock has no garbage collector, which would end a deletion in the foreground")
                    .allMatch(check -> check.getMetadata().getDeletionTimestamp() != null);
            assertThat(list("WorkflowNode")).hasSize(3);
            await().atMost(DEADLINE)
                    .until(() -> reasons("StatusCheck").contains("StatusCheckExecutionSucceed")
                            && reasons("Workflow").contains("WorkflowAccomplished"));
        } finally {
            page.stop(0);
        }
    }

    private static Map<String, Object> workflow(String url) {
        return Map.of(
                "entry",
                "entry",
                "templates",
                List.of(
                        Map.of("name", "entry", "templateType", "Serial", "children", List.of("page", "loss")),
                        Map.of(
                                "name",
                                "page",
                                "templateType",
                                "StatusCheck",
                                "statusCheck",
                                Map.of(
                                        "type",
                                        "HTTP",
                                        "mode",
                                        "Synchronous",
                                        "intervalSeconds",
                                        1,
                                        "http",
                                        Map.of("url", url, "criteria", Map.of("statusCode", "200-299")))),
                        Map.of(
                                "name",
                                "loss",
                                "templateType",
                                "NetworkChaos",
                                "deadline",
                                "1s",
                                "networkChaos",
                                Map.of(
                                        "action",
                                        "loss",
                                        "mode",
                                        "all",
                                        "selector",
                                        Map.of("namespaces", List.of("shop")),
                                        "loss",
                                        Map.of("loss", "10")))));
    }

    private static void create(String kind, String name, Map<String, Object> spec) {
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setApiVersion("chaos-mesh.org/v1alpha1");
        resource.setKind(kind);
        resource.setMetadata(
                new ObjectMetaBuilder().withName(name).withNamespace("shop").build());
        resource.setAdditionalProperty("spec", spec);
        client.genericKubernetesResources(LiveWorld.context(kind))
                .inNamespace("shop")
                .resource(resource)
                .create();
    }

    private static Tree get(String kind, String name) {
        GenericKubernetesResource resource = client.genericKubernetesResources(LiveWorld.context(kind))
                .inNamespace("shop")
                .withName(name)
                .get();
        return new Tree(resource == null ? null : resource.getAdditionalProperties());
    }

    private static List<GenericKubernetesResource> list(String kind) {
        return client.genericKubernetesResources(LiveWorld.context(kind))
                .inNamespace("shop")
                .list()
                .getItems();
    }

    private static List<String> reasons(String kind) {
        return client.v1().events().inNamespace("shop").list().getItems().stream()
                .filter(event -> kind.equals(event.getInvolvedObject().getKind()))
                .map(Event::getReason)
                .toList();
    }
}
