package dev.kintsugi.features.cluster;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of Chaos Mesh in a cluster.
 *
 * @param missingDefinitions the custom resources that are needed and not there
 * @param version of the controllers; {@code emulated} for Kintsugi's own; null when no controller is there
 * @param controllersReady whether at least one controller is ready
 * @param daemons for each node whether its daemon is ready and can put netem on an interface, or why not
 * @param filtersNamespaces whether only annotated namespaces are acted on
 */
public record ChaosMesh(
        List<String> missingDefinitions,
        @Nullable String version,
        boolean controllersReady,
        Map<String, Daemon> daemons,
        boolean filtersNamespaces) {

    /** A namespace with this annotation is acted on even where Chaos Mesh filters namespaces; its value is {@code enabled}. */
    public static final String INJECT_ANNOTATION = "chaos-mesh.org/inject";

    /** The daemon of one node. */
    public enum Daemon {
        READY("ready, netem works"),
        NETEM_UNKNOWN("ready; whether netem works cannot be tried"),
        NO_NETEM("no netem: the kernel module sch_netem is not there"),
        NOT_READY("not ready"),
        ABSENT("no daemon");

        private final String text;

        Daemon(String text) {
            this.text = text;
        }

        /** For a person. */
        public String text() {
            return text;
        }

        /** Whether network faults can be expected to work; unless it is known that they do not, they can. */
        public boolean usable() {
            return this == READY || this == NETEM_UNKNOWN;
        }
    }

    static final Capabilities ABSENT = new ChaosMesh(List.of("podchaos"), null, false, Map.of(), false).capabilities();

    private static final String EMULATION = "kintsugi.dev/emulation";
    private static final String EMULATED = "emulated";
    private static final String GROUP = ".chaos-mesh.org";
    private static final List<String> DEFINITIONS = List.of("podchaos", "networkchaos", "stresschaos");
    private static final String COMPONENT = "app.kubernetes.io/component";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** In a network namespace that ends with the command, so that nothing on the node changes. */
    private static final String[] TRY_NETEM = {
        "unshare", "--net", "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"
    };

    public ChaosMesh {
        missingDefinitions = List.copyOf(missingDefinitions);
        daemons = Map.copyOf(daemons);
    }

    /** Looks, and tries netem in each daemon. */
    public static ChaosMesh in(KubernetesClient client) {
        return in(client, daemon -> tryNetem(client, daemon));
    }

    /** @param netem tries it in a ready daemon: true when it works, empty when it cannot be tried */
    static ChaosMesh in(KubernetesClient client, Function<Pod, Optional<Boolean>> netem) {
        List<CustomResourceDefinition> there = DEFINITIONS.stream()
                .map(name -> client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(name + GROUP)
                        .get())
                .filter(Objects::nonNull)
                .toList();
        List<String> names = there.stream()
                .map(found -> found.getSpec().getNames().getPlural())
                .toList();
        List<String> missing =
                DEFINITIONS.stream().filter(name -> !names.contains(name)).toList();
        if (there.stream().anyMatch(ChaosMesh::isEmulated)) {
            Map<String, Daemon> nodes = new TreeMap<>();
            client.nodes()
                    .list()
                    .getItems()
                    .forEach(node -> nodes.put(node.getMetadata().getName(), Daemon.READY));
            return new ChaosMesh(missing, EMULATED, true, nodes, false);
        }
        if (there.isEmpty()) {
            return new ChaosMesh(missing, null, false, Map.of(), false);
        }
        Optional<Deployment> controllers = client
                .apps()
                .deployments()
                .inAnyNamespace()
                .withLabel(COMPONENT, "controller-manager")
                .withLabel("app.kubernetes.io/name", "chaos-mesh")
                .list()
                .getItems()
                .stream()
                .findFirst();
        return new ChaosMesh(
                missing,
                controllers.map(ChaosMesh::versionOf).orElse(null),
                controllers.filter(ChaosMesh::isReady).isPresent(),
                daemons(client, netem),
                controllers.filter(ChaosMesh::filters).isPresent());
    }

    private static Map<String, Daemon> daemons(KubernetesClient client, Function<Pod, Optional<Boolean>> netem) {
        List<Pod> pods = client.pods()
                .inAnyNamespace()
                .withLabel(COMPONENT, "chaos-daemon")
                .withLabel("app.kubernetes.io/name", "chaos-mesh")
                .list()
                .getItems();
        Map<String, Daemon> daemons = new TreeMap<>();
        for (Node node : client.nodes().list().getItems()) {
            String name = node.getMetadata().getName();
            daemons.put(
                    name,
                    pods.stream()
                            .filter(pod -> name.equals(pod.getSpec().getNodeName()))
                            .findFirst()
                            .map(pod -> state(pod, netem))
                            .orElse(Daemon.ABSENT));
        }
        return daemons;
    }

    private static Daemon state(Pod daemon, Function<Pod, Optional<Boolean>> netem) {
        boolean ready = daemon.getStatus() != null
                && daemon.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
        if (!ready) {
            return Daemon.NOT_READY;
        }
        return netem.apply(daemon)
                .map(works -> works ? Daemon.READY : Daemon.NO_NETEM)
                .orElse(Daemon.NETEM_UNKNOWN);
    }

    private static Optional<Boolean> tryNetem(KubernetesClient client, Pod daemon) {
        try (ExecWatch command = client.pods().resource(daemon).exec(TRY_NETEM)) {
            return Optional.of(command.exitCode().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) == 0);
        } catch (KubernetesClientException | ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static boolean isReady(Deployment controllers) {
        return controllers.getStatus() != null
                && controllers.getStatus().getReadyReplicas() != null
                && controllers.getStatus().getReadyReplicas() > 0;
    }

    /** The chart labels what it installs with the version; where somebody took that away, the image has it. */
    private static String versionOf(Deployment controllers) {
        String label = labels(controllers).get("app.kubernetes.io/version");
        if (label != null) {
            return label;
        }
        String image = controllers
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
        return image.substring(image.lastIndexOf(':') + 1);
    }

    private static boolean filters(Deployment controllers) {
        return controllers.getSpec().getTemplate().getSpec().getContainers().stream()
                .flatMap(container -> container.getEnv() == null ? Stream.<EnvVar>empty() : container.getEnv().stream())
                .anyMatch(variable -> "ENABLE_FILTER_NAMESPACE".equals(variable.getName())
                        && "true".equalsIgnoreCase(variable.getValue()));
    }

    private static Map<String, String> labels(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of());
    }

    private static boolean isEmulated(CustomResourceDefinition definition) {
        return Objects.requireNonNullElse(definition.getMetadata().getAnnotations(), Map.of())
                .containsKey(EMULATION);
    }

    /** Says on the custom resources that Kintsugi's emulation acts on them: its controllers are no pods that one could see. */
    public static void markAsEmulated(KubernetesClient client) {
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(DEFINITIONS.get(0) + GROUP)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"" + EMULATION + "\":\"true\"}}}");
    }

    /** Whether its controllers are Kintsugi's own. */
    public boolean emulated() {
        return EMULATED.equals(version);
    }

    /** What scenarios can do with it. */
    public Capabilities capabilities() {
        if (!missingDefinitions.isEmpty()) {
            String why = "its custom resources are not installed";
            return Capabilities.ALL.without(Capability.CHAOS_MESH, why).without(Capability.NETEM, "no Chaos Mesh");
        }
        if (!controllersReady) {
            String why = version == null ? "no controller of it runs" : "its controllers are not ready";
            return Capabilities.ALL.without(Capability.CHAOS_MESH, why).without(Capability.NETEM, "no Chaos Mesh");
        }
        List<String> lacking = daemons.entrySet().stream()
                .filter(node -> !node.getValue().usable())
                .map(node -> node.getKey() + ": " + node.getValue().text())
                .sorted()
                .toList();
        return lacking.isEmpty()
                ? Capabilities.ALL
                : Capabilities.ALL.without(Capability.NETEM, String.join(", ", new TreeSet<>(lacking)));
    }
}
