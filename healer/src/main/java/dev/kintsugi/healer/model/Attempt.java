package dev.kintsugi.healer.model;

import java.time.Instant;

/**
 * One action of an incident and what came of it.
 *
 * @param action its name
 * @param on what it was done to
 * @param at when it was decided
 * @param message for people; empty while planned
 * @param rung which rung of which ladder called for it, e.g. {@code PodNotReady/1}; empty in records of healers that knew
 *     no ladders
 */
public record Attempt(String action, ObjectRef on, Instant at, Result result, String message, String rung) {

    /** What came of it. */
    public enum Result {
        /** Written down, not known to have been sent. */
        PLANNED,
        /** The API server accepted it. Whether it helped, only verification tells. */
        DONE,
        /** The API server refused it or could not be reached. */
        FAILED,
        /** What it was meant for was gone already. */
        MOOT,
        /** No answer came in time, or the healer ended before it was written down: it may have happened or not. */
        UNKNOWN
    }

    /** Whether it may have changed the cluster. */
    public boolean mayHaveActed() {
        return result == Result.DONE || result == Result.UNKNOWN;
    }
}
