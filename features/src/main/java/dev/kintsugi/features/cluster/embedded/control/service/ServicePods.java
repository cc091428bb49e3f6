package dev.kintsugi.features.cluster.embedded.control.service;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The pods that a Service selects and the ports they have for it. */
final class ServicePods {

    private ServicePods() {}

    /** Whether the endpoints of a Service are made from its selector; those of others are left to whoever makes them. */
    static boolean isSelecting(Service service) {
        Map<String, String> selector = service.getSpec().getSelector();
        return selector != null
                && !selector.isEmpty()
                && !"ExternalName".equals(service.getSpec().getType());
    }

    /** The Services that a changed Service or pod concerns. */
    static Stream<Key> affected(Change change, World world) {
        return Stream.concat(
                change.states(Service.class).map(Key::of),
                change.states(Pod.class)
                        .flatMap(
                                pod -> world.in(Service.class, pod.getMetadata().getNamespace()).stream()
                                        .filter(service -> isSelecting(service)
                                                && Selectors.matches(
                                                        service.getSpec().getSelector(), Selectors.labels(pod)))
                                        .map(Key::of)));
    }

    static List<Pod> selected(Service service, World world) {
        return world.pods()
                .labelled(
                        service.getMetadata().getNamespace(), service.getSpec().getSelector());
    }

    /** The selected pods that have an address and have not ended. */
    static List<Pod> behind(Service service, World world) {
        return selected(service, world).stream()
                .filter(pod -> !Pods.hasEnded(pod)
                        && pod.getStatus() != null
                        && pod.getStatus().getPodIP() != null
                        && !pod.getStatus().getPodIP().isEmpty())
                .toList();
    }

    static boolean publishesNotReady(Service service) {
        return Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
    }

    static boolean isHeadless(Service service) {
        return "None".equals(service.getSpec().getClusterIP());
    }

    static List<ServicePort> ports(Service service) {
        return service.getSpec().getPorts() == null
                ? List.of()
                : service.getSpec().getPorts();
    }

    /** The number of a port in a pod: the target itself, or that of the container port with its name; the Service's if there is none. */
    static Optional<Integer> target(ServicePort port, Pod pod) {
        IntOrString target = port.getTargetPort();
        if (target == null) {
            return Optional.of(port.getPort());
        }
        if (target.getStrVal() == null) {
            return Optional.of(target.getIntVal() == 0 ? port.getPort() : target.getIntVal());
        }
        return pod.getSpec().getContainers().stream()
                .map(Container::getPorts)
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .filter(one -> target.getStrVal().equals(one.getName())
                        && protocol(port).equals(protocol(one)))
                .map(ContainerPort::getContainerPort)
                .findFirst();
    }

    static String protocol(ServicePort port) {
        return Objects.requireNonNullElse(port.getProtocol(), "TCP");
    }

    private static String protocol(ContainerPort port) {
        return Objects.requireNonNullElse(port.getProtocol(), "TCP");
    }
}
