package dev.kintsugi.features.cluster.embedded.control.service;

import dev.kintsugi.features.cluster.embedded.EndpointAddresses;
import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    /**
     * What one slice is to hold.
     *
     * @param slice the one that holds it already, at least in part; null if there is none
     */
    private record Content(@Nullable EndpointSlice slice, List<EndpointPort> ports, List<Endpoint> endpoints) {}

    private final TriggerTimes triggers = new TriggerTimes();
    private final EndpointAddresses addresses;

    /** One for an API server that takes loopback addresses. */
    public EndpointSliceLoop() {
        this(EndpointAddresses.SAME);
    }

    /** @param addresses how pods' addresses are written */
    public EndpointSliceLoop(EndpointAddresses addresses) {
        this.addresses = addresses;
    }

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
            triggers.forget(key);
            return Reaction.none();
        }
        List<EndpointSlice> present = world.ownedBy(service.getMetadata().getUid(), EndpointSlice.class).stream()
                .filter(slice -> isManaged(slice)
                        && Owners.controls(service, slice)
                        && slice.getMetadata().getDeletionTimestamp() == null)
                .toList();
        Optional<Instant> trigger = triggers.next(service, ServicePods.selected(service, world));
        return Reaction.of(writes(service, wanted(service, world), present, trigger));
    }

    /** Pods with the same ports together. */
    private Map<List<EndpointPort>, List<Endpoint>> wanted(Service service, World world) {
        Map<List<EndpointPort>, List<Endpoint>> byPorts = new LinkedHashMap<>();
        ServicePods.behind(service, world)
                .forEach(pod -> byPorts.computeIfAbsent(ports(service, pod), unused -> new ArrayList<>())
                        .add(endpoint(service, pod, world)));
        return byPorts;
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

    private Endpoint endpoint(Service service, Pod pod, World world) {
        boolean serving = Pods.isReady(pod);
        boolean terminating = Pods.isTerminating(pod);
        boolean ready = ServicePods.publishesNotReady(service) || (serving && !terminating);
        EndpointBuilder endpoint = new EndpointBuilder()
                .withAddresses(addresses.written(pod.getStatus().getPodIP()))
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

    /** What is without a slice goes into one that is left over, else into a new one; without any pod one empty slice stays. */
    private static List<Write> writes(
            Service service,
            Map<List<EndpointPort>, List<Endpoint>> wanted,
            List<EndpointSlice> present,
            Optional<Instant> trigger) {
        List<Content> contents = new ArrayList<>();
        wanted.forEach((ports, endpoints) -> contents.addAll(distributed(ports, endpoints, present)));
        if (contents.isEmpty()) {
            contents.add(new Content(null, List.of(), List.of()));
        }
        List<EndpointSlice> free = new ArrayList<>(present);
        contents.forEach(content -> free.remove(content.slice()));
        List<Write> writes = new ArrayList<>();
        for (Content content : contents) {
            EndpointSlice slice = content.slice();
            if (slice == null && !free.isEmpty()) {
                slice = free.remove(0);
            }
            if (slice == null) {
                writes.add(new Write.Create(filled(service, newSlice(service), content, trigger), null));
            } else if (!holds(slice, content) || !labels(service).equals(Selectors.labels(slice))) {
                writes.add(new Write.Replace(filled(service, slice, content, trigger)));
            }
        }
        free.forEach(slice -> writes.add(new Write.Delete(slice, Write.Propagation.DEFAULT)));
        return writes;
    }

    /** Endpoints stay in the slice in which they are; new ones go into the fullest slices that have room. */
    private static List<Content> distributed(
            List<EndpointPort> ports, List<Endpoint> endpoints, List<EndpointSlice> present) {
        Map<String, Endpoint> homeless = new LinkedHashMap<>();
        endpoints.forEach(endpoint -> homeless.put(uid(endpoint), endpoint));
        List<Content> contents = new ArrayList<>();
        for (EndpointSlice slice : present) {
            if (orNone(slice.getPorts()).equals(ports)) {
                List<Endpoint> kept = new ArrayList<>();
                for (Endpoint endpoint : orNone(slice.getEndpoints())) {
                    Endpoint still = homeless.remove(uid(endpoint));
                    if (still != null) {
                        kept.add(still);
                    }
                }
                contents.add(new Content(slice, ports, kept));
            }
        }
        contents.sort(Comparator.comparing(content -> -content.endpoints().size()));
        Deque<Endpoint> rest = new ArrayDeque<>(homeless.values());
        for (Content content : contents) {
            fill(content, rest);
        }
        while (!rest.isEmpty()) {
            Content more = new Content(null, ports, new ArrayList<>());
            fill(more, rest);
            contents.add(more);
        }
        contents.removeIf(content -> content.endpoints().isEmpty());
        return contents;
    }

    private static void fill(Content content, Deque<Endpoint> rest) {
        while (content.endpoints().size() < MOST && !rest.isEmpty()) {
            content.endpoints().add(rest.remove());
        }
    }

    private static boolean holds(EndpointSlice slice, Content content) {
        return orNone(slice.getPorts()).equals(content.ports())
                && orNone(slice.getEndpoints()).equals(content.endpoints());
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

    private static Map<String, String> labels(Service service) {
        Map<String, String> labels = new LinkedHashMap<>(Selectors.labels(service));
        labels.put(SERVICE, service.getMetadata().getName());
        labels.put(MANAGED_BY, MANAGER);
        labels.remove(HEADLESS);
        if (ServicePods.isHeadless(service)) {
            labels.put(HEADLESS, "");
        }
        return labels;
    }

    private static EndpointSlice filled(
            Service service, EndpointSlice slice, Content content, Optional<Instant> trigger) {
        EndpointSliceBuilder filled = new EndpointSliceBuilder(slice)
                .editMetadata()
                .withLabels(labels(service))
                .removeFromAnnotations(TriggerTimes.ANNOTATION)
                .endMetadata()
                .withPorts(content.ports())
                .withEndpoints(content.endpoints());
        trigger.ifPresent(time -> filled.editMetadata()
                .addToAnnotations(TriggerTimes.ANNOTATION, Times.seconds(time))
                .endMetadata());
        return filled.build();
    }

    private static <T> List<T> orNone(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
