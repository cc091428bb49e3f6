package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.model.Dependency;
import dev.kintsugi.healer.model.NamespaceState;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Revision;
import dev.kintsugi.healer.model.ServiceState;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.Surroundings;
import dev.kintsugi.healer.model.WorkloadState;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sees the cluster: mirrors what the diagnoses need, tells of changes, and composes observations. */
public final class Observer implements AutoCloseable {

    private final InstantSource clock;
    private final Mirror<Pod, PodState> pods;
    private final Mirror<Node, NodeState> nodes;
    private final Mirror<ReplicaSet, Owned> replicaSets;
    private final Mirror<Deployment, WorkloadState> deployments;
    private final Mirror<StatefulSet, WorkloadState> statefulSets;
    private final Mirror<DaemonSet, WorkloadState> daemonSets;
    private final Mirror<PodDisruptionBudget, Budget> budgets;
    private final Mirror<EndpointSlice, Slice> slices;
    private final Mirror<Namespace, NamespaceState> namespaces;
    private final Mirror<ControllerRevision, Held> controllerRevisions;
    private final Mirror<Service, ServiceState> services;

    /** The UIDs of the pods (and ReplicaSets) that an owner controls, by the owner's UID. */
    private final Map<String, Set<String>> controlled = new ConcurrentHashMap<>();

    private final Map<String, NodeState> nodesByName = new ConcurrentHashMap<>();
    private final Map<String, ServiceState> servicesByName = new ConcurrentHashMap<>();
    private final Map<String, NamespaceState> namespacesByName = new ConcurrentHashMap<>();
    private final Map<String, Integer> podsByNamespace = new ConcurrentHashMap<>();
    private volatile Instant fedUntil;

    /** Hears what has changed; called from the client's threads, so should return at once. */
    public interface Listener {
        /** A pod, workload or node was added, changed or is gone. */
        void targetChanged(ObjectRef target);

        /** Something changed that verification may hang on: a workload, or a pod of it. */
        void surroundingsChanged(String ownerUid);
    }

    private record Owned(WorkloadState state, @Nullable ObjectRef controller, Revision revision) {}

    private record Held(Revision revision, @Nullable ObjectRef controller) {}

    private record Budget(String namespace, @Nullable LabelSelector selector) {}

    private record Slice(String service, int ready) {}

    /** Prepares to watch everything in every namespace; see {@link #start}. */
    public Observer(KubernetesClient client, InstantSource clock, Listener listener) {
        this.clock = clock;
        this.fedUntil = Instant.MIN;
        this.pods = new Mirror<>(
                "Pod",
                client.pods().inAnyNamespace(),
                Pod::new,
                (pod, before) -> Reader.pod(pod, before, now()),
                (before, now) -> podChanged(before, now, listener));
        this.nodes = new Mirror<>(
                "Node",
                client.nodes(),
                Node::new,
                (node, before) -> Reader.node(node, before, now()),
                (before, now) -> nodeChanged(before, now, listener));
        this.replicaSets = new Mirror<>(
                "ReplicaSet",
                client.apps().replicaSets().inAnyNamespace(),
                ReplicaSet::new,
                (set, before) -> new Owned(Workloads.replicaSet(set), Reader.controller(set), Revisions.of(set)),
                (before, now) -> replicaSetChanged(before, now, listener));
        this.deployments = new Mirror<>(
                "Deployment",
                client.apps().deployments().inAnyNamespace(),
                Deployment::new,
                (object, before) -> Workloads.deployment(object, before, now()),
                (before, now) -> workloadChanged(before, now, listener));
        this.statefulSets = new Mirror<>(
                "StatefulSet",
                client.apps().statefulSets().inAnyNamespace(),
                StatefulSet::new,
                (object, before) -> Workloads.statefulSet(object, before, now()),
                (before, now) -> workloadChanged(before, now, listener));
        this.daemonSets = new Mirror<>(
                "DaemonSet",
                client.apps().daemonSets().inAnyNamespace(),
                DaemonSet::new,
                (object, before) -> Workloads.daemonSet(object, before, now()),
                (before, now) -> workloadChanged(before, now, listener));
        this.budgets = new Mirror<>(
                "PodDisruptionBudget",
                client.policy().v1().podDisruptionBudget().inAnyNamespace(),
                PodDisruptionBudget::new,
                (object, before) -> new Budget(
                        object.getMetadata().getNamespace(), object.getSpec().getSelector()),
                (before, now) -> {});
        this.slices = new Mirror<>(
                "EndpointSlice",
                client.discovery().v1().endpointSlices().inAnyNamespace(),
                EndpointSlice::new,
                (object, before) -> slice(object),
                (before, now) -> {});
        this.namespaces = new Mirror<>(
                "Namespace",
                client.namespaces(),
                Namespace::new,
                (object, before) -> Reader.namespace(object),
                this::namespaceChanged);
        this.controllerRevisions = new Mirror<>(
                "ControllerRevision",
                client.apps().controllerRevisions().inAnyNamespace(),
                ControllerRevision::new,
                (object, before) -> new Held(Revisions.of(object), Reader.controller(object)),
                (before, now) -> revisionChanged(before, now));
        this.services = new Mirror<>(
                "Service",
                client.services().inAnyNamespace(),
                Service::new,
                (object, before) -> Reader.service(object),
                this::serviceChanged);
    }

