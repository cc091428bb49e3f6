package dev.kintsugi.features.cluster.embedded.node.pod;

import dev.kintsugi.features.cluster.embedded.Timings;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The life of one pod on its node, in the order and at the pace of the kubelet of Kubernetes 1.28. It has no clock, no thread and no
 * effect: it is told what has happened and when, and answers with what is to be done and when to look again.
 *
 * <p>The rules that give the pace:
 *
 * <ul>
 *   <li>Changes of containers are seen at the next relist ({@link Timings#plegRelist()}), and a sync waits until a relist has been made
 *       since the one before. So a start shows one relist after it happened.
 *   <li>A sync reports first and acts then. A container that ended is therefore seen as terminated with its old restart count before it
 *       is seen running with the new one.
 *   <li>A sync in which something could not be started is repeated after {@link Timings#podSyncBackOff()} times 1 to 1.5, so a container
 *       whose back-off is over may wait up to that much longer.
 *   <li>A pod that is deleted, or whose containers have all ended for good, is ended: SIGTERM, the grace, SIGKILL; then its last
 *       status is reported; then, if it is being deleted, its object is taken away.
 * </ul>
 *
 * <p>Not thread-safe.
 */
public final class PodMachine {

    private enum Stage {
        LIVING,
        ENDING,
        ENDED,
        FINISHED
    }

    private final String hostIp;
    private final Timings timings;
    private final Raster relist;
    private final Raster queue;
    private final SplittableRandom random;
    private final Probes probes = new Probes();
    private final StartGate gate;

    private Pod pod;
    private Stage stage = Stage.LIVING;
    private boolean removed;
    private boolean endBegun;
    private boolean deletionBegun;
    private boolean busy;
    private boolean wanted = true;
    private boolean failedToStart;
    private boolean overdue;
    private Duration grace = Duration.ZERO;
    private @Nullable PodStatus status;
    private RuntimeView view = RuntimeView.NOTHING;
    private Instant viewedAt = Instant.MIN;
    private @Nullable Instant syncedAt;
    private @Nullable Instant queuedFor;

    private List<Operation> operations = new ArrayList<>();
    private Notices notices = new Notices();

    /**
     * The machine of a pod that has just been seen for the first time.
     *
     * @param hostIp address of its node
     * @param nodeOffset by how much the relists of its node are moved against the full periods, to spread nodes
     * @param seed of the random part of waits
     */
    public PodMachine(Pod pod, String hostIp, Duration nodeOffset, Timings timings, long seed) {
        this.pod = pod;
        this.hostIp = hostIp;
        this.timings = timings;
        this.relist = new Raster(timings.plegRelist(), nodeOffset);
        this.queue = new Raster(
                timings.plegRelist(), nodeOffset.plus(timings.plegRelist().dividedBy(3)));
        this.random = new SplittableRandom(seed);
        this.gate = new StartGate(timings);
        requestEndIfDeleted();
    }

    /** The pod as it was last seen in the cluster. */
    public Pod pod() {
        return pod;
    }

    /** What is to be reported of the pod, null before the first sync. */
    public @Nullable PodStatus status() {
        return status;
    }

    /**
     * Takes one input in.
     *
     * @param observed what the runtime has of the pod just now
     */
    public Step step(PodInput input, RuntimeView observed, Instant now) {
        operations = new ArrayList<>();
        notices = new Notices();
        relist(observed, now);
        take(input, observed, now);
        while (mayRun(now)) {
            run(now);
        }
        probe(now);
        return new Step(
                operations, notices.all(), nextLook(observed, now), stage == Stage.FINISHED && removed && !busy);
    }

    private void relist(RuntimeView observed, Instant now) {
        Instant tick = relist.last(now);
        if (tick.isAfter(viewedAt)) {
            wanted |= !view.equals(observed);
            view = observed;
            viewedAt = tick;
        }
    }

    private void take(PodInput input, RuntimeView observed, Instant now) {
        if (input instanceof PodInput.Changed changed) {
            changed(changed.pod(), now);
        } else if (input instanceof PodInput.Removed gone) {
            pod = gone.last();
            removed = true;
            wanted = true;
            requestEnd();
        } else if (input instanceof PodInput.Started started) {
            String name = started.container();
            notices.normal(pod, name, "Created", "Created container " + name);
            notices.normal(pod, name, "Started", "Started container " + name);
        } else if (input instanceof PodInput.StartFailed failed) {
            failedToStart = true;
            gate.failed(failed.container(), failed.reason());
            notices.warning(
                    pod,
                    failed.container(),
                    "Failed",
                    "Error: " + failed.reason().message());
        } else if (input instanceof PodInput.PostStartFailed failed) {
            failedToStart = true;
            gate.failed(failed.container(), new WaitingReason("PostStartHookError", failed.message()));
            notices.warning(pod, failed.container(), "FailedPostStartHook", "PostStartHook failed");
            notices.normal(pod, failed.container(), "Killing", "FailedPostStartHook");
        } else if (input instanceof PodInput.Done) {
            busy = false;
            synced(now);
        } else if (input instanceof PodInput.Ended) {
            busy = false;
            probes.end();
            status = generate(observed.withoutAddress(), true, now);
            stage = Stage.ENDED;
            wanted = true;
            synced(now);
        } else if (input instanceof PodInput.Answered answered) {
            answered(answered, now);
        }
    }

    /** A change of nothing but the status, such as the echo of the agent's own report, is no reason to sync. */
    private void changed(Pod next, Instant now) {
        ObjectMeta before = pod.getMetadata();
        ObjectMeta after = next.getMetadata();
        wanted |= !pod.getSpec().equals(next.getSpec())
                || !Objects.equals(before.getLabels(), after.getLabels())
                || !Objects.equals(before.getAnnotations(), after.getAnnotations())
                || !Objects.equals(before.getDeletionTimestamp(), after.getDeletionTimestamp())
                || !Objects.equals(before.getDeletionGracePeriodSeconds(), after.getDeletionGracePeriodSeconds());
        pod = next;
        requestEndIfDeleted();
        if (status != null && !next.getSpec().getReadinessGates().isEmpty() && stage == Stage.LIVING) {
            status = PodStatuses.probed(pod, status, probes, now);
        }
    }

    private void requestEndIfDeleted() {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            requestEnd();
        }
    }

    /**
     * The grace is that of the deletion, else that of the spec (30 s), at least 1 s, and can only get shorter
     * ({@code calculateEffectiveGracePeriod} of the kubelet).
     */
    private void requestEnd() {
        Long deletionGrace = pod.getMetadata().getDeletionGracePeriodSeconds();
        Duration wish =
                Duration.ofSeconds(Math.max(1, deletionGrace == null ? RestartRules.graceSeconds(pod) : deletionGrace));
        boolean sooner = grace.isZero() || wish.compareTo(grace) < 0;
        if (sooner) {
            grace = wish;
        }
        if (stage == Stage.LIVING) {
            stage = Stage.ENDING;
        }
        if (busy && sooner) {
            operations.add(new Operation.Hasten(grace));
        }
    }

    private boolean mayRun(Instant now) {
        boolean due = queuedFor != null && !queue.atOrAfter(queuedFor).isAfter(now);
        boolean fresh = syncedAt == null || viewedAt.isAfter(syncedAt);
        return !busy
                && fresh
                && (wanted || due || deadline().filter(end -> !end.isAfter(now)).isPresent())
                && !(stage == Stage.FINISHED && !wanted);
    }

    private void run(Instant now) {
        wanted = false;
        queuedFor = null;
        switch (stage) {
            case LIVING -> sync(now);
            case ENDING -> end(now);
            case ENDED -> finish(now);
            case FINISHED -> deleteIfAsked();
        }
    }

    /** When it is to be noticed that the active deadline has passed, if it has not been. */
    private Optional<Instant> deadline() {
        return stage == Stage.LIVING && !overdue
                ? ActiveDeadline.of(pod, status).map(queue::atOrAfter)
                : Optional.empty();
    }

    /** Reports, then starts and restarts what must run. */
    private void sync(Instant now) {
        if (deadline().filter(end -> !end.isAfter(now)).isPresent()) {
            overdue = true;
            notices.normal(ActiveDeadline.REASON, ActiveDeadline.MESSAGE);
        }
        PodStatus next = generate(view, false, now);
        boolean terminal = PodPhase.isTerminal(next.getPhase());
        if (terminal) {
            status = stillAsBefore(next);
            requestEnd();
            syncedAt = now;
            queuedFor = now;
            return;
        }
        status = next;
        probes.begin(pod, now);
        probes.askReadinessNow(next.getContainerStatuses(), now);
        change(now);
    }

    private void change(Instant now) {
        SyncPlan plan = SyncPlan.of(pod, view, probes, gate, notices, now);
        failedToStart = plan.incomplete();
        if (plan.isEmpty()) {
            synced(now);
        } else {
            busy = true;
            operations.add(new Operation.Change(plan.stops(), plan.starts()));
        }
    }

    /** The end of a pass: when the next one is due if nothing happens. */
    private void synced(Instant now) {
        syncedAt = now;
        Duration pause = failedToStart ? timings.podSyncBackOff() : timings.podSync();
        long jitter = (long) (pause.toNanos() * 0.5 * random.nextDouble());
        queuedFor = stage == Stage.FINISHED ? null : now.plus(pause).plusNanos(jitter);
    }

    private void end(Instant now) {
        PodStatus next = generate(view, false, now);
        status = PodPhase.isTerminal(next.getPhase()) ? stillAsBefore(next) : next;
        probes.keepReadinessOnly();
        if (!endBegun) {
            view.running()
                    .forEach(run ->
                            notices.normal(pod, run.container(), "Killing", "Stopping container " + run.container()));
        }
        endBegun = true;
        busy = true;
        operations.add(new Operation.End(grace));
    }

    /** A terminal phase is only reported once it is certain that nothing runs any more. */
    private PodStatus stillAsBefore(PodStatus terminal) {
        terminal.setPhase(status == null ? "Pending" : status.getPhase());
        terminal.setReason(null);
        terminal.setMessage(null);
        return terminal;
    }

    private void finish(Instant now) {
        PodStatus next = generate(view, true, now);
        if (!PodPhase.isTerminal(next.getPhase())) {
            next.setPhase("Failed");
        }
        status = next;
        stage = Stage.FINISHED;
        deleteIfAsked();
    }

    private void deleteIfAsked() {
        Long deletionGrace = pod.getMetadata().getDeletionGracePeriodSeconds();
        boolean asked = pod.getMetadata().getDeletionTimestamp() != null;
        if (asked && !removed && !deletionBegun && (deletionGrace == null || deletionGrace > 0)) {
            deletionBegun = true;
            operations.add(new Operation.Delete(pod.getMetadata().getUid()));
        }
    }

    private void answered(PodInput.Answered input, Instant now) {
        PodInput.Answer answer = input.answer();
        if (answer.outcome() != PodInput.Outcome.GOOD) {
            String verb = answer.outcome() == PodInput.Outcome.BAD ? " probe failed: " : " probe errored: ";
            notices.warning(pod, input.container(), "Unhealthy", input.kind().title() + verb + answer.message());
        }
        if (probes.answered(pod, input)) {
            probesChanged(now);
        }
    }

    private void probe(Instant now) {
        if (status == null || stage == Stage.ENDED || stage == Stage.FINISHED) {
            return;
        }
        Probes.Round round = probes.due(pod, status.getContainerStatuses(), now);
        operations.addAll(round.asks());
        if (round.changed()) {
            probesChanged(now);
        }
    }

    private void probesChanged(Instant now) {
        wanted = true;
        if (status != null) {
            status = PodStatuses.probed(pod, status, probes, now);
        }
    }

    private PodStatus generate(RuntimeView seen, boolean ending, Instant now) {
        return PodStatuses.of(pod, status, seen, gate.reasons(), probes, ending, overdue, hostIp, now);
    }

    private @Nullable Instant nextLook(RuntimeView observed, Instant now) {
        Stream.Builder<Instant> looks = Stream.builder();
        boolean stale = syncedAt != null && !viewedAt.isAfter(syncedAt);
        if (!view.equals(observed) || (wanted && !busy && stale)) {
            looks.add(relist.next(now));
        }
        if (queuedFor != null && !busy) {
            Instant due = queue.atOrAfter(queuedFor);
            looks.add(due.isAfter(now) ? due : relist.next(now));
        }
        deadline()
                .filter(end -> !busy)
                .map(end -> end.isAfter(now) ? end : relist.next(now))
                .ifPresent(looks::add);
        if (stage == Stage.LIVING || stage == Stage.ENDING) {
            probes.nextAt().ifPresent(looks::add);
        }
        return looks.build().min(Instant::compareTo).orElse(null);
    }
}
