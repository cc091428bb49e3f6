package dev.kintsugi.healer.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One container of a pod as its status shows it.
 *
 * @param restarts over the pod's whole life, as Kubernetes counts; see {@link RestartHistory} for those that matter
 * @param waitingReason why it does not run, e.g. {@code CrashLoopBackOff}; null unless it waits
 * @param runningSince at the latest; null unless it runs
 * @param terminated how it ended; null unless it is ended now
 * @param lastTerminated how its run before this one ended; null if there was none
 */
public record ContainerState(
        String name,
        boolean ready,
        int restarts,
        @Nullable String waitingReason,
        @Nullable Instant runningSince,
        @Nullable Termination terminated,
        @Nullable Termination lastTerminated) {

    /** Whether it waits out Kubernetes' back-off after repeated ends. */
    public boolean inCrashLoopBackOff() {
        return "CrashLoopBackOff".equals(waitingReason);
    }

    /** How many of its runs have ended so far: the same end has the same number, seen as present or as last state. */
    public int terminations() {
        return terminated == null ? restarts : restarts + 1;
    }

    /** The most recent end of a run, present or last; null if there was none. */
    public @Nullable Termination latestTermination() {
        return terminated == null ? lastTerminated : terminated;
    }
}
