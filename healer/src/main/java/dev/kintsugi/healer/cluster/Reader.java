package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.model.ContainerState;
import dev.kintsugi.healer.model.Endpoint;
import dev.kintsugi.healer.model.NamespaceState;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.RestartHistory;
import dev.kintsugi.healer.model.ServiceState;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.Termination;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads pods, nodes, namespaces and Services into our own small types. Whatever may be missing in an object may be missing here. */
final class Reader {

    /** The annotation of a node that the healer has cordoned: when. */
    static final String CORDONED = "kintsugi.dev/cordoned";

    private static final List<String> CONTROL_PLANE =
            List.of("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master");

    /** How long after a node is cordoned Kubernetes may put its taint on it. */
    private static final Duration TAINT_DELAY = Duration.ofSeconds(30);

    private Reader() {}

    /**
     * A pod, with the history of its restarts brought up to {@code now}.
     *
     * @param before the same pod as it was read last; null if it was not
     */
    static PodState pod(Pod pod, @Nullable PodState before, Instant now) {
        ObjectMeta meta = pod.getMetadata();
        PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
        Optional<PodCondition> ready = status.getConditions().stream()
                .filter(c -> "Ready".equals(c.getType()))
                .findFirst();
        List<ContainerState> containers = containers(status.getContainerStatuses(), before, now);
        List<ContainerState> first = containers(status.getInitContainerStatuses(), before, now);
        List<ContainerState> all =
                Stream.concat(first.stream(), containers.stream()).toList();
        List<Container> specs =
                pod.getSpec() == null ? List.of() : pod.getSpec().getContainers();
        return new PodState(
                ref(pod),
                controller(pod),
                labels(meta),
                pod.getSpec() == null ? null : pod.getSpec().getNodeName(),
                phase(status.getPhase()),
                ready.isPresent() && "True".equals(ready.get().getStatus()),
                atTheLatest(
                        ready.map(c -> time(c.getLastTransitionTime())).orElse(null),
                        before == null ? null : before.readySince(),
                        now),
                Objects.requireNonNullElse(time(meta.getCreationTimestamp()), now),
                time(meta.getDeletionTimestamp()),
                meta.getFinalizers() == null ? List.of() : meta.getFinalizers(),
                containers,
                specs.stream()
                        .map(Reader::startupAllowance)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO),
                endpoint(status.getPodIP(), specs),
                settings(meta),
                (before == null ? RestartHistory.NONE : before.history()).after(all, now),
                first,
                status.getReason(),
                unscheduled(status, now),
                meta.getAnnotations() != null && meta.getAnnotations().containsKey("kubernetes.io/config.mirror"),
                pod.getSpec() != null && pod.getSpec().getVolumes().stream().anyMatch(v -> v.getEmptyDir() != null));
    }

    private static List<ContainerState> containers(
            @Nullable List<ContainerStatus> statuses, @Nullable PodState before, Instant now) {
        return statuses == null
                ? List.of()
                : statuses.stream().map(c -> container(c, before, now)).toList();
    }

    private static PodState.@Nullable Unscheduled unscheduled(PodStatus status, Instant now) {
        return status.getConditions().stream()
                .filter(c -> "PodScheduled".equals(c.getType())
                        && "False".equals(c.getStatus())
                        && "Unschedulable".equals(c.getReason()))
                .findFirst()
                .map(c -> new PodState.Unscheduled(
                        Objects.requireNonNullElse(time(c.getLastTransitionTime()), now),
                        Objects.requireNonNullElse(c.getMessage(), "")))
                .orElse(null);
    }

    /**
     * The latest instant that a time of Kubernetes may stand for. It writes whole seconds, rounded down, so that something
     * may be up to a second younger than it says; but not younger than when it was first seen. Taken as they are, they
     * would have a threshold of a second passed in no time.
     *
     * @param before what was made of this time, or of an earlier one, when the object was read last
     */
    private static @Nullable Instant atTheLatest(@Nullable Instant whole, @Nullable Instant before, Instant now) {
        if (whole == null) {
            return null;
        }
        Instant end = whole.plusSeconds(1);
        if (before != null && !before.isBefore(whole) && !before.isAfter(end)) {
            return before;
        }
        return now.isBefore(end) ? now : end;
    }

    /** A Service. */
    static ServiceState service(Service service) {
        ServiceSpec spec = service.getSpec() == null ? new ServiceSpec() : service.getSpec();
        return new ServiceState(
                ref(service),
                Objects.requireNonNullElse(spec.getSelector(), Map.of()),
                "ExternalName".equals(spec.getType()),
                settings(service.getMetadata()));
    }

    /** A namespace. */
    static NamespaceState namespace(Namespace namespace) {
        return new NamespaceState(
                namespace.getMetadata().getName(),
                namespace.getMetadata().getDeletionTimestamp() != null,
                settings(namespace.getMetadata()));
    }

    /**
     * A node.
     *
     * @param before the same node as it was read last; null if it was not
     */
    static NodeState node(Node node, @Nullable NodeState before, Instant now) {
        List<NodeCondition> conditions =
                node.getStatus() == null ? List.of() : node.getStatus().getConditions();
        Optional<NodeCondition> ready =
                conditions.stream().filter(c -> "Ready".equals(c.getType())).findFirst();
        NodeState.Condition condition =
                ready.isPresent() && "True".equals(ready.get().getStatus())
                        ? NodeState.Condition.READY
                        : NodeState.Condition.NOT_READY;
        Instant unchanged = before != null && before.condition() == condition ? before.since() : now;
        boolean cordoned =
                node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
        return new NodeState(
                ref(node),
                condition,
                since(condition, ready, conditions).orElse(unchanged),
                ready.map(c -> "Ready is %s: %s".formatted(c.getStatus(), words(c)))
                        .orElse("it has no condition Ready"),
                conditions.stream()
                        .filter(c -> "True".equals(c.getStatus()) && !"Ready".equals(c.getType()))
                        .map(c -> new NodeState.Trouble(
                                c.getType(),
                                Objects.requireNonNullElse(time(c.getLastTransitionTime()), now),
                                words(c)))
                        .toList(),
                cordoned,
                cordoned ? cordonedByHealer(node) : null,
                CONTROL_PLANE.stream().anyMatch(labels(node.getMetadata())::containsKey),
                settings(node.getMetadata()));
    }

    /** A node that is not ready, since it became so; one that is, since any of its conditions last changed. */
    private static Optional<Instant> since(
            NodeState.Condition condition, Optional<NodeCondition> ready, List<NodeCondition> all) {
        Stream<NodeCondition> that = condition == NodeState.Condition.READY ? all.stream() : ready.stream();
        return that.map(c -> time(c.getLastTransitionTime()))
                .filter(Objects::nonNull)
                .max(Comparator.<Instant>naturalOrder());
    }

    /**
     * When the healer cordoned a node, by its mark; null if it has none, or if somebody has cordoned it anew since: then
     * the taint that Kubernetes puts on a cordoned node is younger than the mark.
     */
    private static @Nullable Instant cordonedByHealer(Node node) {
        Map<String, String> annotations = node.getMetadata().getAnnotations();
        String mark = annotations == null ? null : annotations.get(CORDONED);
        if (mark == null) {
            return null;
        }
        try {
            Instant at = Instant.parse(mark);
            boolean anew = node.getSpec().getTaints().stream()
                    .filter(t -> "node.kubernetes.io/unschedulable".equals(t.getKey()))
                    .map(t -> time(t.getTimeAdded()))
                    .anyMatch(added -> added != null && added.isAfter(at.plus(TAINT_DELAY)));
            return anew ? null : at;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static String words(NodeCondition condition) {
        return Objects.requireNonNullElse(condition.getReason(), "") + " "
                + Objects.requireNonNullElse(condition.getMessage(), "");
    }

    /** Any object. */
    static ObjectRef ref(HasMetadata object) {
        ObjectMeta meta = object.getMetadata();
        return new ObjectRef(
                object.getApiVersion(),
                object.getKind(),
                Objects.requireNonNullElse(meta.getNamespace(), ""),
                meta.getName(),
                meta.getUid());
    }

    /** The controlling owner; null if there is none. */
    static @Nullable ObjectRef controller(HasMetadata object) {
        List<OwnerReference> owners = object.getMetadata().getOwnerReferences();
        return owners == null
                ? null
                : owners.stream()
                        .filter(o -> Boolean.TRUE.equals(o.getController()))
                        .findFirst()
                        .map(o -> new ObjectRef(
                                o.getApiVersion(),
                                o.getKind(),
                                Objects.requireNonNullElse(object.getMetadata().getNamespace(), ""),
                                o.getName(),
                                o.getUid()))
                        .orElse(null);
    }

    static Settings settings(ObjectMeta meta) {
        return Settings.of(meta.getAnnotations() == null ? Map.of() : meta.getAnnotations(), labels(meta));
    }

    private static Map<String, String> labels(ObjectMeta meta) {
        return meta.getLabels() == null ? Map.of() : meta.getLabels();
    }

    private static ContainerState container(ContainerStatus status, @Nullable PodState before, Instant now) {
        Optional<io.fabric8.kubernetes.api.model.ContainerState> state = Optional.ofNullable(status.getState());
        return new ContainerState(
                status.getName(),
                Boolean.TRUE.equals(status.getReady()),
                status.getRestartCount() == null ? 0 : status.getRestartCount(),
                state.map(s -> s.getWaiting()).map(w -> w.getReason()).orElse(null),
                atTheLatest(
                        state.map(s -> s.getRunning())
                                .map(r -> time(r.getStartedAt()))
                                .orElse(null),
                        before == null ? null : runningSince(before, status.getName()),
                        now),
                termination(state.map(s -> s.getTerminated()).orElse(null)),
                termination(Optional.ofNullable(status.getLastState())
                        .map(s -> s.getTerminated())
                        .orElse(null)));
    }

    private static @Nullable Instant runningSince(PodState pod, String container) {
        return pod.containers().stream()
                .filter(c -> c.name().equals(container))
                .map(ContainerState::runningSince)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Termination termination(@Nullable ContainerStateTerminated ended) {
        return ended == null
                ? null
                : new Termination(
                        Objects.requireNonNullElse(ended.getReason(), ""),
                        ended.getExitCode() == null ? 0 : ended.getExitCode(),
                        Objects.requireNonNullElse(time(ended.getFinishedAt()), Instant.EPOCH));
    }

    /** The time that startup and readiness probes may take before they can say anything. */
    private static Duration startupAllowance(Container container) {
        long seconds = 0;
        Probe startup = container.getStartupProbe();
        if (startup != null) {
            seconds += or(startup.getInitialDelaySeconds(), 0)
                    + (long) or(startup.getPeriodSeconds(), 10) * or(startup.getFailureThreshold(), 3);
        }
        Probe readiness = container.getReadinessProbe();
        if (readiness != null) {
            seconds += or(readiness.getInitialDelaySeconds(), 0);
        }
        return Duration.ofSeconds(seconds);
    }

    private static @Nullable Endpoint endpoint(@Nullable String ip, List<Container> containers) {
        if (ip == null || ip.isEmpty()) {
            return null;
        }
        for (Container container : containers) {
            Probe probe = container.getReadinessProbe();
            if (probe != null && probe.getHttpGet() != null) {
                Integer port = port(probe.getHttpGet().getPort(), container);
                String scheme = Objects.requireNonNullElse(probe.getHttpGet().getScheme(), "HTTP");
                String path = Objects.requireNonNullElse(probe.getHttpGet().getPath(), "/");
                return port == null ? null : new Endpoint(ip, port, scheme.toLowerCase(Locale.ROOT), path);
            }
            if (probe != null && probe.getTcpSocket() != null) {
                Integer port = port(probe.getTcpSocket().getPort(), container);
                return port == null ? null : new Endpoint(ip, port, "tcp", null);
            }
        }
        return containers.stream()
                .flatMap(c -> c.getPorts().stream())
                .filter(p -> !"UDP".equals(p.getProtocol()))
                .findFirst()
                .map(p -> new Endpoint(ip, p.getContainerPort(), "tcp", null))
                .orElse(null);
    }

    private static @Nullable Integer port(@Nullable IntOrString port, Container container) {
        if (port == null) {
            return null;
        }
        return port.getIntVal() != null
                ? port.getIntVal()
                : container.getPorts().stream()
                        .filter(p -> Objects.equals(p.getName(), port.getStrVal()))
                        .map(ContainerPort::getContainerPort)
                        .findFirst()
                        .orElse(null);
    }

    private static PodPhase phase(@Nullable String phase) {
        if (phase == null) {
            return PodPhase.UNKNOWN;
        }
        return switch (phase) {
            case "Pending" -> PodPhase.PENDING;
            case "Running" -> PodPhase.RUNNING;
            case "Succeeded" -> PodPhase.SUCCEEDED;
            case "Failed" -> PodPhase.FAILED;
            default -> PodPhase.UNKNOWN;
        };
    }

    private static int or(@Nullable Integer value, int fallback) {
        return value == null ? fallback : value;
    }

    static @Nullable Instant time(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }
}
