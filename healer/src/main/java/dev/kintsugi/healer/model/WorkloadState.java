package dev.kintsugi.healer.model;

import org.jspecify.annotations.Nullable;

/**
 * The Deployment, StatefulSet, DaemonSet or ReplicaSet that owns a pod, reduced to what the decisions need.
 *
 * @param desired how many pods it wants
 * @param paused its rollouts are paused
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
        Settings settings) {

    /** Whether a change of its pod template replaces its pods one after the other. */
    public boolean canRollingRestart() {
        return switch (ref.kind()) {
            case "Deployment", "StatefulSet", "DaemonSet" -> true;
            default -> false;
        };
    }
}
