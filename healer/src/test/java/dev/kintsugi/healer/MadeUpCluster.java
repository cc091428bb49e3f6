package dev.kintsugi.healer;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment, its ReplicaSet and its pods in a mock API server, with a real HTTP server standing in for all pods. Times
 * are the present, as Kubernetes gives them: in whole seconds.
 */
final class MadeUpCluster implements AutoCloseable {

    static final String NAMESPACE = "shop";

    final AtomicInteger answerCode = new AtomicInteger(200);
    private final KubernetesClient client;
    private final HttpServer app;
    private String replicaSetUid = "";

    MadeUpCluster(KubernetesClient client) throws IOException {
        this.client = client;
        this.app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext("/ready", exchange -> {
            exchange.sendResponseHeaders(answerCode.get(), -1);
            exchange.close();
        });
        app.start();
    }

    void configure(Map<String, String> data) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("self-healing")
                        .withName("self-healing-config")
                        .endMetadata()
                        .withData(data)
                        .build())
                .createOr(existing -> existing.update());
    }

    void deployment(int replicas) {
        String deploymentUid = client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName("web")
                        .withGeneration(1L)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .endSpec()
                        .withNewStatus()
                        .withObservedGeneration(1L)
                        .withReplicas(replicas)
                        .withUpdatedReplicas(replicas)
                        .withAvailableReplicas(replicas)
                        .endStatus()
                        .build())
                .create()
                .getMetadata()
                .getUid();
        replicaSetUid = client.resource(new ReplicaSetBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName("web-1")
                        .withOwnerReferences(owner("Deployment", "web", deploymentUid))
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .endSpec()
                        .build())
                .create()
                .getMetadata()
                .getUid();
    }

    /** The Deployment was given an image that does not work; the ReplicaSet of the one before still has its pods. */
    void stuckRollout() {
        client.apps().replicaSets().inNamespace(NAMESPACE).withName("web-1").edit(set -> template(set, "1"));
        String deployment = deployment().getMetadata().getUid();
        client.resource(template(
                        new ReplicaSetBuilder()
                                .withNewMetadata()
                                .withNamespace(NAMESPACE)
                                .withName("web-2")
                                .withOwnerReferences(owner("Deployment", "web", deployment))
                                .endMetadata()
                                .withNewSpec()
                                .endSpec()
                                .build(),
                        "2"))
                .create();
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName("web-2-a")
                        .withCreationTimestamp(Instant.now().toString())
                        .withOwnerReferences(owner(
                                "ReplicaSet",
                                "web-2",
                                client.apps()
                                        .replicaSets()
                                        .inNamespace(NAMESPACE)
                                        .withName("web-2")
                                        .get()
                                        .getMetadata()
                                        .getUid()))
                        .endMetadata()
                        .withNewStatus()
                        .withPhase("Pending")
                        .endStatus()
                        .build())
                .create();
        client.apps().deployments().inNamespace(NAMESPACE).withName("web").edit(web -> new DeploymentBuilder(web)
                .editSpec()
                .withNewTemplate()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("shop:2")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build());
        status(web -> new DeploymentBuilder(web)
                .editStatus()
                .withObservedGeneration(web.getMetadata().getGeneration())
                .withUpdatedReplicas(0)
                .addNewCondition()
                .withType("Progressing")
                .withStatus("False")
                .withReason("ProgressDeadlineExceeded")
                .endCondition()
                .endStatus()
                .build());
    }

    /** What the Deployment's controller makes of a rollback. */
    void rolledOut() {
        client.pods().inNamespace(NAMESPACE).withName("web-2-a").delete();
        status(web -> new DeploymentBuilder(web)
                .editStatus()
                .withObservedGeneration(web.getMetadata().getGeneration())
                .withReplicas(1)
                .withUpdatedReplicas(1)
                .withAvailableReplicas(1)
                .withConditions()
                .endStatus()
                .build());
    }

    /** The image that the Deployment asks for. */
    String image() {
        return deployment()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    @Nullable String goodMark() {
        Map<String, String> annotations = client.apps()
                .replicaSets()
                .inNamespace(NAMESPACE)
                .withName("web-1")
                .get()
                .getMetadata()
                .getAnnotations();
        return annotations == null ? null : annotations.get("kintsugi.dev/verified-good");
    }

    /** The node of all pods, which became (not) ready some seconds ago; what else it was told stays. */
    void node(boolean ready, long secondsAgo) {
        NodeBuilder node = new NodeBuilder()
                .withNewMetadata()
                .withName("node1")
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "Unknown")
                .withReason("MadeUp")
                .withLastTransitionTime(Instant.ofEpochSecond(Instant.now().getEpochSecond() - secondsAgo)
                        .toString())
                .endCondition()
                .endStatus();
        if (client.nodes().withName("node1").get() == null) {
            client.resource(node.build()).create();
        } else {
            client.nodes().withName("node1").editStatus(now -> new NodeBuilder(now)
                    .withStatus(node.buildStatus())
                    .build());
        }
    }

    /** Whether the node keeps new pods away. */
    boolean cordoned() {
        NodeSpec spec = client.nodes().withName("node1").get().getSpec();
        return spec != null && Boolean.TRUE.equals(spec.getUnschedulable());
    }

    /** The namespace with its pause annotation. */
    void namespace(String paused) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .addToAnnotations("kintsugi.dev/pause", paused)
                        .endMetadata()
                        .build())
                .createOr(existing -> existing.update());
    }

    private void status(UnaryOperator<Deployment> change) {
        client.apps().deployments().inNamespace(NAMESPACE).withName("web").editStatus(change);
    }

    private Deployment deployment() {
        return client.apps()
                .deployments()
                .inNamespace(NAMESPACE)
                .withName("web")
                .get();
    }

    private static ReplicaSet template(ReplicaSet set, String number) {
        return new ReplicaSetBuilder(set)
                .editMetadata()
                .addToAnnotations("deployment.kubernetes.io/revision", number)
                .endMetadata()
                .editSpec()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("pod-template-hash", number)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("shop:" + number)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /** A running pod of the ReplicaSet that became (not) ready some seconds ago. */
    Pod pod(String name, boolean ready, long secondsAgo) {
        String since = Instant.ofEpochSecond(Instant.now().getEpochSecond() - secondsAgo)
                .toString();
        return client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(name)
                        .withCreationTimestamp(since)
                        .addToLabels("app", "web")
                        .withOwnerReferences(owner("ReplicaSet", "web-1", replicaSetUid))
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("node1")
                        .addNewContainer()
                        .withName("app")
                        .withNewReadinessProbe()
                        .withNewHttpGet()
                        .withPath("/ready")
                        .withNewPort(app.getAddress().getPort())
                        .endHttpGet()
                        .endReadinessProbe()
                        .endContainer()
                        .endSpec()
                        .withNewStatus()
                        .withPhase("Running")
                        .withPodIP("127.0.0.1")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus(ready ? "True" : "False")
                        .withLastTransitionTime(since)
                        .endCondition()
                        .addNewContainerStatus()
                        .withName("app")
                        .withReady(ready)
                        .withRestartCount(0)
                        .withNewState()
                        .withNewRunning(since)
                        .endState()
                        .endContainerStatus()
                        .endStatus()
                        .build())
                .create();
    }

    @Override
    public void close() {
        app.stop(0);
    }

    private static OwnerReference owner(String kind, String name, String uid) {
        return new OwnerReferenceBuilder()
                .withApiVersion("apps/v1")
                .withKind(kind)
                .withName(name)
                .withUid(uid)
                .withController(true)
                .build();
    }
}
