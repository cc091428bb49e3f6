package dev.kintsugi.healer.model;

import java.time.Instant;

/**
 * A node as far as its pods' fate hangs on it.
 *
 * @param since since when the healer has seen it so
 */
public record NodeState(String name, Condition condition, Instant since) {

    /** What is known of the node. */
    public enum Condition {
        /** Its Ready condition is True. */
        READY,
        /** Its Ready condition is False or Unknown: its pods are as last reported. */
        NOT_READY,
        /** The API has no such node. */
        GONE
    }
}
