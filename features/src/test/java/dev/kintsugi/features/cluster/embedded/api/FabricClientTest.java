package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server as fabric8's client sees it, which is what healer, driver and control loops use. */
class FabricClientTest {

    private ApiServer server;
    private KubernetesClient client;

    @BeforeEach
    void start() {
        server = ApiServer.start(ServerOptions.withSeed(1));
        Config config = new ConfigBuilder(Config.fromKubeconfig(server.kubeconfig()))
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void createdObjectIsReadListedUpdatedAndDeleted() {
        ConfigMap created = client.resource(configMap("a", "1")).create();
        assertThat(created.getMetadata().getUid()).isNotBlank();
        assertThat(client.configMaps().withName("a").get().getData()).containsEntry("k", "1");

        client.configMaps().withName("a").edit(c -> {
            c.getData().put("k", "2");
            return c;
        });

        assertThat(client.configMaps().list().getItems()).singleElement().satisfies(c -> assertThat(c.getData())
                .containsEntry("k", "2"));
        assertThat(client.configMaps().withName("a").delete()).hasSize(1);
        assertThat(client.configMaps().withName("a").get()).isNull();
    }

    @Test
    void updateOfAnObjectThatSomebodyElseHasChangedIsAConflict() {
        ConfigMap first = client.resource(configMap("a", "1")).create();
        client.resource(first).patch("{\"data\":{\"k\":\"2\"}}");

        ConfigMap stale = new ConfigMapBuilder(first).withData(Map.of("k", "3")).build();

        assertThatThrownBy(() -> client.resource(stale).lockResourceVersion().update())
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode())
                        .isEqualTo(409));
    }

    @Test
    void watchSeesChangesInOrderOverPlainHttp() throws InterruptedException {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Watch watch = client.configMaps().watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap configMap) {
                if (action != Action.BOOKMARK) {
                    seen.add(action + " " + configMap.getData().get("k"));
                }
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("closed");
            }
        });
        client.resource(configMap("a", "1")).create();
        client.configMaps().withName("a").patch("{\"data\":{\"k\":\"2\"}}");
        client.configMaps().withName("a").delete();

        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("ADDED 1");
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("MODIFIED 2");
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("DELETED 2");
        watch.close();
    }

    @Test
    void textInOtherAlphabetsReachesAWatchWhole() throws InterruptedException {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Watch watch = client.configMaps().watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap configMap) {
                if (action != Action.BOOKMARK) {
                    seen.add(configMap.getData().getOrDefault("k", ""));
                }
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("closed: " + cause);
            }
        });
        try {
            for (int i = 0; i < 20; i++) {
                client.resource(configMap("c" + i, "金継ぎ ü 🏺 " + i)).create();
            }
            for (int i = 0; i < 20; i++) {
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("金継ぎ ü 🏺 " + i);
            }
        } finally {
            watch.close();
        }
    }

    @Test
    void informerSyncsAndFollows() throws InterruptedException {
        client.resource(configMap("a", "1")).create();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (SharedIndexInformer<ConfigMap> informer = client.configMaps().inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(ConfigMap c) {
                seen.add("add " + c.getMetadata().getName());
            }

            @Override
            public void onUpdate(ConfigMap old, ConfigMap c) {
                seen.add("update " + c.getMetadata().getName());
            }

            @Override
            public void onDelete(ConfigMap c, boolean unknown) {
                seen.add("delete " + c.getMetadata().getName());
            }
        })) {
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("add a");
            client.resource(configMap("b", "1")).create();
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("add b");
            assertThat(informer.isWatching()).isTrue();
        }
    }

    @Test
    void statusAndSpecAreWrittenApart() {
        Deployment created = client.resource(deployment("web")).create();
        assertThat(created.getSpec().getProgressDeadlineSeconds()).isEqualTo(600);

        Deployment withStatus = new DeploymentBuilder(created)
                .editSpec()
                .withReplicas(7)
                .endSpec()
                .withNewStatus()
                .withReplicas(3)
                .endStatus()
                .build();
        Deployment answered = client.resource(withStatus).updateStatus();

        assertThat(answered.getStatus().getReplicas()).isEqualTo(3);
        assertThat(answered.getSpec().getReplicas()).isEqualTo(3);
        assertThat(answered.getMetadata().getGeneration()).isEqualTo(1);
    }

    @Test
    void scaleSubresourceChangesTheReplicas() {
        client.resource(deployment("web")).create();

        client.apps().deployments().withName("web").scale(5);

        assertThat(client.apps().deployments().withName("web").get().getSpec().getReplicas())
                .isEqualTo(5);
        assertThat(client.apps()
                        .deployments()
                        .withName("web")
                        .scale()
                        .getStatus()
                        .getSelector())
                .isEqualTo("app=web");
    }

    @Test
    void boundPodIsDeletedGracefullyAndGoesWithGraceZero() {
        client.resource(pod("p")).create();
        client.raw(
                "/api/v1/namespaces/default/pods/p/binding",
                "POST",
                "{\"target\":{\"kind\":\"Node\",\"name\":\"n1\"}}");
        assertThat(client.pods().withName("p").get().getSpec().getNodeName()).isEqualTo("n1");

        client.pods().withName("p").delete();
        Pod terminating = client.pods().withName("p").get();
        assertThat(terminating.getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(terminating.getMetadata().getDeletionGracePeriodSeconds()).isEqualTo(30);

        client.pods().withName("p").withGracePeriod(0).delete();
        assertThat(client.pods().withName("p").get()).isNull();
    }

    @Test
    void unscheduledPodGoesAtOnce() {
        client.resource(pod("p")).create();
        client.pods().withName("p").delete();
        assertThat(client.pods().withName("p").get()).isNull();
    }

    @Test
    void customResourceIsServedAsSoonAsItsDefinitionIsThere() {
        client.resource(recoveries()).create();
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup("kintsugi.dev")
                .withVersion("v1alpha1")
                .withKind("Recovery")
                .withPlural("recoveries")
                .withNamespaced(true)
                .build();
        GenericKubernetesResource recovery = new GenericKubernetesResource();
        recovery.setApiVersion("kintsugi.dev/v1alpha1");
        recovery.setKind("Recovery");
        recovery.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder()
                .withName("r1")
                .withNamespace("default")
                .build());
        recovery.setAdditionalProperties(Map.of("spec", Map.of("cause", "PodNotReady")));

        client.genericKubernetesResources(context)
                .inNamespace("default")
                .resource(recovery)
                .create();
        client.genericKubernetesResources(context)
                .inNamespace("default")
                .withName("r1")
                .editStatus(r -> {
                    r.setAdditionalProperty("status", Map.of("phase", "Detected"));
                    return r;
                });

        assertThat(client.genericKubernetesResources(context)
                        .inNamespace("default")
                        .withName("r1")
                        .get()
                        .<String>get("status", "phase"))
                .isEqualTo("Detected");
    }

    @Test
    void labelSelectorsSelect() {
        client.resource(new ConfigMapBuilder(configMap("a", "1"))
                        .editMetadata()
                        .addToLabels("tier", "front")
                        .endMetadata()
                        .build())
                .create();
        client.resource(configMap("b", "1")).create();

        assertThat(names(client.configMaps()
                        .withLabelIn("tier", "front", "back")
                        .list()
                        .getItems()))
                .containsExactly("a");
        assertThat(names(client.configMaps()
                        .withLabelNotIn("tier", "front")
                        .list()
                        .getItems()))
                .containsExactly("b");
        assertThat(names(client.configMaps().withoutLabel("tier").list().getItems()))
                .containsExactly("b");
        assertThat(names(client.configMaps()
                        .withField("metadata.name", "b")
                        .list()
                        .getItems()))
                .containsExactly("b");
    }

    @Test
    void namespaceWaitsForItsFinalizer() {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("x")
                        .endMetadata()
                        .build())
                .create();
        client.namespaces().withName("x").delete();
        assertThat(client.namespaces().withName("x").get().getStatus().getPhase())
                .isEqualTo("Terminating");

        client.raw(
                "/api/v1/namespaces/x/finalize",
                "PUT",
                "{\"kind\":\"Namespace\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"x\"},\"spec\":{}}");

        assertThat(client.namespaces().withName("x").get()).isNull();
    }

    private static List<String> names(List<ConfigMap> items) {
        return items.stream().map(c -> c.getMetadata().getName()).toList();
    }

    private static ConfigMap configMap(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .addToData("k", value)
                .build();
    }

    private static Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("kintsugi/sample-app:1")
                .endContainer()
                .endSpec()
                .build();
    }

    private static Deployment deployment(String name) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withReplicas(3)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withSpec(pod("x").getSpec())
                .endTemplate()
                .endSpec()
                .build();
    }

    private static CustomResourceDefinition recoveries() {
        return io.fabric8.kubernetes.client.utils.Serialization.unmarshal("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: recoveries.kintsugi.dev}
                spec:
                  group: kintsugi.dev
                  scope: Namespaced
                  names: {plural: recoveries, singular: recovery, kind: Recovery, shortNames: [rec]}
                  versions:
                  - name: v1alpha1
                    served: true
                    storage: true
                    subresources: {status: {}}
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
                          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
                """, CustomResourceDefinition.class);
    }
}
