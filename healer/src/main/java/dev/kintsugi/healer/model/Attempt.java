package dev.kintsugi.healer.model;

import java.time.Instant;

/**
 * One action of an incident and what came of it.
 *
 * @param action its name
 * @param on what it was done to
 * @param at when it was decided
 * @param message for people; empty while planned
 */
public record Attempt(String action, ObjectRef on, Instant at, Result result, String message) {

    /** What came of it. */
    public enum Result {
        /** Written down, not known to have been sent. */
        PLANNED,
        /** The API server accepted it. Whether it helped, only verification tells. */
        DONE,
        /** The API server refused it or did not answer. */
        FAILED,
        /** What it was meant for was gone already. */
        MOOT,
        /** The healer ended between sending it and writing down the answer. */
        UNKNOWN
    }

    /** Whether it may have changed the cluster. */
    public boolean mayHaveActed() {
        return result == Result.DONE || result == Result.UNKNOWN;
    }
}
