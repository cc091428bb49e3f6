package dev.kintsugi.features.cluster.embedded.api.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.store.Key;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventExpiryTest {

    private static final Instant SEEN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final Store store = new Store(16);

    @Test
    void eventGoesOneHourAfterItWasLastSeen() {
        event("old", SEEN);
        event("again", SEEN.plusSeconds(1));

        assertThat(EventExpiry.run(store, SEEN.plus(HOUR))).isZero();
        assertThat(EventExpiry.run(store, SEEN.plus(HOUR).plusMillis(1))).isEqualTo(1);
        assertThat(store.get(new Key("events", "default", "old"))).isNull();
        assertThat(store.get(new Key("events", "default", "again"))).isNotNull();
    }

    private void event(String name, Instant lastTimestamp) {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("lastTimestamp", lastTimestamp.toString());
        event.putObject("metadata")
                .put("name", name)
                .put("creationTimestamp", SEEN.minus(HOUR).toString());
        store.create(new Key("events", "default", name), event);
    }
}
