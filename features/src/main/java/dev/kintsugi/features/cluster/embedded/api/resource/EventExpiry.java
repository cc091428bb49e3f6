package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Events live for an hour after they were last seen to happen (the real server's {@code --event-ttl}). */
final class EventExpiry {

    private static final Duration LIFETIME = Duration.ofHours(1);

    private EventExpiry() {}

    /** Removes the events that are too old; one that is written to meanwhile stays. */
    static int run(Store store, Instant now) {
        int removed = 0;
        for (Item item : store.list("events", "").items()) {
            boolean old = lastSeen(item.object()).plus(LIFETIME).isBefore(now);
            if (old && store.delete(item, item.object().deepCopy()) != null) {
                removed++;
            }
        }
        return removed;
    }

    private static Instant lastSeen(ObjectNode event) {
        Instant latest = time(text(event.path("metadata"), "creationTimestamp"));
        for (String time : new String[] {
            text(event, "lastTimestamp"), text(event, "eventTime"), text(event.path("series"), "lastObservedTime")
        }) {
            Instant one = time(time);
            latest = one.isAfter(latest) ? one : latest;
        }
        return latest;
    }

    private static Instant time(String text) {
        try {
            return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }
}
