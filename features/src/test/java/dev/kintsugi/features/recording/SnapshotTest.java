package dev.kintsugi.features.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real API server, with nothing beside it that would change anything. */
class SnapshotTest {

    private ApiServer server;
    private KubernetesClient client;
    private Snapshot before;

    @BeforeEach
    void start() {
        server = ApiServer.start(ServerOptions.withSeed(1));
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                .build();
        client.resource(pod("web-1")).create();
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("settings")
                        .endMetadata()
                        .withData(Map.of("a", "1"))
                        .build())
                .create();
        client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("node1")
                        .endMetadata()
                        .build())
                .create();
        before = Snapshot.of(client);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private static io.fabric8.kubernetes.api.model.Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("nginx")
                .endContainer()
                .endSpec()
                .build();
    }

    private List<String> changes() {
        return before.changes(Snapshot.of(client), key -> false);
    }

    @Test
    void nothingHasChangedWhenNothingWasDone() {
        assertThat(before.objects()).containsKey("node node1").containsKey("configmap default/settings");
        assertThat(changes()).isEmpty();
    }

    @Test
    void newPodIsAChangeUnlessItIsMeant() {
        String uid = client.resource(pod("web-2")).create().getMetadata().getUid();
        assertThat(changes()).containsExactly("pod default/web-2 " + uid + " is new");
        assertThat(before.changes(Snapshot.of(client), key -> key.endsWith(uid)))
                .isEmpty();
    }

    @Test
    void podOfTheSameNameIsAnotherPod() {
        client.pods()
                .inNamespace("default")
                .withName("web-1")
                .withGracePeriod(0)
                .delete();
        client.resource(pod("web-1")).create();
        assertThat(changes()).hasSize(2).anyMatch(c -> c.endsWith("is gone")).anyMatch(c -> c.endsWith("is new"));
    }

    @Test
    void changedConfigMapAndCordonedNodeAreSeen() {
        client.configMaps().inNamespace("default").withName("settings").edit(map -> new ConfigMapBuilder(map)
                .withData(Map.of("a", "2"))
                .build());
        client.nodes().withName("node1").edit(node -> new NodeBuilder(node)
                .editOrNewSpec()
                .withUnschedulable(true)
                .endSpec()
                .build());
        assertThat(changes())
                .satisfiesExactly(
                        change -> assertThat(change).startsWith("configmap default/settings: data "),
                        change -> assertThat(change)
                                .isEqualTo("node node1: cordoned false, taints [] before, cordoned true, taints []"
                                        + " now"));
    }
}
