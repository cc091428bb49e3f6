package dev.kintsugi.features.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.ChaosMesh.Daemon;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is seen of Chaos Mesh, from the objects that its chart puts into a cluster. */
class ChaosMeshTest {

    private final ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(server.kubeconfig()))
            .build();

    @BeforeEach
    void nodes() {
        for (String name : List.of("node-1", "node-2")) {
            client.resource(new NodeBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .build())
                    .create();
        }
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private ChaosMesh see(Map<String, Boolean> netemByNode) {
        return ChaosMesh.in(
                client,
                daemon -> Optional.ofNullable(netemByNode.get(daemon.getSpec().getNodeName())));
    }

    private void apply(String yaml) {
        client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items()
                .forEach(object -> {
                    if (client.resource(object).get() == null) {
                        client.resource(object).create();
                    }
                });
    }

    private void install(int readyControllers, boolean filters) {
        for (String kind : List.of("podchaos", "networkchaos", "stresschaos")) {
            apply("""
                    apiVersion: apiextensions.k8s.io/v1
                    kind: CustomResourceDefinition
                    metadata: {name: %1$s.chaos-mesh.org}
                    spec:
                      group: chaos-mesh.org
                      scope: Namespaced
                      names: {kind: Kind%1$s, plural: %1$s}
                      versions:
                      - name: v1alpha1
                        served: true
                        storage: true
                        schema: {openAPIV3Schema: {type: object}}
                    """.formatted(kind));
        }
        apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: chaos-controller-manager
                  namespace: default
                  labels: {app.kubernetes.io/name: chaos-mesh, app.kubernetes.io/component: controller-manager}
                spec:
                  replicas: 1
                  selector: {matchLabels: {a: b}}
                  template:
                    metadata: {labels: {a: b}}
                    spec:
                      containers:
                      - name: chaos-mesh
                        image: ghcr.io/chaos-mesh/chaos-mesh:v2.8.0
                        env: [{name: ENABLE_FILTER_NAMESPACE, value: "%s"}]
                """.formatted(filters));
        client.apps()
                .deployments()
                .inNamespace("default")
                .withName("chaos-controller-manager")
                .editStatus(deployment -> {
                    deployment.getStatus().setReplicas(1);
                    deployment.getStatus().setReadyReplicas(readyControllers);
                    return deployment;
                });
    }

    private void daemon(String node, boolean ready) {
        apply("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: chaos-daemon-%1$s
                  namespace: default
                  labels: {app.kubernetes.io/name: chaos-mesh, app.kubernetes.io/component: chaos-daemon}
                spec:
                  nodeName: %1$s
                  containers: [{name: chaos-daemon, image: x}]
                """.formatted(node));
        Pod pod = client.pods()
                .inNamespace("default")
                .withName("chaos-daemon-" + node)
                .require();
        pod.getStatus()
                .setConditions(List.of(new PodConditionBuilder()
                        .withType("Ready")
                        .withStatus(ready ? "True" : "False")
                        .build()));
        client.resource(pod).updateStatus();
    }

    @Test
    void clusterWithoutItsResourcesHasNoChaosMesh() {
        Capabilities able = see(Map.of()).capabilities();
        assertThat(able.has(Capability.CHAOS_MESH)).isFalse();
        assertThat(able.lack(Capability.CHAOS_MESH))
                .isEqualTo("needs Chaos Mesh: its custom resources are not installed");
        assertThat(able.has(Capability.NETEM)).isFalse();
    }

    @Test
    void versionIsReadFromTheImageAndAllIsThereWhenEveryNodeHasAWorkingDaemon() {
        install(1, false);
        daemon("node-1", true);
        daemon("node-2", true);
        ChaosMesh seen = see(Map.of("node-1", true, "node-2", true));
        assertThat(seen.version()).isEqualTo("v2.8.0");
        assertThat(seen.filtersNamespaces()).isFalse();
        assertThat(seen.emulated()).isFalse();
        assertThat(seen.capabilities()).isEqualTo(Capabilities.ALL);
    }

    @Test
    void netemThatCannotBeTriedIsTakenToWork() {
        install(1, true);
        daemon("node-1", true);
        daemon("node-2", true);
        ChaosMesh seen = see(Map.of("node-1", true));
        assertThat(seen.daemons()).isEqualTo(Map.of("node-1", Daemon.READY, "node-2", Daemon.NETEM_UNKNOWN));
        assertThat(seen.capabilities()).isEqualTo(Capabilities.ALL);
        assertThat(seen.filtersNamespaces()).isTrue();
    }

    @Test
    void nodeWithoutDaemonOrNetemIsNamed() {
        install(1, false);
        daemon("node-1", true);
        Capabilities able = see(Map.of("node-1", false)).capabilities();
        assertThat(able.has(Capability.CHAOS_MESH)).isTrue();
        assertThat(able.lack(Capability.NETEM))
                .contains("node-1: no netem: the kernel module sch_netem is not there", "node-2: no daemon");
    }

    @Test
    void controllersThatAreNotReadyAreNoChaosMesh() {
        install(0, false);
        assertThat(see(Map.of()).capabilities().lack(Capability.CHAOS_MESH)).contains("its controllers are not ready");
    }

    @Test
    void emulationSaysThatItIsOne() {
        install(0, false);
        ChaosMesh.markAsEmulated(client);
        ChaosMesh seen = see(Map.of());
        assertThat(seen.emulated()).isTrue();
        assertThat(seen.capabilities()).isEqualTo(Capabilities.ALL);
        assertThat(seen.daemons().keySet()).containsExactlyInAnyOrder("node-1", "node-2");
    }
}
