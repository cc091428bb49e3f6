package dev.kintsugi.healer.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The Deployment, StatefulSet, DaemonSet or ReplicaSet that owns a pod, reduced to what the decisions need.
 *
 * @param desired how many pods it wants
 * @param paused its rollouts are paused
 * @param stuckSince since when its rollout makes no progress, by its own condition ({@code ProgressDeadlineExceeded});
 *     null while it does, and for kinds without that condition
 * @param shortSince since when it has fewer available pods than it wants; null while it has enough
 * @param failure what keeps its controller from making pods (condition {@code ReplicaFailure}); null if nothing does
 * @param manager who else looks after what it ought to be (Argo CD, Flux, …), for people; null if nobody says so
 * @param rollingOut its newest revision is not yet everywhere, or not yet seen by its controller
 * @param restartedAt the annotation of its pod template that a rolling restart sets; null if never restarted
 * @param settings its own annotations
 */
public record WorkloadState(
        ObjectRef ref,
        int desired,
        boolean paused,
        boolean rollingOut,
        @Nullable String restartedAt,
        Settings settings,
        @Nullable Instant stuckSince,
        @Nullable Instant shortSince,
        @Nullable String failure,
        @Nullable String manager) {

    /** Neither stuck, short nor somebody else's. */
    public WorkloadState(
            ObjectRef ref,
            int desired,
            boolean paused,
            boolean rollingOut,
            @Nullable String restartedAt,
            Settings settings) {
        this(ref, desired, paused, rollingOut, restartedAt, settings, null, null, null, null);
    }

    /** Whether a change of its pod template replaces its pods one after the other. */
    public boolean canRollingRestart() {
        return switch (ref.kind()) {
            case "Deployment", "StatefulSet", "DaemonSet" -> true;
            default -> false;
        };
    }
}
