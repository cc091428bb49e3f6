package dev.kintsugi.chaos.mesh;

import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.chaos.model.Victims;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts experiments into a cluster, waits until they are in force, and takes them out again. It speaks only the Kubernetes
 * API and Chaos Mesh's resources, so that it is the same for every cluster.
 *
 * <p>No call takes longer than its deadline, whatever the cluster does. Closing the driver does not remove anything that has no lease;
 * that is what {@link #removeAll} is for.
 */
public final class ChaosDriver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChaosDriver.class);
    private static final String CLEAN_FINALIZER = "chaos-mesh.chaos-mesh.org/cleanFinalizer";

    private final KubernetesClient client;
    private final LongSupplier nanoTime;
    private final ExperimentEvents events;
    private final Bounded bounded = new Bounded();
    private final Set<Reference> created = ConcurrentHashMap.newKeySet();
    private final Map<Reference, Lease> leases = new ConcurrentHashMap<>();
    private final boolean leased;

    /**
     * A driver for a cluster.
     *
     * @param nanoTime the monotonic clock of all stamps, normally {@code System::nanoTime}
     */
    public ChaosDriver(KubernetesClient client, LongSupplier nanoTime) {
        this(client, nanoTime, false);
    }

    /**
     * A driver whose injections the cluster takes back when this process is not heard of any more, see {@link Lease}.
     *
     * @param nanoTime the monotonic clock of all stamps, normally {@code System::nanoTime}
     */
    public static ChaosDriver leased(KubernetesClient client, LongSupplier nanoTime) {
        return new ChaosDriver(client, nanoTime, true);
    }

    private ChaosDriver(KubernetesClient client, LongSupplier nanoTime, boolean leased) {
        this.leased = leased;
        this.client = client;
        this.nanoTime = nanoTime;
        this.events = new ExperimentEvents(client);
    }

    /**
     * Injects a fault: chooses the victims by the seed, creates the resource with the victims written out, and waits until the
     * status says that each of them has the fault.
     *
     * @param deadline for all of it
     */
    public Outcome inject(Experiment experiment, long seed, Duration deadline) throws InterruptedException {
        long deadlineNanos = nanoTime.getAsLong() + deadline.toNanos();
        try {
            List<PodInfo> victims = choose(experiment, experiment.target(), seed, deadlineNanos);
            if (victims.isEmpty()) {
                return nothingMatches(experiment, experiment.target());
            }
            Experiment explicit = experiment.withTarget(Target.all(Selector.exactly(victims)));
            if (experiment.fault() instanceof Fault.Network fault
                    && fault.traffic().peer() != null) {
                Target peer = fault.traffic().peer();
                List<PodInfo> peers = choose(experiment, peer, seed + 1, deadlineNanos);
                if (peers.isEmpty()) {
                    return nothingMatches(experiment, peer);
                }
                explicit =
                        explicit.withFault(fault.with(fault.traffic().withPeer(Target.all(Selector.exactly(peers)))));
            }
            return leased
                    ? applyLeased(explicit, victims, deadlineNanos)
                    : apply(Manifests.resource(explicit), victims, deadlineNanos);
        } catch (TimeoutException e) {
            return new Outcome.NotInjected(
                    "the cluster did not answer within " + seconds(deadline), List.of(), Optional.empty());
        } catch (KubernetesClientException e) {
            return new Outcome.NotInjected("the cluster failed: " + message(e), List.of(), Optional.empty());
        }
    }

    /**
     * Creates a resource of any kind whose victims are known, and waits until the status says that each of them has the fault. A
     * Schedule, a Workflow or a StatusCheck is in force when it is accepted.
     *
     * @param deadline for all of it
     */
    public Outcome apply(GenericKubernetesResource resource, List<PodInfo> victims, Duration deadline)
            throws InterruptedException {
        try {
            return apply(resource, victims, nanoTime.getAsLong() + deadline.toNanos());
        } catch (KubernetesClientException e) {
            return new Outcome.NotInjected("the cluster failed: " + message(e), List.of(), Optional.empty());
        }
    }

    private Outcome apply(GenericKubernetesResource resource, List<PodInfo> victims, long deadlineNanos)
            throws InterruptedException {
        Sight toOpen = new Sight(
                client.genericKubernetesResources(Manifests.context(resource.getKind()))
                        .inNamespace(resource.getMetadata().getNamespace())
                        .withName(resource.getMetadata().getName()),
                nanoTime,
                bounded);
        try (Sight sight = toOpen.open(deadlineNanos)) {
            return create(resource, victims, sight, deadlineNanos);
        }
    }

    /** What ends by itself within the time that a lease would take needs none. */
    private Outcome applyLeased(Experiment experiment, List<PodInfo> victims, long deadlineNanos)
            throws InterruptedException {
        GenericKubernetesResource resource = Manifests.resource(experiment);
        Lease lease;
        try {
            lease = Lease.take(
                            client,
                            nanoTime,
                            experiment.namespace(),
                            Lease.self(),
                            Lease.TERM,
                            Duration.ofNanos(Math.max(0, (deadlineNanos - nanoTime.getAsLong()) / 2)))
                    .hold();
        } catch (Lease.Unavailable e) {
            if (Lease.isNeedless(experiment.fault().isOneShot(), experiment.duration())) {
                return apply(resource, victims, deadlineNanos);
            }
            return new Outcome.Refused("nothing would end " + experiment + " if this process died: " + e.getMessage()
                    + "; be allowed to create, get, patch and delete jobs in " + experiment.namespace());
        }
        resource.getMetadata().setOwnerReferences(List.of(lease.owner()));
        Outcome outcome = apply(resource, victims, deadlineNanos);
        outcome.created().ifPresentOrElse(reference -> leases.put(reference, lease), lease::close);
        return outcome;
    }

    /** The pods that {@link #inject} would hit now. Changes nothing. */
    public List<PodInfo> victims(Experiment experiment, long seed, Duration deadline)
            throws InterruptedException, TimeoutException {
        return choose(experiment, experiment.target(), seed, nanoTime.getAsLong() + deadline.toNanos());
    }

    /** Removes an experiment, and waits until its controllers have taken the fault back and let it go. */
    public Removal remove(Reference reference, Duration deadline) throws InterruptedException {
        return remove(reference, deadline, false);
    }

    /**
     * Removes an experiment whose controllers cannot take the fault back, by asking them to let it go regardless. The fault
     * may stay behind on its targets.
     */
    public Removal forceRemove(Reference reference, Duration deadline) throws InterruptedException {
        return remove(reference, deadline, true);
    }

    /** Removes all that this driver created and has not removed yet. {@code deadline} is for each. */
    public List<Removal> removeAll(Duration deadline) throws InterruptedException {
        List<Removal> removals = new ArrayList<>();
        for (Reference reference : List.copyOf(created)) {
            removals.add(remove(reference, deadline));
        }
        return removals;
    }

    /** What this driver created and has not seen gone. */
    public Set<Reference> present() {
        return Set.copyOf(created);
    }

    /** What is still there goes with its lease, if it has one. */
    @Override
    public void close() {
        leases.values().forEach(Lease::close);
        bounded.close();
    }

    /**
     * Pods that match and are alive: one that is going or has finished cannot show an effect. Only so is what the
     * seed chooses the same on each run.
     */
    private List<PodInfo> choose(Experiment experiment, Target target, long seed, long deadlineNanos)
            throws InterruptedException, TimeoutException {
        Selector selector = target.selector();
        List<PodInfo> matching = bounded.call(
                deadlineNanos - nanoTime.getAsLong(), () -> selector.namespaces(experiment.namespace()).stream()
                        .flatMap(namespace -> pods(namespace, selector.pods().isEmpty() ? selector.labels() : Map.of()))
                        .filter(pod -> pod.isAlive() && selector.matches(pod, experiment.namespace()))
                        .toList());
        return Victims.choose(seed, target.mode(), matching);
    }

    private Stream<PodInfo> pods(String namespace, Map<String, String> labels) {
        return client.pods().inNamespace(namespace).withLabels(labels).list().getItems().stream()
                .map(PodReader::read);
    }

    private static Outcome nothingMatches(Experiment experiment, Target target) {
        return new Outcome.NoTarget(
                "no living pod is hit by mode " + target.mode() + " among "
                        + target.selector().describe(experiment.namespace()),
                Optional.empty());
    }

    private Outcome create(GenericKubernetesResource manifest, List<PodInfo> victims, Sight sight, long deadlineNanos)
            throws InterruptedException {
        Reference unknown = new Reference(
                manifest.getKind(),
                manifest.getMetadata().getNamespace(),
                manifest.getMetadata().getName(),
                "");
        long requestedAt = nanoTime.getAsLong();
        GenericKubernetesResource accepted;
        try {
            accepted = bounded.call(deadlineNanos - requestedAt, () -> client.genericKubernetesResources(
                            Manifests.context(manifest.getKind()))
                    .inNamespace(manifest.getMetadata().getNamespace())
                    .resource(manifest)
                    .create());
        } catch (TimeoutException e) {
            return perhapsCreated(unknown, "the cluster did not answer the request to create " + unknown + " in time");
        } catch (KubernetesClientException e) {
            return refused(unknown, e);
        }
        long acceptedAt = nanoTime.getAsLong();
        Reference reference = new Reference(
                unknown.kind(),
                unknown.namespace(),
                unknown.name(),
                accepted.getMetadata().getUid());
        created.add(reference);
        LOG.info("created {}", reference);
        Success success = seen ->
                new Injection(reference, manifest, victims, requestedAt, acceptedAt, seen.atNanos(), seen.status());
        return reference.isExperiment()
                ? await(reference, sight, deadlineNanos, success)
                : new Outcome.Injected(success.of(new Observation(acceptedAt, accepted)));
    }

    /** Makes the record of an injection from the observation that shows it. */
    private interface Success {
        Injection of(Observation seen);
    }

    private Outcome await(Reference reference, Sight sight, long deadlineNanos, Success success)
            throws InterruptedException {
        Observation last = new Observation(nanoTime.getAsLong(), null);
        try {
            while (true) {
                Observation seen = sight.next(deadlineNanos);
                if (seen.isGone(reference.uid())) {
                    created.remove(reference);
                    return new Outcome.NotInjected(
                            reference + " was removed by somebody else before it was injected",
                            List.of(),
                            Optional.empty());
                }
                last = seen;
                if (seen.status().hasBeenInjected()) {
                    return new Outcome.Injected(success.of(seen));
                }
                if (seen.status().isWithoutTargets()) {
                    Optional<String> reason = failedSelection(reference, deadlineNanos);
                    if (reason.isPresent()) {
                        return new Outcome.NoTarget(reason.get(), Optional.of(reference));
                    }
                }
            }
        } catch (TimeoutException e) {
            return notInTime(reference, last);
        } catch (KubernetesClientException e) {
            return new Outcome.NotInjected(
                    "the cluster failed while waiting for " + reference + ": " + message(e),
                    evidence(reference, last),
                    Optional.of(reference));
        }
    }

    private Optional<String> failedSelection(Reference reference, long deadlineNanos)
            throws InterruptedException, TimeoutException {
        return bounded.call(deadlineNanos - nanoTime.getAsLong(), () -> events.failedSelection(reference));
    }

    private Outcome notInTime(Reference reference, Observation last) throws InterruptedException {
        Status status = last.status();
        List<String> evidence = evidence(reference, last);
        if (status.isWithoutTargets()) {
            return new Outcome.NoTarget(
                    "the controllers found no target for " + reference + " in time", Optional.of(reference));
        }
        String why = status.desiredPhase() == null
                ? "no controller has touched it: is Chaos Mesh running?"
                : status.failures().isEmpty() ? status.describe() : String.join("; ", status.failures());
        return new Outcome.NotInjected(
                reference + " was not injected in time: " + why, evidence, Optional.of(reference));
    }

    private Outcome refused(Reference unknown, KubernetesClientException e) {
        return switch (e.getCode()) {
            case 404 ->
                new Outcome.Refused("the cluster does not know " + Manifests.plural(unknown.kind()) + "."
                        + Manifests.GROUP + " or has no namespace " + unknown.namespace() + ": " + message(e)
                        + "; install Chaos Mesh, or create the namespace");
            case 409 -> new Outcome.Refused(unknown + " exists already; remove it, or choose another name");
            case 400, 401, 403, 422 -> new Outcome.Refused(unknown + " was refused: " + message(e));
            default -> perhapsCreated(unknown, "the cluster failed to create " + unknown + ": " + message(e));
        };
    }

    /** The request may have been carried out all the same, so there is something to remove, of unknown UID. */
    private Outcome perhapsCreated(Reference unknown, String reason) {
        created.add(unknown);
        return new Outcome.NotInjected(reason + "; it may exist all the same", List.of(), Optional.of(unknown));
    }

    private Removal remove(Reference reference, Duration deadline, boolean forced) throws InterruptedException {
        long requestedAt = nanoTime.getAsLong();
        long deadlineNanos = requestedAt + deadline.toNanos();
        Resource<GenericKubernetesResource> resource = resource(reference);
        Observation last = new Observation(requestedAt, null);
        try (Sight sight = new Sight(resource, nanoTime, bounded).open(deadlineNanos)) {
            bounded.call(deadlineNanos - nanoTime.getAsLong(), () -> {
                delete(resource, reference, forced);
                return true;
            });
            while (true) {
                Observation seen = sight.next(deadlineNanos);
                if (seen.isGone(reference.uid())) {
                    created.remove(reference);
                    Lease lease = leases.remove(reference);
                    if (lease != null) {
                        lease.close();
                    }
                    LOG.info("removed {}", reference);
                    return new Removal.Gone(reference, requestedAt, seen.atNanos());
                }
                last = seen;
            }
        } catch (TimeoutException e) {
            return new Removal.Leftover(
                    reference, reference + " is still there after " + seconds(deadline), evidence(reference, last));
        } catch (KubernetesClientException e) {
            return new Removal.Leftover(
                    reference,
                    "the cluster failed to remove " + reference + ": " + message(e),
                    evidence(reference, last));
        }
    }

    private static void delete(Resource<GenericKubernetesResource> resource, Reference reference, boolean forced) {
        @Nullable GenericKubernetesResource current = resource.get();
        if (current == null || !isMeant(reference, current)) {
            return;
        }
        if (forced) {
            resource.patch(
                    PatchContext.of(PatchType.JSON_MERGE),
                    "{\"metadata\":{\"annotations\":{\"" + CLEAN_FINALIZER + "\":\"forced\"}}}");
        }
        if (current.getMetadata().getDeletionTimestamp() == null) {
            resource.delete();
        }
    }

    /** The same UID; where that is not known, one that a driver of this kind created. */
    private static boolean isMeant(Reference reference, GenericKubernetesResource current) {
        Map<String, String> labels =
                Objects.requireNonNullElse(current.getMetadata().getLabels(), Map.of());
        return reference.uid().isEmpty()
                ? Manifests.KINTSUGI.equals(labels.get(Manifests.MANAGED_BY))
                : reference.uid().equals(current.getMetadata().getUid());
    }

    /** What is known of an experiment that did not do as it should. Asks once more, for a short time only. */
    private List<String> evidence(Reference reference, Observation last) throws InterruptedException {
        List<String> evidence = new ArrayList<>();
        if (last.resource() != null) {
            evidence.add("status: " + last.status().describe());
            if (!last.finalizers().isEmpty()) {
                evidence.add("finalizers: " + last.finalizers());
            }
            evidence.addAll(last.status().failures());
        }
        try {
            evidence.addAll(bounded.call(Duration.ofSeconds(1).toNanos(), () -> events.warnings(reference)));
        } catch (TimeoutException | KubernetesClientException e) {
            evidence.add("events: not readable");
        }
        return evidence;
    }

    private Resource<GenericKubernetesResource> resource(Reference reference) {
        return client.genericKubernetesResources(Manifests.context(reference.kind()))
                .inNamespace(reference.namespace())
                .withName(reference.name());
    }

    private static String message(KubernetesClientException e) {
        String fromServer = e.getStatus() == null ? null : e.getStatus().getMessage();
        return Objects.requireNonNullElse(fromServer, String.valueOf(e.getMessage()));
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }
}
