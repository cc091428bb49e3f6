package dev.kintsugi.healer.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is wrong with a pod, with the evidence that shows it. */
public sealed interface Diagnosis {

    /** The pod that is ill: the target of an incident, or what came in its place. */
    PodState pod();

    /** Since when, as well as it can be told: Kubernetes gives most times in whole seconds. */
    Instant onset();

    /** For people: what was seen. */
    String evidence();

    /** The name under which it is published. */
    default String cause() {
        return getClass().getSimpleName();
    }

    /** Whether it is wrong still, and not merely known to have happened. */
    default boolean ongoing() {
        return true;
    }

    /** Tells one failure of the same pod from the next; grows with each. */
    default int occurrence() {
        return 0;
    }

    /** A pod that runs but has not been ready for longer than it may. */
    record PodNotReady(PodState pod, Instant onset, String evidence) implements Diagnosis {}

    /**
     * A container that ends again and again.
     *
     * @param repeats it restarted more often within the window than it may
     */
    record CrashLoopBackOff(PodState pod, Instant onset, String evidence, boolean repeats, int occurrence)
            implements Diagnosis {}

    /**
     * A container that was killed for want of memory.
     *
     * @param repeats it restarted more often within the window than it may
     * @param ongoing false once the pod is good again
     */
    record OOMKilled(PodState pod, Instant onset, String evidence, boolean repeats, int occurrence, boolean ongoing)
            implements Diagnosis {}

    /** A pod that has failed for good (phase Failed). */
    record PodFailed(PodState pod, Instant onset, String evidence) implements Diagnosis {}

    /**
     * A pod that ought to be gone and is not.
     *
     * @param nodeGoneSince since when the node that would have to confirm its end no longer exists; null if it does
     */
    record StuckTerminating(
            PodState pod,
            Instant onset,
            String evidence,
            @Nullable Instant nodeGoneSince) implements Diagnosis {}
}
