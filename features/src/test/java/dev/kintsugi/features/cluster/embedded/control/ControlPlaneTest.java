package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All loops together with the API server and node agents, as a user sees them. */
class ControlPlaneTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static ApiServer server;
    private static KubernetesClient client;
    private static ControlPlane plane;
    private static PodNetwork network;
    private static NodeAgents nodes;

    @BeforeAll
    static void start() {
        server = ApiServer.start(ServerOptions.withSeed(7));
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                .build();
        plane = ControlPlane.start(client, Timings.quick(), InstantSource.system(), 7);
        network = PodNetwork.start(7);
        nodes = NodeAgents.start(
                client,
                NodeOptions.of(2, Timings.quick(), image -> java.util.Optional.empty(), folder, 7)
                        .withPodCidr("127.70.0.0/16"),
                network);
    }

    @AfterAll
    static void stop() {
        nodes.close();
        network.close();
        plane.close();
        client.close();
        server.close();
    }

    @Test
    void deploymentOfThreeBecomesAvailableAndIsBehindItsService() {
        String namespace = namespace("three");
        client.resource(service(namespace)).create();
        client.resource(deployment(namespace, 3)).create();

        awaitAvailable(namespace, 3);

        assertThat(pods(namespace)).hasSize(3).allSatisfy(pod -> assertThat(pod.getMetadata()
                        .getName())
                .startsWith(pod.getMetadata().getGenerateName()));
        assertThat(pods(namespace).stream()
                        .map(pod -> pod.getSpec().getNodeName())
                        .collect(Collectors.toSet()))
                .hasSize(2);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(readyAddresses(namespace)).hasSize(3));
        Deployment deployment = deployment(namespace);
        assertThat(deployment.getStatus().getConditions())
                .extracting(condition -> condition.getType() + "=" + condition.getStatus() + " " + condition.getReason())
                .containsExactlyInAnyOrder(
                        "Available=True MinimumReplicasAvailable", "Progressing=True NewReplicaSetAvailable");
        assertThat(reasons(namespace))
                .contains("ScalingReplicaSet", "SuccessfulCreate", "Scheduled");
    }

    @Test
    void deletedPodIsReplacedBeforeItIsGone() {
        String namespace = namespace("replaced");
        client.resource(deployment(namespace, 2)).create();
        awaitAvailable(namespace, 2);
        Set<String> before = uids(namespace);

        client.resource(pods(namespace).get(0)).delete();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(uids(namespace)).hasSize(2).isNotEqualTo(before);
            assertThat(deployment(namespace).getStatus().getAvailableReplicas()).isEqualTo(2);
        });
    }

    @Test
    void scalingDownKeepsOne() {
        String namespace = namespace("scaled");
        client.resource(deployment(namespace, 5)).create();
        awaitAvailable(namespace, 5);

        client.apps().deployments().inNamespace(namespace).withName("web").scale(1);

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(pods(namespace)).hasSize(1);
            assertThat(deployment(namespace).getStatus().getReplicas()).isEqualTo(1);
        });
        assertThat(reasons(namespace)).contains("SuccessfulDelete");
    }

    @Test
    void rolloutRestartReplacesAllPodsAndUndoBringsTheFormerTemplateBack() {
        String namespace = namespace("rollout");
        client.resource(deployment(namespace, 3)).create();
        awaitAvailable(namespace, 3);
        Set<String> before = uids(namespace);

        client.apps().deployments().inNamespace(namespace).withName("web").rolling().restart();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(uids(namespace)).hasSize(3).doesNotContainAnyElementsOf(before);
            assertThat(deployment(namespace).getStatus().getUpdatedReplicas()).isEqualTo(3);
            assertThat(deployment(namespace).getMetadata().getAnnotations())
                    .containsEntry("deployment.kubernetes.io/revision", "2");
        });
        client.apps().deployments().inNamespace(namespace).withName("web").rolling().undo();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(deployment(namespace).getMetadata().getAnnotations())
                    .containsEntry("deployment.kubernetes.io/revision", "3");
            assertThat(deployment(namespace).getStatus().getUpdatedReplicas()).isEqualTo(3);
            assertThat(pods(namespace)).hasSize(3);
        });
        assertThat(client.apps().replicaSets().inNamespace(namespace).list().getItems())
                .hasSize(2);
    }

    @Test
    void deletedDeploymentTakesItsReplicaSetsAndPodsWithIt() {
        String namespace = namespace("cascade");
        client.resource(deployment(namespace, 2)).create();
        awaitAvailable(namespace, 2);

        client.resource(deployment(namespace)).delete();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(client.apps().replicaSets().inNamespace(namespace).list().getItems())
                    .isEmpty();
            assertThat(pods(namespace)).isEmpty();
        });
    }

    @Test
    void deploymentDeletedInTheForegroundIsTheLastToGo() {
        String namespace = namespace("foreground");
        client.resource(deployment(namespace, 2)).create();
        awaitAvailable(namespace, 2);

        client.resource(deployment(namespace))
                .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                .delete();

        assertThat(deployment(namespace)).isNotNull();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(deployment(namespace)).isNull());
        assertThat(pods(namespace)).isEmpty();
    }

    @Test
    void deploymentDeletedWithOrphanPolicyLeavesItsReplicaSetWithoutOwner() {
        String namespace = namespace("orphans");
        client.resource(deployment(namespace, 1)).create();
        awaitAvailable(namespace, 1);

        client.resource(deployment(namespace))
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(deployment(namespace)).isNull());
        assertThat(client.apps().replicaSets().inNamespace(namespace).list().getItems())
                .singleElement()
                .satisfies(set -> assertThat(set.getMetadata().getOwnerReferences()).isEmpty());
        assertThat(pods(namespace)).hasSize(1);
    }

    @Test
    void deletedNamespaceLeavesNothing() {
        String namespace = namespace("doomed");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(client.serviceAccounts()
                        .inNamespace(namespace)
                        .withName("default")
                        .get())
                .isNotNull());
        client.resource(service(namespace)).create();
        client.resource(deployment(namespace, 3)).create();
        awaitAvailable(namespace, 3);

        client.namespaces().withName(namespace).delete();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        client.namespaces().withName(namespace).get())
                .isNull());
        assertThat(pods(namespace)).isEmpty();
        assertThat(reasons(namespace)).isEmpty();
        assertThat(client.services().inNamespace(namespace).list().getItems()).isEmpty();
        assertThat(client.serviceAccounts().inNamespace(namespace).list().getItems())
                .isEmpty();
        assertThat(client.discovery().v1().endpointSlices().inNamespace(namespace).list().getItems())
                .isEmpty();
    }

    private static String namespace(String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    private static Deployment deployment(String namespace, int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("web")
                .withImage("nginx")
                .addNewPort()
                .withContainerPort(8080)
                .endPort()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static HasMetadata service(String namespace) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "web")
                .addNewPort()
                .withPort(80)
                .withNewTargetPort(8080)
                .endPort()
                .endSpec()
                .build();
    }

    private static void awaitAvailable(String namespace, int replicas) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        deployment(namespace).getStatus().getAvailableReplicas())
                .isEqualTo(replicas));
    }

    private static Deployment deployment(String namespace) {
        return client.apps().deployments().inNamespace(namespace).withName("web").get();
    }

    private static List<Pod> pods(String namespace) {
        return client.pods().inNamespace(namespace).list().getItems();
    }

    private static Set<String> uids(String namespace) {
        return pods(namespace).stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    }

    private static List<String> reasons(String namespace) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .map(event -> event.getReason())
                .toList();
    }

    private static List<String> readyAddresses(String namespace) {
        List<EndpointSlice> slices =
                client.discovery().v1().endpointSlices().inNamespace(namespace).list().getItems();
        return slices.stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(endpoint -> endpoint.getConditions().getReady())
                .flatMap(endpoint -> endpoint.getAddresses().stream())
                .toList();
    }
}
