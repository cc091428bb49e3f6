package dev.kintsugi.features.cluster.embedded.api.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a pod is to be gone, to the second, with a clock that the test sets. */
class DeletionTimesTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Instant now = NOON;
    private final InstantSource clock = () -> now;
    private final Catalog catalog = new Catalog();
    private final Registry registry = new Registry(new Store(64), catalog, 1, "127.96.0.0/16", clock, List.of());
    private final ResourceType pods = Objects.requireNonNull(catalog.find("", "v1", "pods"));

    @BeforeEach
    void createPodOnANode() throws Exception {
        ResourceType namespaces = Objects.requireNonNull(catalog.find("", "v1", "namespaces"));
        create(namespaces, "", "{\"metadata\":{\"name\":\"default\"}}");
        create(
                pods,
                "default",
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
    }

    @Test
    void deletionTimeIsNowAndTheGracePeriodOfThePod() {
        JsonNode metadata = delete(null);
        assertThat(metadata.path("deletionTimestamp").asText()).isEqualTo("2026-01-01T12:00:30Z");
        assertThat(metadata.path("deletionGracePeriodSeconds").asInt()).isEqualTo(30);
    }

    @Test
    void secondDeleteShortensTheGracePeriodCountedFromTheFirst() {
        delete(null);
        now = NOON.plusSeconds(10);
        JsonNode metadata = delete(15L);
        assertThat(metadata.path("deletionTimestamp").asText()).isEqualTo("2026-01-01T12:00:15Z");
        assertThat(metadata.path("deletionGracePeriodSeconds").asInt()).isEqualTo(15);
    }

    @Test
    void secondDeleteCannotProlongTheGracePeriod() {
        delete(5L);
        JsonNode metadata = delete(60L);
        assertThat(metadata.path("deletionTimestamp").asText()).isEqualTo("2026-01-01T12:00:05Z");
    }

    @Test
    void graceZeroMovesTheDeletionTimeBackAndEndsThePod() {
        delete(null);
        now = NOON.plusSeconds(3);
        Deletion.Outcome outcome = registry.delete(pods, "default", "p", new DeleteOptions(0L, "", "", "", false));
        assertThat(outcome.gone()).isTrue();
        assertThat(outcome.object().path("metadata").path("deletionTimestamp").asText())
                .isEqualTo("2026-01-01T12:00:00Z");
    }

    private JsonNode delete(@Nullable Long grace) {
        return registry.delete(pods, "default", "p", new DeleteOptions(grace, "", "", "", false))
                .object()
                .path("metadata");
    }

    private void create(ResourceType type, String namespace, String body) throws Exception {
        registry.create(type, namespace, Body.of(JSON.readTree(body)), WriteOptions.DEFAULT);
    }
}