    /** Begins to watch; done when everything that exists has been heard of. */
    public CompletableFuture<Void> start() {
        return CompletableFuture.allOf(
                mirrors().map(m -> m.start().toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    /** The kinds whose watch is not open right now. */
    public List<String> notWatching() {
        return mirrors().filter(m -> !m.watching()).map(Mirror::kind).toList();
    }

    /** The last instant at which every watch was known to be open. */
    public Instant fedUntil() {
        if (notWatching().isEmpty()) {
            fedUntil = clock.instant();
        }
        return fedUntil;
    }

    /** Every pod there is. */
    public Collection<PodState> pods() {
        return pods.all();
    }

    /** Every Deployment, StatefulSet and DaemonSet there is. */
    public Stream<WorkloadState> workloads() {
        return Stream.of(deployments, statefulSets, daemonSets).flatMap(m -> m.all().stream());
    }

    /** Every node there is. */
    public Collection<NodeState> nodes() {
        return nodes.all();
    }

    /** Whether the newest revision of a workload is known to be good already. */
    public boolean knownGood(ObjectRef workload) {
        return new Surroundings(null, revisionsOf(workload.uid()))
                .newest()
                .filter(revision -> revision.verifiedAt() != null)
                .isPresent();
    }

    /** Whether there is a pod, workload or node of that UID. */
    public boolean exists(String uid) {
        return pods.get(uid) != null || nodes.get(uid) != null || workload(uid) != null;
    }

    /** How many pods there are in a namespace; in the cluster, for the empty name. */
    public int podCount(String namespace) {
        return namespace.isEmpty() ? pods.all().size() : podsByNamespace.getOrDefault(namespace, 0);
    }

    /**
     * A pod and its node, or a workload or node alone, without anything that only decisions need; enough to tell whether something
     * is wrong.
     */
    public Observation glance(ObjectRef target) {
        PodState pod = pods.get(target.uid());
        return new Observation(
                fedUntil(),
                target,
                pod,
                target.kind().equals("Pod") ? null : workload(target.uid()),
                pod != null && pod.controller() != null,
                List.of(),
                target.kind().equals("Node") ? Map.of(target.name(), node(target)) : nodesOf(Stream.ofNullable(pod)),
                Set.of(),
                List.of(),
                null);
    }

    /**
     * A pod, workload or node and everything around it.
     *
     * @param formerOwner what owned it when it was last seen, so that a pod that is gone has surroundings, too
     */
    public Observation observe(ObjectRef target, @Nullable ObjectRef formerOwner) {
        if (target.kind().equals("Node")) {
            return observeNode(target);
        }
        PodState pod = pods.get(target.uid());
        ObjectRef own = target.kind().equals("Pod") ? formerOwner : target;
        ObjectRef owner = pod == null || pod.controller() == null ? own : pod.controller();
        WorkloadState workload = owner == null ? null : workload(owner.uid());
        String ownerUid = workload != null ? workload.ref().uid() : owner == null ? "" : owner.uid();
        List<PodState> peers = podsOf(ownerUid)
                .filter(p -> !p.ref().uid().equals(target.uid()))
                .toList();
        List<PodState> all =
                Stream.concat(Stream.ofNullable(pod), peers.stream()).toList();
        return new Observation(
                fedUntil(),
                target,
                pod,
                workload,
                owner != null,
                peers,
                nodesOf(all.stream()),
                all.stream().filter(this::budgeted).map(p -> p.ref().uid()).collect(Collectors.toSet()),
                dependencies(target.namespace(), pod, workload, all),
                null,
                new Surroundings(namespacesByName.get(target.namespace()), revisionsOf(ownerUid)));
    }

    /** A node with the pods that are on it, and all other nodes. */
    private Observation observeNode(ObjectRef target) {
        Map<String, NodeState> all = new HashMap<>(nodesByName);
        all.values().removeIf(n -> n.condition() == NodeState.Condition.GONE);
        all.put(target.name(), node(target));
        return new Observation(
                fedUntil(),
                target,
                null,
                null,
                false,
                pods.all().stream()
                        .filter(p -> target.name().equals(p.nodeName()))
                        .toList(),
                all,
                Set.of(),
                List.of(),
                null);
    }

    /** The UID of the workload that a pod belongs to in the end; empty for a bare pod. */
    public String ownerUid(PodState pod) {
        if (pod.controller() == null) {
            return "";
        }
        WorkloadState workload = workload(pod.controller().uid());
        return workload == null ? pod.controller().uid() : workload.ref().uid();
    }

    @Override
    public void close() {
        mirrors().forEach(Mirror::close);
    }

    /** Reads a pod as if a watch had brought it; for warming up. */
    public static PodState read(KubernetesSerialization serialization, String json, Instant now) {
        return Reader.pod(serialization.unmarshal(json, Pod.class), null, now);
    }

    private Stream<Mirror<?, ?>> mirrors() {
        return Stream.of(
                pods,
                nodes,
                replicaSets,
                deployments,
                statefulSets,
                daemonSets,
                budgets,
                slices,
                namespaces,
                controllerRevisions,
                services);
    }

    private @Nullable WorkloadState workload(String uid) {
        Owned set = replicaSets.get(uid);
        if (set != null) {
            WorkloadState deployment = set.controller == null ? null : workload(set.controller.uid());
            return deployment == null ? set.state : deployment;
        }
        return Stream.of(deployments, statefulSets, daemonSets)
                .map(m -> m.get(uid))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private Stream<PodState> podsOf(String ownerUid) {
        return controlled.getOrDefault(ownerUid, Set.of()).stream().flatMap(uid -> {
            PodState pod = pods.get(uid);
            return pod == null ? podsOf(uid) : Stream.of(pod);
        });
    }

    private List<Revision> revisionsOf(String ownerUid) {
        return controlled.getOrDefault(ownerUid, Set.of()).stream()
                .flatMap(uid -> {
                    Owned set = replicaSets.get(uid);
                    Held held = set == null ? controllerRevisions.get(uid) : null;
                    return set != null
                            ? Stream.of(set.revision)
                            : Stream.ofNullable(held).map(Held::revision);
                })
                .toList();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private Map<String, NodeState> nodesOf(Stream<PodState> of) {
        Map<String, NodeState> found = new HashMap<>();
        of.map(PodState::nodeName).filter(Objects::nonNull).forEach(name -> found.put(name, node(name)));
        return found;
    }

    /** A node of that UID; another of its name is not it. */
    private NodeState node(ObjectRef target) {
        NodeState node = nodes.get(target.uid());
        return node == null ? new NodeState(target.name(), NodeState.Condition.GONE, clock.instant()) : node;
    }

    private NodeState node(String name) {
        return nodesByName.computeIfAbsent(name, n -> new NodeState(n, NodeState.Condition.GONE, clock.instant()));
    }

    private boolean budgeted(PodState pod) {
        return budgets.all().stream()
                .anyMatch(b -> b.namespace.equals(pod.ref().namespace()) && Selector.matches(b.selector, pod.labels()));
    }

    private List<Dependency> dependencies(
            String namespace, @Nullable PodState pod, @Nullable WorkloadState workload, List<PodState> own) {
        return Stream.of(
                        Optional.ofNullable(pod).map(PodState::settings),
                        Optional.ofNullable(workload).map(WorkloadState::settings))
                .flatMap(Optional::stream)
                .map(Settings::dependsOn)
                .flatMap(List::stream)
                .map(service -> service.contains("/") ? service : namespace + "/" + service)
                .distinct()
                .map(service -> new Dependency(service, readyEndpoints(service), isOwn(service, own)))
                .toList();
    }

    private int readyEndpoints(String service) {
        return slices.all().stream()
                .filter(s -> s.service.equals(service))
                .mapToInt(Slice::ready)
                .sum();
    }

    private boolean isOwn(String service, List<PodState> pods) {
        ServiceState state = servicesByName.get(service);
        return state != null && pods.stream().anyMatch(state::selects);
    }

    /** A missing ready means true, a missing terminating means false (EndpointSlice API). */
    private static Slice slice(EndpointSlice object) {
        String service = Optional.ofNullable(object.getMetadata().getLabels())
                .map(l -> l.get("kubernetes.io/service-name"))
                .orElse("");
        int ready = object.getEndpoints() == null
                ? 0
                : (int) object.getEndpoints().stream()
                        .filter(e -> e.getConditions() == null
                                || !Boolean.FALSE.equals(e.getConditions().getReady()))
                        .count();
        return new Slice(object.getMetadata().getNamespace() + "/" + service, ready);
    }

    private void podChanged(@Nullable PodState before, @Nullable PodState now, Listener listener) {
        PodState pod = Objects.requireNonNull(now == null ? before : now);
        ObjectRef controller = pod.controller();
        if (controller != null) {
            own(controller.uid(), pod.ref().uid(), now != null);
        }
        if (before == null || now == null) {
            podsByNamespace.merge(pod.ref().namespace(), now == null ? -1 : 1, (a, b) -> a + b == 0 ? null : a + b);
        }
        listener.targetChanged(pod.ref());
        String owner = ownerUid(pod);
        if (!owner.isEmpty()) {
            listener.surroundingsChanged(owner);
        }
    }

    private void nodeChanged(@Nullable NodeState before, @Nullable NodeState now, Listener listener) {
        NodeState state = now != null
                ? now
                : new NodeState(Objects.requireNonNull(before).name(), NodeState.Condition.GONE, clock.instant());
        nodesByName.put(state.name(), state);
        listener.targetChanged(
                Objects.requireNonNull(now == null ? before : now).ref());
    }

    private void namespaceChanged(@Nullable NamespaceState before, @Nullable NamespaceState now) {
        if (now != null) {
            namespacesByName.put(now.name(), now);
        } else if (before != null) {
            namespacesByName.remove(before.name());
        }
    }

    private void serviceChanged(@Nullable ServiceState before, @Nullable ServiceState now) {
        ServiceState service = Objects.requireNonNull(now == null ? before : now);
        String name = service.ref().namespace() + "/" + service.ref().name();
        if (now != null) {
            servicesByName.put(name, now);
        } else {
            servicesByName.remove(name);
        }
    }

    private void revisionChanged(@Nullable Held before, @Nullable Held now) {
        Held held = Objects.requireNonNull(now == null ? before : now);
        if (held.controller != null) {
            own(held.controller.uid(), held.revision.ref().uid(), now != null);
        }
    }

    private void replicaSetChanged(@Nullable Owned before, @Nullable Owned now, Listener listener) {
        Owned set = Objects.requireNonNull(now == null ? before : now);
        if (set.controller != null) {
            own(set.controller.uid(), set.state.ref().uid(), now != null);
        }
        listener.surroundingsChanged(set.controller == null ? set.state.ref().uid() : set.controller.uid());
    }

    private static void workloadChanged(
            @Nullable WorkloadState before, @Nullable WorkloadState now, Listener listener) {
        ObjectRef workload = Objects.requireNonNull(now == null ? before : now).ref();
        listener.targetChanged(workload);
        listener.surroundingsChanged(workload.uid());
    }

    private void own(String owner, String owned, boolean exists) {
        controlled.compute(owner, (uid, set) -> {
            Set<String> kept = set == null ? ConcurrentHashMap.newKeySet() : set;
            if (exists) {
                kept.add(owned);
            } else {
                kept.remove(owned);
            }
            return kept.isEmpty() ? null : kept;
        });
    }
}
