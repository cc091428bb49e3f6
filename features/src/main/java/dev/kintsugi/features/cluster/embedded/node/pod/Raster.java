package dev.kintsugi.features.cluster.embedded.node.pod;

import java.time.Duration;
import java.time.Instant;

/**
 * The instants at which something periodic happens: each whole multiple of the period, moved by an offset of the node so that not all
 * nodes look at once.
 */
record Raster(Duration period, Duration offset) {

    /** The last tick at or before an instant. */
    Instant last(Instant now) {
        return now.minusNanos(Math.floorMod(sinceOffset(now), period.toNanos()));
    }

    /** The first tick after an instant. */
    Instant next(Instant now) {
        return last(now).plus(period);
    }

    /** The first tick at or after an instant. */
    Instant atOrAfter(Instant due) {
        Instant last = last(due);
        return last.equals(due) ? due : last.plus(period);
    }

    private long sinceOffset(Instant now) {
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano())
                - offset.toNanos();
    }
}
