package dev.kintsugi.features.cluster.embedded.node.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Waits that grow with each repetition, by key: immutable. As {@code flowcontrol.Backoff} of client-go, which the kubelet uses for
 * restarts of containers and for pulls of images.
 *
 * <p>The first occurrence waits for nothing. It begins an entry of the initial wait, which each further one doubles up to the longest.
 * An occurrence that comes {@code reset} or more after the one before begins anew.
 */
record Backoff(Duration initial, Duration max, Duration reset, Map<String, Entry> entries) {

    /** @param at when it was last doubled */
    record Entry(Duration pause, Instant at) {}

    Backoff {
        entries = Map.copyOf(entries);
    }

    Backoff(Duration initial, Duration max, Duration reset) {
        this(initial, max, reset, Map.of());
    }

    /** Whether a repetition of what ended at {@code since} must still wait; the wait is counted from there. */
    boolean holdsSince(String key, Instant since, Instant now) {
        Entry entry = entries.get(key);
        return entry != null
                && !expired(entry, since)
                && Duration.between(since, now).compareTo(entry.pause) < 0;
    }

    /** Whether a repetition must still wait; the wait is counted from the last occurrence. */
    boolean holds(String key, Instant now) {
        Entry entry = entries.get(key);
        return entry != null && Duration.between(entry.at, now).compareTo(entry.pause) < 0;
    }

    /** After an occurrence at {@code now}, caused by what ended at {@code since}. */
    Backoff grown(String key, Instant since, Instant now) {
        Entry entry = entries.get(key);
        Duration pause = initial;
        if (entry != null && !expired(entry, since)) {
            Duration doubled = entry.pause.multipliedBy(2);
            pause = doubled.compareTo(max) < 0 ? doubled : max;
        }
        Map<String, Entry> next = new HashMap<>(entries);
        next.put(key, new Entry(pause, now));
        return new Backoff(initial, max, reset, next);
    }

    /** The wait in force. */
    Duration of(String key) {
        Entry entry = entries.get(key);
        return entry == null ? Duration.ZERO : entry.pause;
    }

    private boolean expired(Entry entry, Instant since) {
        return Duration.between(entry.at, since).compareTo(reset) > 0;
    }
}
