package dev.kintsugi.chaos.mesh;

import dev.kintsugi.chaos.model.PodInfo;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads of a pod what experiments need to know. */
public final class PodReader {

    private PodReader() {}

    public static PodInfo read(Pod pod) {
        Optional<PodSpec> spec = Optional.ofNullable(pod.getSpec());
        Optional<PodStatus> status = Optional.ofNullable(pod.getStatus());
        return new PodInfo(
                text(pod.getMetadata().getNamespace()),
                text(pod.getMetadata().getName()),
                text(pod.getMetadata().getUid()),
                Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of()),
                Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of()),
                status.map(PodStatus::getPhase).orElse(""),
                spec.map(PodSpec::getNodeName).orElse(""),
                status.map(PodStatus::getPodIP).orElse(""),
                spec.map(PodSpec::getHostNetwork).orElse(false),
                pod.getMetadata().getDeletionTimestamp() != null,
                spec.map(PodSpec::getContainers).orElse(List.of()).stream()
                        .map(container -> container(
                                container,
                                status.map(PodStatus::getContainerStatuses).orElse(List.of())))
                        .toList());
    }

    private static PodInfo.Container container(Container container, List<ContainerStatus> statuses) {
        String id = statuses.stream()
                .filter(status -> container.getName().equals(status.getName()))
                .map(status -> text(status.getContainerID()))
                .findFirst()
                .orElse("");
        Quantity limit =
                container.getResources() == null || container.getResources().getLimits() == null
                        ? null
                        : container.getResources().getLimits().get("memory");
        return new PodInfo.Container(
                container.getName(),
                id,
                limit == null ? null : Quantity.getAmountInBytes(limit).longValue());
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
