package dev.kintsugi.features.cluster.embedded.control;

import static dev.kintsugi.features.cluster.embedded.control.LoopCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the loops do about nodes and evictions, as a user sees it. */
class NodeLoopsTest {

    private LoopCluster cluster;

    @BeforeEach
    void start(@TempDir Path folder) {
        cluster = new LoopCluster(9, "127.71.0.0/16", folder);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void podsOfSilentNodeAreReplacedElsewhereAndGoWhenItIsBack() {
        String namespace = cluster.namespace("silent");
        cluster.client
                .resource(tolerantFor(1, cluster.deployment(namespace, 4)))
                .create();
        cluster.awaitAvailable(namespace, 4);
        assertThat(on("node2", namespace)).hasSize(2);

        cluster.nodes.silence("node2");

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(taints("node2"))
                    .extracting(taint -> taint.getKey() + ":" + taint.getEffect())
                    .containsExactly(
                            "node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute");
            assertThat(on("node1", namespace)).hasSize(4);
            assertThat(cluster.deployment(namespace).getStatus().getAvailableReplicas())
                    .isEqualTo(4);
        });
        assertThat(on("node2", namespace)).hasSize(2).allSatisfy(pod -> {
            assertThat(pod.getMetadata().getDeletionTimestamp()).isNotNull();
            assertThat(pod.getStatus().getConditions())
                    .anySatisfy(condition -> assertThat(condition.getReason()).isEqualTo("DeletionByTaintManager"));
        });
        assertThat(cluster.reasons(namespace)).contains("NodeNotReady", "TaintManagerEviction");

        cluster.nodes.restore("node2");

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(taints("node2")).isEmpty();
            assertThat(on("node2", namespace)).isEmpty();
        });
    }

    @Test
    void cordonedNodeIsTaintedAndGetsNoPods() {
        cluster.client.nodes().withName("node2").edit(node -> {
            node.getSpec().setUnschedulable(true);
            return node;
        });
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taints("node2"))
                .extracting(Taint::getKey)
                .containsExactly("node.kubernetes.io/unschedulable"));
        String namespace = cluster.namespace("cordoned");
        cluster.client.resource(cluster.deployment(namespace, 3)).create();
        cluster.awaitAvailable(namespace, 3);

        assertThat(on("node1", namespace)).hasSize(3);

        cluster.client.nodes().withName("node2").edit(node -> {
            node.getSpec().setUnschedulable(null);
            return node;
        });
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taints("node2")).isEmpty());
    }

    @Test
    void budgetLetsOnePodGoAndTheNextOnlyWhenItIsReplaced() {
        String namespace = cluster.namespace("budget");
        cluster.client
                .resource(new PodDisruptionBudgetBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withNewMaxUnavailable(1)
                        .withNewSelector()
                        .addToMatchLabels("app", "web")
                        .endSelector()
                        .endSpec()
                        .build())
                .create();
        cluster.client.resource(cluster.deployment(namespace, 2)).create();
        awaitAllowed(namespace, 1);
        List<Pod> pods = cluster.pods(namespace);

        evict(pods.get(0));
        assertThatThrownBy(() -> evict(pods.get(1)))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> assertThat(refused.getCode())
                        .isEqualTo(429));

        awaitAllowed(namespace, 1);
        evict(pods.get(1));
    }

    private void awaitAllowed(String namespace, int allowed) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.client
                        .policy()
                        .v1()
                        .podDisruptionBudget()
                        .inNamespace(namespace)
                        .withName("web")
                        .get()
                        .getStatus()
                        .getDisruptionsAllowed())
                .isEqualTo(allowed));
    }

    private void evict(Pod pod) {
        String path = "/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                + pod.getMetadata().getName() + "/eviction";
        cluster.client.raw(
                path,
                "POST",
                new EvictionBuilder()
                        .withNewMetadata()
                        .withName(pod.getMetadata().getName())
                        .withNamespace(pod.getMetadata().getNamespace())
                        .endMetadata()
                        .build());
    }

    private static Deployment tolerantFor(long seconds, Deployment deployment) {
        return new DeploymentBuilder(deployment)
                .editSpec()
                .editTemplate()
                .editSpec()
                .addToTolerations(
                        toleration("node.kubernetes.io/unreachable", seconds),
                        toleration("node.kubernetes.io/not-ready", seconds))
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Toleration toleration(String key, long seconds) {
        return new TolerationBuilder()
                .withKey(key)
                .withOperator("Exists")
                .withEffect("NoExecute")
                .withTolerationSeconds(seconds)
                .build();
    }

    private List<Pod> on(String node, String namespace) {
        return cluster.pods(namespace).stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .toList();
    }

    private List<Taint> taints(String node) {
        return cluster.client.nodes().withName(node).get().getSpec().getTaints();
    }
}
