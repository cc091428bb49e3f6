package dev.kintsugi.features.cluster.embedded.node.pod;

import dev.kintsugi.features.cluster.embedded.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The waits before the restarts of a pod's containers: immutable, one entry for each container that was restarted.
 *
 * <p>The first restart waits for nothing. It begins an entry of {@link Timings#crashBackOffInitial()} (10 s), which each further
 * restart doubles up to {@link Timings#crashBackOffMax()} (5 min). A run that ended {@link Timings#crashBackOffReset()} (10 min)
 * or more after its restart begins anew. As {@code flowcontrol.Backoff} of client-go, which the kubelet uses.
 */
record Backoff(Map<String, Entry> entries) {

    static final Backoff NONE = new Backoff(Map.of());

    record Entry(Duration pause, Instant restartedAt) {}

    Backoff {
        entries = Map.copyOf(entries);
    }

    /** Whether a container whose last run ended at {@code endedAt} must still wait. */
    boolean holds(String container, Instant endedAt, Timings timings, Instant now) {
        Entry entry = entries.get(container);
        return entry != null
                && !expired(entry, endedAt, timings)
                && Duration.between(endedAt, now).compareTo(entry.pause) < 0;
    }

    /** After a restart at {@code now} of a container whose last run ended at {@code endedAt}. */
    Backoff restarted(String container, Instant endedAt, Timings timings, Instant now) {
        Entry entry = entries.get(container);
        Duration pause = timings.crashBackOffInitial();
        if (entry != null && !expired(entry, endedAt, timings)) {
            Duration doubled = entry.pause.multipliedBy(2);
            pause = doubled.compareTo(timings.crashBackOffMax()) < 0 ? doubled : timings.crashBackOffMax();
        }
        Map<String, Entry> next = new HashMap<>(entries);
        next.put(container, new Entry(pause, now));
        return new Backoff(next);
    }

    /** The wait in force for a container. */
    Duration of(String container) {
        Entry entry = entries.get(container);
        return entry == null ? Duration.ZERO : entry.pause;
    }

    private static boolean expired(Entry entry, Instant endedAt, Timings timings) {
        return Duration.between(entry.restartedAt, endedAt).compareTo(timings.crashBackOffReset()) > 0;
    }
}
