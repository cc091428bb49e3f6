package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.Container;
import dev.kintsugi.features.recording.Observation.Endpoint;
import dev.kintsugi.features.recording.Observation.EndpointsSeen;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.Recovery;
import dev.kintsugi.features.recording.Observation.RecoverySeen;
import dev.kintsugi.features.recording.Observation.Workload;
import dev.kintsugi.features.recording.Observation.WorkloadSeen;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The recorder's own watches of one namespace: pods, Deployments, EndpointSlices and the healer's Recoveries. Each event is
 * stamped on the recording's clock when it arrives; timestamps of the cluster are whole seconds of other machines.
 */
final class ClusterWatcher implements AutoCloseable {

    private static final ResourceDefinitionContext RECOVERIES = new ResourceDefinitionContext.Builder()
            .withGroup("kintsugi.dev")
            .withVersion("v1alpha1")
            .withKind("Recovery")
            .withPlural("recoveries")
            .withNamespaced(true)
            .build();

    private final MonotonicClock clock;
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    ClusterWatcher(KubernetesClient client, String namespace, MonotonicClock clock, Consumer<Observation> sink) {
        this.clock = clock;
        try {
            watchAll(client, namespace, sink);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void watchAll(KubernetesClient client, String namespace, Consumer<Observation> sink) {
        watch(
                client.pods().inNamespace(namespace),
                (pod, at) -> sink.accept(new PodSeen(at, pod(pod), false)),
                (pod, at) -> sink.accept(new PodSeen(at, pod(pod), true)));
        watch(
                client.apps().deployments().inNamespace(namespace),
                (deployment, at) -> sink.accept(new WorkloadSeen(at, workload(deployment))),
                (deployment, at) -> {});
        watch(
                client.discovery().v1().endpointSlices().inNamespace(namespace),
                (slice, at) -> sink.accept(endpoints(slice, at, false)),
                (slice, at) -> sink.accept(endpoints(slice, at, true)));
        watch(
                client.genericKubernetesResources(RECOVERIES).inNamespace(namespace),
                (recovery, at) -> sink.accept(new RecoverySeen(at, recovery(recovery))),
                (recovery, at) -> {});
    }

    private <T extends HasMetadata> void watch(Informable<T> source, ObjLongConsumer<T> seen, ObjLongConsumer<T> gone) {
        informers.add(source.inform(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T object) {
                seen.accept(object, clock.nanos());
            }

            @Override
            public void onUpdate(T before, T object) {
                long at = clock.nanos();
                if (!Objects.equals(resourceVersion(before), resourceVersion(object))) {
                    seen.accept(object, at);
                }
            }

            @Override
            public void onDelete(T object, boolean finalStateUnknown) {
                gone.accept(object, clock.nanos());
            }
        }));
    }

    /** Whether every watch is alive; a recording with a dead one proves nothing. */
    boolean watching() {
        return informers.stream().allMatch(SharedIndexInformer::isWatching);
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
    }

    private static @Nullable String resourceVersion(HasMetadata object) {
        return object.getMetadata().getResourceVersion();
    }

    static Pod pod(io.fabric8.kubernetes.api.model.Pod pod) {
        var metadata = pod.getMetadata();
        var status = pod.getStatus();
        boolean ready = status != null
                && status.getConditions().stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
        return new Pod(
                metadata.getNamespace(),
                metadata.getName(),
                metadata.getUid(),
                metadata.getOwnerReferences().stream()
                        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                        .map(OwnerReference::getUid)
                        .findFirst()
                        .orElse(null),
                status == null ? null : status.getPodIP(),
                pod.getSpec().getNodeName(),
                ready,
                metadata.getDeletionTimestamp() != null,
                status == null
                        ? List.of()
                        : status.getContainerStatuses().stream()
                                .map(ClusterWatcher::container)
                                .toList());
    }

    private static Container container(ContainerStatus status) {
        ContainerStateTerminated now =
                status.getState() == null ? null : status.getState().getTerminated();
        ContainerStateTerminated last =
                status.getLastState() == null ? null : status.getLastState().getTerminated();
        ContainerStateTerminated ended = now != null ? now : last;
        return new Container(
                status.getName(),
                status.getRestartCount() == null ? 0 : status.getRestartCount(),
                status.getState() != null && status.getState().getRunning() != null,
                ended == null ? null : ended.getReason(),
                ended == null || ended.getExitCode() == null ? 0 : ended.getExitCode());
    }

    private static Workload workload(Deployment deployment) {
        DeploymentStatus status = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
        Long generation = deployment.getMetadata().getGeneration();
        Integer desired = deployment.getSpec().getReplicas();
        return new Workload(
                deployment.getMetadata().getNamespace(),
                deployment.getMetadata().getName(),
                desired == null ? 1 : desired,
                orZero(status.getReplicas()),
                orZero(status.getUpdatedReplicas()),
                orZero(status.getReadyReplicas()),
                orZero(status.getAvailableReplicas()),
                generation == null || generation.equals(status.getObservedGeneration()));
    }

    private static EndpointsSeen endpoints(EndpointSlice slice, long at, boolean gone) {
        List<Endpoint> endpoints = gone
                ? List.of()
                : slice.getEndpoints().stream()
                        .map(e -> new Endpoint(
                                e.getTargetRef() == null
                                        ? null
                                        : e.getTargetRef().getUid(),
                                e.getTargetRef() == null
                                        ? null
                                        : e.getTargetRef().getName(),
                                e.getConditions() == null
                                        || e.getConditions().getReady() == null
                                        || e.getConditions().getReady()))
                        .toList();
        String service = slice.getMetadata().getLabels() == null
                ? ""
                : slice.getMetadata().getLabels().getOrDefault("kubernetes.io/service-name", "");
        return new EndpointsSeen(
                at,
                slice.getMetadata().getNamespace(),
                service,
                slice.getMetadata().getName(),
                endpoints);
    }

    private static Recovery recovery(GenericKubernetesResource recovery) {
        List<?> attempts = recovery.get("status", "attempts");
        return new Recovery(
                recovery.getMetadata().getNamespace(),
                recovery.getMetadata().getName(),
                text(recovery, "spec", "target", "uid"),
                text(recovery, "spec", "target", "name"),
                text(recovery, "spec", "cause"),
                text(recovery, "status", "phase"),
                recovery.get("status", "action"),
                attempts == null ? 0 : attempts.size());
    }

    private static String text(GenericKubernetesResource resource, Object... path) {
        Object value = resource.get(path);
        return value == null ? "" : value.toString();
    }

    private static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }
}
