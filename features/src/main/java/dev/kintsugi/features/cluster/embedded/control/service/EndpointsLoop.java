package dev.kintsugi.features.cluster.embedded.control.service;

import dev.kintsugi.features.cluster.embedded.EndpointAddresses;
import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lists the pods behind each Service in the Endpoints object of its name, as older clients want it: ready ones and others apart, those
 * that are being deleted not at all unless the Service publishes addresses that are not ready.
 */
public final class EndpointsLoop implements Loop {

    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String MANAGER = "endpoint-controller";

    /** Kubernetes itself has this label since 1.33. */
    private static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";

    private final TriggerTimes triggers = new TriggerTimes();
    private final EndpointAddresses addresses;

    /** @param addresses how pods' addresses are written */
    public EndpointsLoop(EndpointAddresses addresses) {
        this.addresses = addresses;
    }

    @Override
    public String name() {
        return "endpoints";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Service.class, Pod.class, Endpoints.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        return Stream.concat(change.states(Endpoints.class).map(Key::of), ServicePods.affected(change, world))
                .distinct();
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        Service service = world.get(Service.class, key).orElse(null);
        Endpoints present = world.get(Endpoints.class, key).orElse(null);
        if (service == null || service.getMetadata().getDeletionTimestamp() != null) {
            triggers.forget(key);
            return present == null ? Reaction.none() : withoutService(present);
        }
        if (!ServicePods.isSelecting(service)) {
            return Reaction.none();
        }
        Endpoints wanted = new EndpointsBuilder(present == null ? empty(service) : present)
                .editMetadata()
                .withLabels(labels(service))
                .endMetadata()
                .withSubsets(subsets(service, world))
                .build();
        Optional<Instant> trigger = triggers.next(service, ServicePods.selected(service, world));
        if (present == null) {
            return Reaction.of(new Write.Create(stamped(wanted, trigger), null));
        }
        return wanted.equals(present) ? Reaction.none() : Reaction.of(new Write.Replace(stamped(wanted, trigger)));
    }

    private static Endpoints stamped(Endpoints endpoints, Optional<Instant> trigger) {
        EndpointsBuilder stamped = new EndpointsBuilder(endpoints)
                .editMetadata()
                .removeFromAnnotations(TriggerTimes.ANNOTATION)
                .endMetadata();
        trigger.ifPresent(time -> stamped.editMetadata()
                .addToAnnotations(TriggerTimes.ANNOTATION, Times.seconds(time))
                .endMetadata());
        return stamped.build();
    }

    /** Endpoints have no owner, so that the loop takes away what it made itself. */
    private static Reaction withoutService(Endpoints present) {
        return MANAGER.equals(Selectors.labels(present).get(MANAGED_BY))
                ? Reaction.of(new Write.Delete(present, Write.Propagation.BACKGROUND))
                : Reaction.none();
    }

    private static Endpoints empty(Service service) {
        return new EndpointsBuilder()
                .withNewMetadata()
                .withName(service.getMetadata().getName())
                .withNamespace(service.getMetadata().getNamespace())
                .endMetadata()
                .build();
    }

    private static Map<String, String> labels(Service service) {
        Map<String, String> labels = new LinkedHashMap<>(Selectors.labels(service));
        labels.put(MANAGED_BY, MANAGER);
        if (ServicePods.isHeadless(service)) {
            labels.put(HEADLESS, "");
        }
        return labels;
    }

    /** Pods with the same ports together; the addresses in their order. */
    private List<EndpointSubset> subsets(Service service, World world) {
        boolean all = ServicePods.publishesNotReady(service);
        Map<List<EndpointPort>, EndpointSubsetBuilder> subsets = new LinkedHashMap<>();
        ServicePods.behind(service, world).stream()
                .filter(pod -> all || !Pods.isTerminating(pod))
                .sorted(Comparator.comparing(pod -> pod.getStatus().getPodIP()))
                .forEach(pod -> {
                    List<EndpointPort> ports = ports(service, pod);
                    EndpointSubsetBuilder subset =
                            subsets.computeIfAbsent(ports, unused -> new EndpointSubsetBuilder().withPorts(ports));
                    if (all || Pods.isReady(pod)) {
                        subset.addToAddresses(address(pod));
                    } else {
                        subset.addToNotReadyAddresses(address(pod));
                    }
                });
        return subsets.values().stream().map(EndpointSubsetBuilder::build).toList();
    }

    private static List<EndpointPort> ports(Service service, Pod pod) {
        List<EndpointPort> ports = new ArrayList<>();
        ServicePods.ports(service).forEach(port -> ServicePods.target(port, pod)
                .ifPresent(number -> ports.add(new EndpointPortBuilder()
                        .withName(port.getName())
                        .withProtocol(ServicePods.protocol(port))
                        .withPort(number)
                        .build())));
        return ports;
    }

    private EndpointAddress address(Pod pod) {
        return new EndpointAddressBuilder()
                .withIp(addresses.written(pod.getStatus().getPodIP()))
                .withNodeName(pod.getSpec().getNodeName())
                .withNewTargetRef()
                .withKind("Pod")
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endTargetRef()
                .build();
    }
}
