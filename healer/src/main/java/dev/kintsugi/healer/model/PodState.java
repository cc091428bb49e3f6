package dev.kintsugi.healer.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod, reduced to what the diagnoses need.
 *
 * @param controller the object that would replace it (controlling owner reference); null for a bare pod
 * @param nodeName null until scheduled
 * @param ready its Ready condition is True
 * @param readySince when its Ready condition last changed, at the latest; null while it has none
 * @param deletionDue when it ought to be gone (request plus grace period); null unless it is being deleted
 * @param startupAllowance time its readiness and startup probes grant it after the start of its containers
 * @param endpoint where to ask whether it is ready; null if it has no IP or no port
 * @param settings its own annotations
 * @param initContainers those that run before the others
 * @param reason why it is in its phase, e.g. {@code Evicted}; null where Kubernetes gives none
 * @param unscheduled why no node takes it; null unless the scheduler has said so
 * @param mirror its node runs it of its own accord; the API server only shows it
 * @param emptyDir it has data on its node that are lost with it
 */
public record PodState(
        ObjectRef ref,
        @Nullable ObjectRef controller,
        Map<String, String> labels,
        @Nullable String nodeName,
        PodPhase phase,
        boolean ready,
        @Nullable Instant readySince,
        Instant createdAt,
        @Nullable Instant deletionDue,
        List<String> finalizers,
        List<ContainerState> containers,
        Duration startupAllowance,
        @Nullable Endpoint endpoint,
        Settings settings,
        RestartHistory history,
        List<ContainerState> initContainers,
        @Nullable String reason,
        @Nullable Unscheduled unscheduled,
        boolean mirror,
        boolean emptyDir) {

    /** Makes the parts unmodifiable. */
    public PodState {
        labels = Map.copyOf(labels);
        finalizers = List.copyOf(finalizers);
        containers = List.copyOf(containers);
        initContainers = List.copyOf(initContainers);
    }

    /**
     * The scheduler's word on a pod.
     *
     * @param since when it first said so
     */
    public record Unscheduled(Instant since, String message) {}

    /** Whether its deletion has been asked for. */
    public boolean beingDeleted() {
        return deletionDue != null;
    }

    /** Whether it runs, is ready, and is not on its way out. */
    public boolean good() {
        return ready && phase == PodPhase.RUNNING && !beingDeleted();
    }

    /** Whether it is the work of a Job, whose failures and retries are the Job's own business. */
    public boolean ofJob() {
        return controller != null && controller.kind().equals("Job");
    }

    /** When the last of its containers started, or the pod itself if none has. */
    public Instant startedAt() {
        Instant latest = createdAt;
        for (ContainerState container : containers) {
            Instant since = container.runningSince();
            if (since != null && since.isAfter(latest)) {
                latest = since;
            }
        }
        return latest;
    }

    /** The same pod with another history. */
    public PodState withHistory(RestartHistory newHistory) {
        return new PodState(
                ref,
                controller,
                labels,
                nodeName,
                phase,
                ready,
                readySince,
                createdAt,
                deletionDue,
                finalizers,
                containers,
                startupAllowance,
                endpoint,
                settings,
                newHistory,
                initContainers,
                reason,
                unscheduled,
                mirror,
                emptyDir);
    }
}
