package dev.kintsugi.features.cluster.embedded.control.service;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists the pods behind each Service in EndpointSlices of at most 100. A pod is listed from when it has an address until its containers
 * have ended. It serves while it is ready; it is ready for new connections while it serves and is not being deleted, or always if the
 * Service publishes addresses that are not ready. Pods whose ports have other numbers are in other slices.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions">Conditions</a>
 */
public final class EndpointSliceLoop implements Loop {

    private static final String MANAGER = "endpointslice-controller.k8s.io";
    private static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    private static final String SERVICE = "kubernetes.io/service-name";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final int MOST = 100;

    /** What one slice is to hold. */
    private record Content(List<EndpointPort> ports, List<Endpoint> endpoints) {}

    @Override
    public String name() {
        return "endpointslice";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Service.class, Pod.class, EndpointSlice.class, Node.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        Stream<Key> ofSlices = change.states(EndpointSlice.class)
                .filter(EndpointSliceLoop::isManaged)
                .map(slice -> new Key(
                        slice.getMetadata().getNamespace(),
                        slice.getMetadata().getLabels().getOrDefault(SERVICE, "")));
        return Stream.concat(ofSlices, ServicePods.affected(change, world)).distinct();
    }

    private static boolean isManaged(EndpointSlice slice) {
        return MANAGER.equals(Selectors.labels(slice).get(MANAGED_BY));
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        Service service = world.get(Service.class, key).orElse(null);
        if (service == null
                || service.getMetadata().getDeletionTimestamp() != null
                || !ServicePods.isSelecting(service)) {
            return Reaction.none();
        }
        List<EndpointSlice> present = world.in(EndpointSlice.class, key.namespace()).stream()
                .filter(slice -> isManaged(slice)
                        && Owners.controls(service, slice)
                        && slice.getMetadata().getDeletionTimestamp() == null)
                .toList();
        return Reaction.of(reconcile(service, wanted(service, world, present), present));
    }

    /** Pods with the same ports together, in the order in which the present slices have them; one slice without pods if there are none. */
    private static List<Content> wanted(Service service, World world, List<EndpointSlice> present) {
        Map<String, Integer> order = new HashMap<>();
        present.forEach(slice ->
                orNone(slice.getEndpoints()).forEach(endpoint -> order.putIfAbsent(uid(endpoint), order.size())));
        Map<List<EndpointPort>, List<Endpoint>> byPorts = new LinkedHashMap<>();
        ServicePods.behind(service, world).stream()
                .sorted(Comparator.comparing(
                        pod -> order.getOrDefault(pod.getMetadata().getUid(), Integer.MAX_VALUE)))
                .forEach(pod -> byPorts.computeIfAbsent(ports(service, pod), unused -> new ArrayList<>())
                        .add(endpoint(service, pod, world)));
        List<Content> wanted = new ArrayList<>();
        byPorts.forEach((ports, endpoints) -> {
            for (int from = 0; from < endpoints.size(); from += MOST) {
                wanted.add(new Content(ports, endpoints.subList(from, Math.min(from + MOST, endpoints.size()))));
            }
        });
        return wanted.isEmpty() ? List.of(new Content(List.of(), List.of())) : wanted;
    }

    private static String uid(Endpoint endpoint) {
        return endpoint.getTargetRef() == null ? "" : endpoint.getTargetRef().getUid();
    }

    private static List<EndpointPort> ports(Service service, Pod pod) {
        List<EndpointPort> ports = new ArrayList<>();
        for (ServicePort port : ServicePods.ports(service)) {
            ServicePods.target(port, pod)
                    .ifPresent(number -> ports.add(new EndpointPortBuilder()
                            .withName(Objects.requireNonNullElse(port.getName(), ""))
                            .withProtocol(ServicePods.protocol(port))
                            .withAppProtocol(port.getAppProtocol())
                            .withPort(number)
                            .build()));
        }
        return ports;
    }

    private static Endpoint endpoint(Service service, Pod pod, World world) {
        boolean serving = Pods.isReady(pod);
        boolean terminating = Pods.isTerminating(pod);
        boolean ready = ServicePods.publishesNotReady(service) || (serving && !terminating);
        EndpointBuilder endpoint = new EndpointBuilder()
                .withAddresses(pod.getStatus().getPodIP())
                .withNewConditions(ready, serving, terminating)
                .withNodeName(pod.getSpec().getNodeName())
                .withNewTargetRef()
                .withKind("Pod")
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endTargetRef();
        if (pod.getSpec().getHostname() != null
                && service.getMetadata().getName().equals(pod.getSpec().getSubdomain())) {
            endpoint.withHostname(pod.getSpec().getHostname());
        }
        world.get(Node.class, "", Objects.requireNonNullElse(pod.getSpec().getNodeName(), ""))
                .map(node -> Selectors.labels(node).get(ZONE))
                .ifPresent(endpoint::withZone);
        return endpoint.build();
    }

    /** Each content goes into a slice that has its ports already, else into one that would be left over, else into a new one. */
    private static List<Write> reconcile(Service service, List<Content> wanted, List<EndpointSlice> present) {
        List<EndpointSlice> free = new ArrayList<>(present);
        List<Content> homeless = new ArrayList<>();
        List<Write> writes = new ArrayList<>();
        for (Content content : wanted) {
            EndpointSlice same = free.stream()
                    .filter(slice -> orNone(slice.getPorts()).equals(content.ports()))
                    .findFirst()
                    .orElse(null);
            if (same == null) {
                homeless.add(content);
            } else {
                free.remove(same);
                replace(service, same, content, writes);
            }
        }
        for (Content content : homeless) {
            if (free.isEmpty()) {
                writes.add(new Write.Create(filled(service, newSlice(service), content), null));
            } else {
                replace(service, free.remove(0), content, writes);
            }
        }
        free.forEach(slice -> writes.add(new Write.Delete(slice, Write.Propagation.DEFAULT)));
        return writes;
    }

    private static void replace(Service service, EndpointSlice slice, Content content, List<Write> writes) {
        EndpointSlice changed = filled(service, slice, content);
        boolean same = orNone(slice.getPorts()).equals(content.ports())
                && orNone(slice.getEndpoints()).equals(content.endpoints())
                && changed.getMetadata().getLabels().equals(slice.getMetadata().getLabels());
        if (!same) {
            writes.add(new Write.Replace(changed));
        }
    }

    private static EndpointSlice newSlice(Service service) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withGenerateName(service.getMetadata().getName() + "-")
                .withNamespace(service.getMetadata().getNamespace())
                .withOwnerReferences(Owners.referenceTo(service))
                .endMetadata()
                .withAddressType("IPv4")
                .build();
    }

    private static EndpointSlice filled(Service service, EndpointSlice slice, Content content) {
        Map<String, String> labels = new LinkedHashMap<>(Selectors.labels(service));
        labels.put(SERVICE, service.getMetadata().getName());
        labels.put(MANAGED_BY, MANAGER);
        labels.remove(HEADLESS);
        if (ServicePods.isHeadless(service)) {
            labels.put(HEADLESS, "");
        }
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .withLabels(labels)
                .endMetadata()
                .withPorts(content.ports())
                .withEndpoints(content.endpoints())
                .build();
    }

    private static <T> List<T> orNone(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
