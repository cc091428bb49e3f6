package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.Notice;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: registers it, tells the cluster that it is alive and runs its pods.
 *
 * <p>It renews the Lease of its name in {@code kube-node-lease}, looks at its Node's status and writes it when it is not what it
 * should be or has not been written for long. A pod is run from the moment at which it is bound to the node.
 */
final class NodeAgent {

    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** For how long a node that is back says that it is not ready: long enough for the controllers to see it, as in recordings. */
    private static final Duration NOT_READY = Duration.ofMillis(250);

    private final Shared shared;
    private final NodeObject object;
    private final Duration offset;
    private final Mailbox mailbox;
    private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
    private @Nullable ScheduledFuture<?> leaseTimer;
    private @Nullable ScheduledFuture<?> statusTimer;
    private volatile boolean silent;
    private boolean silentByCall;
    private boolean silentByObject;
    private volatile @Nullable Node node;
    private Instant statusWrittenAt = Instant.EPOCH;

    NodeAgent(Shared shared, NodeObject object, Duration offset) {
        this.shared = shared;
        this.object = object;
        this.offset = offset;
        this.mailbox = new Mailbox(shared.blocking());
    }

    /** Creates the Node and its Lease, or takes over those of the name; then keeps both alive. */
    void register() {
        try {
            node = shared.client()
                    .nodes()
                    .resource(object.initial(shared.now()))
                    .create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            node = shared.client().nodes().withName(object.name()).get();
        }
        report(true);
        try {
            createLease();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            renewLease();
        }
        tell(false, "Starting", "Starting kubelet.");
        leaseTimer = every(shared.options().timings().nodeLeaseRenew(), this::renewLease);
        statusTimer = every(shared.options().timings().nodeStatusUpdate(), this::writeStatus);
    }

    private void tell(boolean warning, String reason, String message) {
        shared.events().tellNode(object.name(), new Notice(warning, reason, message, ""), shared.now());
    }

    /** The nodes spread over the whole period, so that a thousand of them do not all write at once. */
    private ScheduledFuture<?> every(Duration period, Runnable task) {
        double share = (double) offset.toNanos()
                / shared.options().timings().plegRelist().toNanos();
        long delay = (long) (share * period.toNanos());
        return shared.timer().scheduleAtFixedRate(() -> enqueue(task), delay, period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void enqueue(Runnable task) {
        if (silent) {
            return;
        }
        mailbox.execute(() -> attempt(task));
    }

    private void attempt(Runnable task) {
        if (silent) {
            return;
        }
        try {
            task.run();
        } catch (KubernetesClientException e) {
            if (silent) {
                return;
            }
            LOG.warn("Node {}: could not tell that it is alive: {}", object.name(), e.getMessage());
        }
    }

    private void renewLease() {
        String patch = "{\"spec\":{\"holderIdentity\":\"" + object.name() + "\",\"leaseDurationSeconds\":"
                + leaseSeconds() + ",\"renewTime\":\"" + MICROSECONDS.format(shared.now()) + "\"}}";
        try {
            // The client reads an object that is only named before it patches it; one that it is given it does not.
            shared.client().leases().resource(object.leaseName()).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            createLease();
        }
    }

    private void createLease() {
        Node owner = node;
        if (owner != null) {
            String now = MICROSECONDS.format(shared.now());
            shared.client()
                    .leases()
                    .resource(object.lease(owner, leaseSeconds(), now))
                    .create();
        }
    }

    private long leaseSeconds() {
        return Math.max(1, shared.options().timings().nodeLeaseDuration().toSeconds());
    }

    private void writeStatus() {
        Node seen = node;
        Duration report = shared.options().timings().nodeStatusReport();
        if (seen != null
                && (Duration.between(statusWrittenAt, shared.now()).compareTo(report) >= 0 || !healthy(seen))) {
            report(true);
        }
    }

    private void report(boolean ready) {
        Node seen = node;
        if (seen != null) {
            Instant now = shared.now();
            shared.client()
                    .nodes()
                    .resource(seen)
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), object.statusPatch(seen, ready, now));
            statusWrittenAt = now;
        }
    }

    private static boolean healthy(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .filter(each -> each.getType().equals("Ready"))
                        .map(NodeCondition::getStatus)
                        .anyMatch("True"::equals);
    }

    /** The node's object is now this one. */
    void node(Node seen) {
        Node before = node;
        node = seen;
        try {
            silenceByObject(NodeObject.asksForSilence(seen));
        } catch (IllegalArgumentException e) {
            if (before == null
                    || !Objects.equals(
                            before.getMetadata().getAnnotations(),
                            seen.getMetadata().getAnnotations())) {
                tell(true, "InvalidSimulation", String.valueOf(e.getMessage()));
            }
        }
    }

    /** The node's object was deleted. As a kubelet, the agent does not register it again. */
    void nodeRemoved() {
        node = null;
        LOG.warn("Node {}: its object is gone; it is registered again when the cluster is started anew", object.name());
    }

    /** A pod is bound to this node, or has changed. */
    void pod(Pod pod) {
        String uid = pod.getMetadata().getUid();
        PodWorker known = workers.get(uid);
        if (known != null) {
            known.changed(pod);
            return;
        }
        boolean ended = pod.getStatus() != null
                && ("Succeeded".equals(pod.getStatus().getPhase())
                        || "Failed".equals(pod.getStatus().getPhase()));
        if (ended && pod.getMetadata().getDeletionTimestamp() == null) {
            return;
        }
        PodWorker worker = new PodWorker(shared, object.name(), object.address(), offset, pod, () -> gone(uid));
        if (silent) {
            worker.hold();
        }
        workers.put(uid, worker);
        shared.index().put(pod, worker);
        worker.begin();
    }

    private void gone(String uid) {
        PodWorker worker = workers.remove(uid);
        if (worker != null) {
            shared.index().remove(worker);
        }
        shared.logs().forget(uid);
    }

    void podRemoved(Pod last) {
        PodWorker known = workers.get(last.getMetadata().getUid());
        if (known != null) {
            known.removed(last);
        }
    }

    Collection<PodWorker> workers() {
        return workers.values();
    }

    /** As if the agent's process were gone: no Lease, no status, no decisions; containers run on. */
    synchronized void silence() {
        silenced(true, silentByObject);
    }

    synchronized void restore() {
        silenced(false, silentByObject);
    }

    private synchronized void silenceByObject(boolean wish) {
        silenced(silentByCall, wish);
    }

    /** The agent is silent while anybody wants it to be. Call with the lock. */
    private void silenced(boolean byCall, boolean byObject) {
        boolean before = silentByCall || silentByObject;
        silentByCall = byCall;
        silentByObject = byObject;
        boolean now = byCall || byObject;
        if (now && !before) {
            silent = true;
            workers.values().forEach(PodWorker::hold);
        } else if (before && !now) {
            comeBack();
        }
    }

    /** As a kubelet that is started again: the Lease, the node not ready for an instant and then ready, and what the pods have missed. */
    private void comeBack() {
        silent = false;
        tell(false, "Starting", "Starting kubelet.");
        enqueue(this::renewLease);
        enqueue(() -> report(false));
        var unused =
                shared.timer().schedule(() -> enqueue(() -> report(true)), NOT_READY.toMillis(), TimeUnit.MILLISECONDS);
        workers.values().forEach(PodWorker::release);
    }

    void stop() {
        silent = true;
        for (ScheduledFuture<?> timer : new ScheduledFuture<?>[] {leaseTimer, statusTimer}) {
            if (timer != null) {
                timer.cancel(false);
            }
        }
        workers.values().forEach(PodWorker::hold);
    }
}
