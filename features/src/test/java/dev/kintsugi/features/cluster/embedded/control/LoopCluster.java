package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** An API server, all loops and two nodes on which every container is simulated. */
final class LoopCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ApiServer server;
    private final ControlPlane plane;
    private final PodNetwork network;
    final KubernetesClient client;
    final NodeAgents nodes;

    LoopCluster(long seed, String podCidr, Path folder) {
        server = ApiServer.start(ServerOptions.withSeed(seed));
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.fromKubeconfig(server.kubeconfig()))
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        plane = ControlPlane.start(client, Timings.quick(), InstantSource.system(), seed);
        network = PodNetwork.start(seed);
        nodes = NodeAgents.start(
                client,
                NodeOptions.of(2, Timings.quick(), image -> Optional.empty(), folder, seed)
                        .withPodCidr(podCidr),
                network);
    }

    @Override
    public void close() {
        nodes.close();
        network.close();
        plane.close();
        client.close();
        server.close();
    }

    String namespace(String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    Deployment deployment(String namespace, int replicas) {
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

    Service service(String namespace) {
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

    void awaitAvailable(String namespace, int replicas) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        deployment(namespace).getStatus().getAvailableReplicas())
                .isEqualTo(replicas));
    }

    Deployment deployment(String namespace) {
        return client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName("web")
                .get();
    }

    List<Pod> pods(String namespace) {
        return client.pods().inNamespace(namespace).list().getItems();
    }

    Set<String> uids(String namespace) {
        return pods(namespace).stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    }

    List<String> reasons(String namespace) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .map(Event::getReason)
                .toList();
    }

    List<String> readyAddresses(String namespace) {
        List<EndpointSlice> slices = client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .list()
                .getItems();
        return slices.stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(endpoint -> endpoint.getConditions().getReady())
                .flatMap(endpoint -> endpoint.getAddresses().stream())
                .toList();
    }
}
