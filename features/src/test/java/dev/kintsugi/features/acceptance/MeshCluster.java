package dev.kintsugi.features.acceptance;

import static org.awaitility.Awaitility.await;

import dev.kintsugi.chaos.emulation.ChaosDaemon;
import dev.kintsugi.chaos.emulation.ChaosMeshEmulation;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.control.ControlPlane;
import dev.kintsugi.features.cluster.embedded.mesh.ChaosMeshAdmission;
import dev.kintsugi.features.cluster.embedded.mesh.NodeChaosDaemon;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.Images;
import dev.kintsugi.features.cluster.embedded.node.KubeletSummary;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Chaos Mesh on an embedded cluster whose parts a test can choose. Its victims are two pods, {@code web-0} and {@code web-1}. */
public final class MeshCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String VICTIMS = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: web}
            spec:
              replicas: %d
              podManagementPolicy: Parallel
              serviceName: web
              selector: {matchLabels: {app: web}}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                    - name: app
                      image: %s
                      ports: [{containerPort: 8080}]
                      resources: {limits: {memory: 256Mi}}
            """;

    private static final Map<String, String> PLURALS =
            Map.of("Schedule", "schedules", "Workflow", "workflows", "StatusCheck", "statuschecks");

    /**
     * What it is made of.
     *
     * @param image that the victims run
     * @param images which images are processes
     * @param replicas how many victims there are in each namespace
     * @param filterNamespaces only namespaces that say so are chosen from
     * @param daemon may stand between Chaos Mesh and what harms the nodes
     */
    public record Parts(
            String image, Images images, int replicas, boolean filterNamespaces, UnaryOperator<ChaosDaemon> daemon) {

        /** Victims that are real processes and cost next to nothing: they sleep. */
        static Parts sleepy(boolean filterNamespaces) {
            return new Parts(
                    "sleeper",
                    Images.of("sleeper", List.of("/bin/sleep", "600")),
                    2,
                    filterNamespaces,
                    UnaryOperator.identity());
        }
    }

    private final Parts made;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ApiServer server;
    private final KubernetesClient client;
    private final NodeAgents nodes;
    private final NodeChaosDaemon daemon;

    public MeshCluster(Path folder, long seed, Parts made) {
        this.made = made;
        InstantSource clock = InstantSource.system();
        server = closing(ApiServer.start(ServerOptions.withSeed(seed)));
        server.addAdmission(new ChaosMeshAdmission(
                clock,
                (who, namespace, resource) ->
                        server.allows(who, "create", ChaosMeshAdmission.GROUP, resource, namespace)));
        client = closing(as(Config.fromKubeconfig(server.kubeconfig())));
        closing(ControlPlane.start(client, Timings.quick(), clock, seed));
        PodNetwork network = closing(PodNetwork.start(seed));
        nodes = closing(
                NodeAgents.start(client, NodeOptions.of(2, Timings.quick(), made.images(), folder, seed), network));
        server.setNodeStats(new KubeletSummary(client, nodes, clock));
        daemon = new NodeChaosDaemon(nodes, network, System.getProperty("java.class.path"));
        closing(ChaosMeshEmulation.start(
                client,
                made.daemon().apply(daemon),
                clock,
                new ChaosMeshEmulation.Options(seed, made.filterNamespaces(), ZoneOffset.UTC)));
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.push(part);
        return part;
    }

    private static KubernetesClient as(Config config) {
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** A client that acts as somebody else. */
    KubernetesClient actingAs(String user) {
        Config config = Config.fromKubeconfig(server.kubeconfig());
        config.setImpersonateUsername(user);
        return as(config);
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** An administrator's. */
    public KubernetesClient client() {
        return client;
    }

    /** A namespace with victims in it; they run only after {@link #awaitVictims}. */
    public void victims(String namespace, Map<String, String> annotations) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .withAnnotations(annotations)
                        .endMetadata()
                        .build())
                .create();
        client.resource(VICTIMS.formatted(made.replicas(), made.image()))
                .inNamespace(namespace)
                .create();
    }

    /** Waits until the victims of each namespace run as they are meant to; those that were restarted are replaced. */
    public void awaitVictims(List<String> namespaces) {
        client.pods().inAnyNamespace().list().getItems().stream()
                .filter(pod -> pod.getStatus().getContainerStatuses().stream()
                        .anyMatch(status -> status.getRestartCount() > 0))
                .forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
        await("victims run").atMost(PATIENCE).until(() -> {
            List<Pod> pods = client.pods().inAnyNamespace().list().getItems();
            return pods.size() == made.replicas() * namespaces.size()
                    && pods.stream().allMatch(this::isWell);
        });
    }

    private boolean isWell(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getPodIP() != null
                && pod.getStatus().getContainerStatuses().stream().allMatch(status -> status.getReady())
                && container(pod)
                        .filter(container ->
                                !container.simulated() && container.pids().size() == 1)
                        .isPresent();
    }

    Optional<RunningContainer> container(Pod pod) {
        return nodes.container(
                pod.getMetadata().getNamespace(), pod.getMetadata().getName(), "app");
    }

    /** Where a kubeconfig for it was written. */
    public Path kubeconfig(Path folder) {
        try {
            server.writeKubeconfig(folder.resolve("kubeconfig"));
            return folder.resolve("kubeconfig");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What faults are in force. */
    public List<String> inForce() {
        return daemon.inForce();
    }

    GenericKubernetesResource create(Map<String, Object> resource) {
        return create(client, resource);
    }

    static GenericKubernetesResource create(KubernetesClient client, Map<String, Object> resource) {
        GenericKubernetesResource typed =
                Serialization.unmarshal(Serialization.asYaml(resource), GenericKubernetesResource.class);
        return client.genericKubernetesResources(context(typed.getKind()))
                .inNamespace(typed.getMetadata().getNamespace())
                .resource(typed)
                .create();
    }

    List<GenericKubernetesResource> all(String kind) {
        return client.genericKubernetesResources(context(kind))
                .inAnyNamespace()
                .list()
                .getItems();
    }

    void delete(GenericKubernetesResource resource) {
        client.genericKubernetesResources(context(resource.getKind()))
                .inNamespace(resource.getMetadata().getNamespace())
                .withName(resource.getMetadata().getName())
                .delete();
    }

    private static ResourceDefinitionContext context(String kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(ChaosMeshAdmission.GROUP)
                .withVersion("v1alpha1")
                .withKind(kind)
                .withPlural(PLURALS.getOrDefault(kind, kind.toLowerCase(Locale.ROOT)))
                .withNamespaced(true)
                .build();
    }
}
