package dev.kintsugi.healer.journal;

import dev.kintsugi.healer.model.Incident;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps incidents as {@code Recovery} resources in the namespace of their target; of nodes, in {@code default}. Every write names the version it is
 * based on, so that of two healers only one succeeds.
 */
public final class Journal {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /**
     * Writes through a client.
     *
     * @param client should not retry by itself, as the healer does
     */
    public Journal(KubernetesClient client) {
        this.client = client;
    }

    private record Entry(
            String namespace, String version, @Nullable Instant closedAt) {}

    /** What became of a write. */
    public sealed interface Outcome {
        /** It stands. */
        record Written() implements Outcome {}

        /** Somebody else has written this incident; it now stands so. */
        record Superseded(Incident stored) implements Outcome {}

        /** Somebody has deleted it, or its namespace. */
        record Gone() implements Outcome {}

        /** Not now. */
        record Failed(String why) implements Outcome {}
    }

    /**
     * Makes sure that the kind exists, if need be by creating its definition.
     *
     * @throws KubernetesClientException if it does not exist and may not be created
     */
    public void prepare() {
        CustomResourceDefinition definition = definition();
        try {
            Resource<CustomResourceDefinition> existing =
                    client.apiextensions().v1().customResourceDefinitions().resource(definition);
            if (existing.get() == null) {
                existing.create();
                log.info("created the definition {}", definition.getMetadata().getName());
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != FORBIDDEN && e.getCode() != CONFLICT) {
                throw e;
            }
            log.info("may not look after {}: {}", definition.getMetadata().getName(), e.getMessage());
        }
    }

    /** The definition of the kind, as shipped. */
    public static CustomResourceDefinition definition() {
        try (InputStream yaml = Journal.class.getResourceAsStream("recoveries.kintsugi.dev.yaml")) {
            return Serialization.unmarshal(Objects.requireNonNull(yaml), CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The resource that {@link #write} would write; for warming up. */
    public static HasMetadata resource(Incident incident) {
        return Recoveries.of(incident);
    }

    /** Every incident there is, open and closed. One that cannot be read is left out and named in the log. */
    public List<Incident> read() {
        List<Incident> incidents = new ArrayList<>();
        for (Recovery recovery :
                client.resources(Recovery.class).inAnyNamespace().list().getItems()) {
            try {
                incidents.add(remember(recovery));
            } catch (RuntimeException e) {
                log.warn(
                        "Recovery {}/{} cannot be read and is left alone: {}",
                        recovery.getMetadata().getNamespace(),
                        recovery.getMetadata().getName(),
                        e.toString());
            }
        }
        return incidents;
    }

    /** Writes an incident down as it is now. When this returns {@link Outcome.Written}, it is durable. */
    public Outcome write(Incident incident) {
        Recovery recovery = Recoveries.of(incident);
        try {
            Entry entry = entries.get(incident.id());
            String version = entry != null
                    ? entry.version
                    : client.resource(recovery).create().getMetadata().getResourceVersion();
            recovery.getMetadata().setResourceVersion(version);
            entries.put(incident.id(), new Entry(Recoveries.namespace(incident), version, incident.closedAt()));
            Recovery written = client.resource(recovery).updateStatus();
            entries.put(
                    incident.id(),
                    new Entry(
                            Recoveries.namespace(incident),
                            written.getMetadata().getResourceVersion(),
                            incident.closedAt()));
            return new Outcome.Written();
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case NOT_FOUND -> gone(incident);
                case CONFLICT -> superseded(incident);
                default -> new Outcome.Failed(String.valueOf(e.getMessage()));
            };
        }
    }

    /** Deletes closed incidents that ended before an instant. */
    public void prune(Instant before) {
        entries.forEach((id, entry) -> {
            if (entry.closedAt != null && entry.closedAt.isBefore(before)) {
                try {
                    client.resources(Recovery.class)
                            .inNamespace(entry.namespace)
                            .withName(id)
                            .delete();
                    entries.remove(id);
                } catch (KubernetesClientException e) {
                    log.warn("could not delete the old Recovery {}/{}: {}", entry.namespace, id, e.getMessage());
                }
            }
        });
    }

    private Outcome gone(Incident incident) {
        entries.remove(incident.id());
        return new Outcome.Gone();
    }

    private Outcome superseded(Incident incident) {
        try {
            Recovery stored = client.resources(Recovery.class)
                    .inNamespace(Recoveries.namespace(incident))
                    .withName(incident.id())
                    .get();
            return stored == null ? gone(incident) : new Outcome.Superseded(remember(stored));
        } catch (RuntimeException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Incident remember(Recovery recovery) {
        Incident incident = Recoveries.incident(recovery);
        entries.put(
                incident.id(),
                new Entry(
                        recovery.getMetadata().getNamespace(),
                        recovery.getMetadata().getResourceVersion(),
                        incident.closedAt()));
        return incident;
    }
}
