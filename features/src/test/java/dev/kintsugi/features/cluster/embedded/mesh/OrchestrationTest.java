package dev.kintsugi.features.cluster.embedded.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.chaos.emulation.ChaosDaemon;
import dev.kintsugi.chaos.emulation.ChaosMeshEmulation;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.control.ControlPlane;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Workflows and schedules against the embedded API server: its schemas, its admission, its garbage collection. */
class OrchestrationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> PLURALS = Map.of(
            "Workflow", "workflows",
            "WorkflowNode", "workflownodes",
            "Schedule", "schedules",
            "PodChaos", "podchaos",
            "NetworkChaos", "networkchaos");

    private static final List<String> CALLS = new CopyOnWriteArrayList<>();
    private static final Set<String> IN_FORCE = ConcurrentHashMap.newKeySet();

    private static ApiServer server;
    private static KubernetesClient client;
    private static ControlPlane loops;
    private static ChaosMeshEmulation mesh;

    @BeforeAll
    static void start() {
        server = ApiServer.start(ServerOptions.withSeed(5)
                .withAdmissions(
                        List.of(new ChaosMeshAdmission(InstantSource.system(), (who, namespace, resource) -> true))));
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                .build();
        loops = ControlPlane.start(client, Timings.quick(), InstantSource.system(), 5);
        mesh = ChaosMeshEmulation.start(client, daemon(), InstantSource.system(), 5);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .endMetadata()
                        .build())
                .create();
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("web-0")
                        .withNamespace("shop")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("app")
                        .withImage("kintsugi/sample-app:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        client.pods()
                .inNamespace("shop")
                .withName("web-0")
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status": {"phase": "Running", "podIP": "127.64.0.9",
                          "containerStatuses": [{"name": "app", "containerID": "embedded://web-0", "image": "",
                            "imageID": "", "ready": true, "restartCount": 0}]}}
                        """);
    }

    @AfterAll
    static void stop() {
        mesh.close();
        loops.close();
        client.close();
        server.close();
    }

    /** Notes the calls, and what network faults are in force. */
    private static ChaosDaemon daemon() {
        return (ChaosDaemon) Proxy.newProxyInstance(
                OrchestrationTest.class.getClassLoader(),
                new Class<?>[] {ChaosDaemon.class},
                (self, method, arguments) -> {
                    CALLS.add(method.getName());
                    if (method.getName().equals("applyNetwork")) {
                        IN_FORCE.add(String.valueOf(arguments[0]));
                    } else if (method.getName().equals("clearNetwork")) {
                        IN_FORCE.remove(String.valueOf(arguments[0]));
                    }
                    return method.getReturnType() == String.class ? "instance" : null;
                });
    }

    @Test
    void workflowRunsToItsEndAndItsDeletionLeavesNothing() {
        create("""
                apiVersion: chaos-mesh.org/v1alpha1
                kind: Workflow
                metadata: {name: flow, namespace: shop}
                spec:
                  entry: entry
                  templates:
                  - {name: entry, templateType: Serial, children: [wait, both]}
                  - {name: wait, templateType: Suspend, deadline: 1s}
                  - {name: both, templateType: Parallel, children: [loss, kills]}
                  - name: loss
                    templateType: NetworkChaos
                    deadline: 2s
                    networkChaos:
                      action: loss
                      mode: all
                      selector: {namespaces: [shop]}
                      loss: {loss: "30"}
                  - name: kills
                    templateType: Schedule
                    deadline: 3s
                    schedule:
                      schedule: "@every 1s"
                      type: PodChaos
                      historyLimit: 2
                      podChaos:
                        action: container-kill
                        mode: all
                        containerNames: [app]
                        selector: {namespaces: [shop]}
                """);

        await().atMost(PATIENCE).until(() -> IN_FORCE.size() == 1);
        await().atMost(PATIENCE).until(() -> CALLS.contains("killContainer"));
        await().atMost(PATIENCE).until(() -> conditions().contains("Accomplished=True"));
        await().atMost(PATIENCE).until(IN_FORCE::isEmpty);
        assertThat(list("WorkflowNode")).hasSize(5);

        client.genericKubernetesResources(context("Workflow"))
                .inNamespace("shop")
                .withName("flow")
                .delete();
        await().atMost(PATIENCE).until(() -> PLURALS.keySet().stream()
                .allMatch(kind -> list(kind).isEmpty()));
        assertThat(warnings()).isEmpty();
    }

    @Test
    void whatBreaksARuleIsRefusedInTheNameOfItsWebhook() {
        assertThatThrownBy(() -> create("""
                        apiVersion: chaos-mesh.org/v1alpha1
                        kind: Schedule
                        metadata: {name: never, namespace: shop}
                        spec:
                          schedule: sometimes
                          type: PodChaos
                          podChaos: {action: pod-kill, mode: one, selector: {namespaces: [shop]}}
                        """)).isInstanceOfSatisfying(KubernetesClientException.class, e -> {
            assertThat(e.getCode()).isEqualTo(403);
            assertThat(e.getStatus().getMessage())
                    .isEqualTo("admission webhook \"vschedule.kb.io\" denied the request: spec.schedule: Invalid"
                            + " value: \"sometimes\": parse schedule field error:expected 5 to 6 fields, found 1:"
                            + " [sometimes]");
        });
    }

    private static void create(String yaml) {
        client.resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
                .inNamespace("shop")
                .create();
    }

    private static List<GenericKubernetesResource> list(String kind) {
        return client.genericKubernetesResources(context(kind))
                .inNamespace("shop")
                .list()
                .getItems();
    }

    private static ResourceDefinitionContext context(String kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup("chaos-mesh.org")
                .withVersion("v1alpha1")
                .withKind(kind)
                .withPlural(PLURALS.get(kind))
                .withNamespaced(true)
                .build();
    }

    private static List<String> conditions() {
        return list("Workflow").stream()
                .flatMap(workflow -> {
                    List<Map<String, String>> conditions = workflow.get("status", "conditions");
                    return conditions == null ? List.<Map<String, String>>of().stream() : conditions.stream();
                })
                .map(condition -> condition.get("type") + "=" + condition.get("status"))
                .toList();
    }

    /** Warnings that say that something did not work. */
    private static List<String> warnings() {
        return client.v1().events().inNamespace("shop").list().getItems().stream()
                .filter(event -> "Warning".equals(event.getType())
                        && event.getReason().contains("Failed")
                        && !"Pod".equals(event.getInvolvedObject().getKind()))
                .map(Event::getMessage)
                .toList();
    }
}
