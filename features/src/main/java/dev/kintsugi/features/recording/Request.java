package dev.kintsugi.features.recording;

import org.jspecify.annotations.Nullable;

/**
 * One request of a user, as the user met it.
 *
 * @param intendedNanos when it was due to be sent; latency counts from here, so that a slow service or a slow client
 *     cannot hide waiting time (coordinated omission)
 * @param sentNanos when it was really handed to the network
 * @param doneNanos when its answer was complete, or when it failed
 * @param status HTTP status, 0 when there was no answer
 * @param error why there was no answer, null when there was one
 * @param servedBy the pod that says it answered, null where it does not say
 * @param altered whether the answer carried {@link Reply#ALTERED}
 */
public record Request(
        long intendedNanos,
        long sentNanos,
        long doneNanos,
        int status,
        @Nullable String error,
        @Nullable String servedBy,
        boolean altered) {

    /** One whose answer nobody altered. */
    public Request(
            long intendedNanos,
            long sentNanos,
            long doneNanos,
            int status,
            @Nullable String error,
            @Nullable String servedBy) {
        this(intendedNanos, sentNanos, doneNanos, status, error, servedBy, false);
    }

    /** Whether the user got what was asked for: an answer with a status below 400. */
    public boolean good() {
        return error == null && status >= 200 && status < 400;
    }

    /** Why it was not good, for a person. */
    public String failure() {
        return error == null ? "HTTP " + status : error;
    }

    /** From the intended send time to the end. */
    public long latencyNanos() {
        return doneNanos - intendedNanos;
    }
}
