package dev.kintsugi.features.cluster.embedded.control;

import static dev.kintsugi.features.cluster.embedded.control.LoopCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.Timings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All loops together with the API server and node agents, as a user sees them. */
class ControlPlaneTest {

    @TempDir
    private static Path folder;

    private static LoopCluster cluster;

    @BeforeAll
    static void start() {
        cluster = new LoopCluster(7, "127.70.0.0/16", folder);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void deploymentOfThreeBecomesAvailableAndIsBehindItsService() {
        String namespace = cluster.namespace("three");
        cluster.client.resource(cluster.service(namespace)).create();
        cluster.client.resource(cluster.deployment(namespace, 3)).create();

        cluster.awaitAvailable(namespace, 3);

        assertThat(cluster.pods(namespace)).hasSize(3).allSatisfy(pod -> assertThat(
                        pod.getMetadata().getName())
                .startsWith(pod.getMetadata().getGenerateName()));
        assertThat(cluster.pods(namespace).stream()
                        .map(pod -> pod.getSpec().getNodeName())
                        .collect(Collectors.toSet()))
                .hasSize(2);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.readyAddresses(namespace))
                .hasSize(3));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.client
                        .endpoints()
                        .inNamespace(namespace)
                        .withName("web")
                        .get()
                        .getSubsets())
                .singleElement()
                .satisfies(subset -> assertThat(subset.getAddresses()).hasSize(3)));
        Deployment deployment = cluster.deployment(namespace);
        assertThat(deployment.getStatus().getConditions())
                .extracting(
                        condition -> condition.getType() + "=" + condition.getStatus() + " " + condition.getReason())
                .containsExactlyInAnyOrder(
                        "Available=True MinimumReplicasAvailable", "Progressing=True NewReplicaSetAvailable");
        assertThat(cluster.reasons(namespace)).contains("ScalingReplicaSet", "SuccessfulCreate", "Scheduled");
    }

    @Test
    void deletedPodIsReplacedBeforeItIsGone() {
        String namespace = cluster.namespace("replaced");
        cluster.client.resource(cluster.deployment(namespace, 2)).create();
        cluster.awaitAvailable(namespace, 2);
        Set<String> before = cluster.uids(namespace);

        cluster.client.resource(cluster.pods(namespace).get(0)).delete();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.uids(namespace)).hasSize(2).isNotEqualTo(before);
            assertThat(cluster.deployment(namespace).getStatus().getAvailableReplicas())
                    .isEqualTo(2);
        });
    }

    @Test
    void scalingDownKeepsOne() {
        String namespace = cluster.namespace("scaled");
        cluster.client.resource(cluster.deployment(namespace, 5)).create();
        cluster.awaitAvailable(namespace, 5);

        cluster.client
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName("web")
                .scale(1);

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.pods(namespace)).hasSize(1);
            assertThat(cluster.deployment(namespace).getStatus().getReplicas()).isEqualTo(1);
        });
        assertThat(cluster.reasons(namespace)).contains("SuccessfulDelete");
    }

    @Test
    void rolloutRestartReplacesAllPodsAndUndoBringsTheFormerTemplateBack() {
        String namespace = cluster.namespace("rollout");
        cluster.client.resource(cluster.deployment(namespace, 3)).create();
        cluster.awaitAvailable(namespace, 3);
        Set<String> before = cluster.uids(namespace);

        cluster.client
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName("web")
                .rolling()
                .restart();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.uids(namespace)).hasSize(3).doesNotContainAnyElementsOf(before);
            assertThat(cluster.deployment(namespace).getStatus().getUpdatedReplicas())
                    .isEqualTo(3);
            assertThat(cluster.deployment(namespace).getMetadata().getAnnotations())
                    .containsEntry("deployment.kubernetes.io/revision", "2");
        });
        cluster.client
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName("web")
                .rolling()
                .undo();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.deployment(namespace).getMetadata().getAnnotations())
                    .containsEntry("deployment.kubernetes.io/revision", "3");
            assertThat(cluster.deployment(namespace).getStatus().getUpdatedReplicas())
                    .isEqualTo(3);
            assertThat(cluster.pods(namespace)).hasSize(3);
        });
        assertThat(cluster.client
                        .apps()
                        .replicaSets()
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .hasSize(2);
    }

    @Test
    void deletedDeploymentTakesItsReplicaSetsAndPodsWithIt() {
        String namespace = cluster.namespace("cascade");
        cluster.client.resource(cluster.deployment(namespace, 2)).create();
        cluster.awaitAvailable(namespace, 2);

        cluster.client.resource(cluster.deployment(namespace)).delete();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.client
                            .apps()
                            .replicaSets()
                            .inNamespace(namespace)
                            .list()
                            .getItems())
                    .isEmpty();
            assertThat(cluster.pods(namespace)).isEmpty();
        });
    }

    @Test
    void deploymentDeletedInTheForegroundIsTheLastToGo() {
        String namespace = cluster.namespace("foreground");
        cluster.client.resource(cluster.deployment(namespace, 2)).create();
        cluster.awaitAvailable(namespace, 2);

        cluster.client
                .resource(cluster.deployment(namespace))
                .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                .delete();

        assertThat(cluster.deployment(namespace)).isNotNull();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.deployment(namespace)).isNull());
        assertThat(cluster.pods(namespace)).isEmpty();
    }

    @Test
    void deploymentDeletedWithOrphanPolicyLeavesItsReplicaSetWithoutOwner() {
        String namespace = cluster.namespace("orphans");
        cluster.client.resource(cluster.deployment(namespace, 1)).create();
        cluster.awaitAvailable(namespace, 1);

        cluster.client
                .resource(cluster.deployment(namespace))
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.deployment(namespace)).isNull());
        assertThat(cluster.client
                        .apps()
                        .replicaSets()
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .singleElement()
                .satisfies(set ->
                        assertThat(set.getMetadata().getOwnerReferences()).isEmpty());
        assertThat(cluster.pods(namespace)).hasSize(1);
    }

    @Test
    void deletedNamespaceLeavesNothing() {
        String namespace = cluster.namespace("doomed");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(cluster.client
                        .serviceAccounts()
                        .inNamespace(namespace)
                        .withName("default")
                        .get())
                .isNotNull());
        cluster.client.resource(cluster.service(namespace)).create();
        cluster.client.resource(cluster.deployment(namespace, 3)).create();
        cluster.awaitAvailable(namespace, 3);

        cluster.client.namespaces().withName(namespace).delete();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cluster.client.namespaces().withName(namespace).get())
                .isNull());
        assertThat(cluster.pods(namespace)).isEmpty();
        assertThat(cluster.reasons(namespace)).isEmpty();
        assertThat(cluster.client.services().inNamespace(namespace).list().getItems())
                .isEmpty();
        assertThat(cluster.client
                        .serviceAccounts()
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .isEmpty();
        assertThat(cluster.client
                        .discovery()
                        .v1()
                        .endpointSlices()
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .isEmpty();
    }

    @Test
    void customObjectsGoWithTheirOwnersAndWithTheirNamespace() {
        String namespace = cluster.namespace("custom");
        CustomResourceDefinition definition = new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName("things.example.com")
                .endMetadata()
                .withNewSpec()
                .withGroup("example.com")
                .withScope("Namespaced")
                .withNewNames()
                .withKind("Thing")
                .withPlural("things")
                .withSingular("thing")
                .endNames()
                .addNewVersion()
                .withName("v1")
                .withServed(true)
                .withStorage(true)
                .withNewSchema()
                .withNewOpenAPIV3Schema()
                .withType("object")
                .withXKubernetesPreserveUnknownFields(true)
                .endOpenAPIV3Schema()
                .endSchema()
                .endVersion()
                .endSpec()
                .build();
        cluster.client.resource(definition).create();
        ConfigMap owner = cluster.client
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("owner")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> cluster.client
                                .resource(thing(namespace, "owned", owner))
                                .create()
                        != null);
        cluster.client.resource(thing(namespace, "free", null)).create();

        cluster.client.resource(owner).delete();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(things(namespace)).containsExactly("free"));
        cluster.client.namespaces().withName(namespace).delete();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cluster.client.namespaces().withName(namespace).get())
                .isNull());
        assertThat(things(namespace)).isEmpty();
    }

    @Test
    void closedControlPlaneLeavesNoThreadBehind() {
        Set<Thread> before = loopThreads();
        ControlPlane second = ControlPlane.start(cluster.client, Timings.quick(), InstantSource.system(), 1);
        Set<Thread> started = loopThreads();
        started.removeAll(before);
        assertThat(started).isNotEmpty().allMatch(Thread::isDaemon);

        second.close();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(started).noneMatch(Thread::isAlive));
    }

    private static Set<Thread> loopThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("loop-"))
                .collect(Collectors.toSet());
    }

    private static GenericKubernetesResource thing(String namespace, String name, @Nullable ConfigMap owner) {
        GenericKubernetesResource thing = new GenericKubernetesResource();
        thing.setApiVersion("example.com/v1");
        thing.setKind("Thing");
        ObjectMetaBuilder metadata = new ObjectMetaBuilder().withName(name).withNamespace(namespace);
        if (owner != null) {
            metadata.addNewOwnerReference()
                    .withApiVersion("v1")
                    .withKind("ConfigMap")
                    .withName(owner.getMetadata().getName())
                    .withUid(owner.getMetadata().getUid())
                    .endOwnerReference();
        }
        thing.setMetadata(metadata.build());
        return thing;
    }

    private static List<String> things(String namespace) {
        return cluster
                .client
                .genericKubernetesResources("example.com/v1", "Thing")
                .inNamespace(namespace)
                .list()
                .getItems()
                .stream()
                .map(thing -> thing.getMetadata().getName())
                .toList();
    }
}
