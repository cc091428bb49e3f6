package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Manifests;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events as Chaos Mesh does: each its own, with a name that ends in hexadecimal nanoseconds, and without holding up the
 * controllers.
 */
final class EventWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final AtomicLong lastNanos = new AtomicLong();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread writer = new Thread(task, "chaos-mesh-events");
        writer.setDaemon(true);
        return writer;
    });

    EventWriter(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Has one written. That it cannot be written stops nothing. */
    void write(GenericKubernetesResource about, Note note) {
        Event event = event(about, note);
        try {
            thread.execute(() -> create(event));
        } catch (RejectedExecutionException e) {
            LOG.debug("closed before the Event {} could be written", event.getReason(), e);
        }
    }

    private void create(Event event) {
        try {
            client.v1()
                    .events()
                    .inNamespace(event.getMetadata().getNamespace())
                    .resource(event)
                    .create();
        } catch (KubernetesClientException e) {
            if (!thread.isShutdown()) {
                LOG.warn("cannot write the Event {} {}", event.getMetadata().getName(), event.getReason(), e);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private Event event(GenericKubernetesResource about, Note note) {
        Instant now = clock.instant();
        String timestamp = now.truncatedTo(ChronoUnit.SECONDS).toString();
        return new EventBuilder()
                .withNewMetadata()
                .withName(about.getMetadata().getName() + "." + Long.toHexString(uniqueNanos(now)))
                .withNamespace(about.getMetadata().getNamespace())
                .withAnnotations(note.fields())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(Manifests.GROUP + "/" + Manifests.VERSION)
                .withKind(about.getKind())
                .withNamespace(about.getMetadata().getNamespace())
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .withResourceVersion(about.getMetadata().getResourceVersion())
                .endInvolvedObject()
                .withType(note.type())
                .withReason(note.reason())
                .withMessage(note.message())
                .withFirstTimestamp(timestamp)
                .withLastTimestamp(timestamp)
                .withCount(1)
                .withNewSource()
                .withComponent(note.component())
                .endSource()
                .build();
    }

    private long uniqueNanos(Instant now) {
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        return lastNanos.accumulateAndGet(nanos, (last, next) -> Math.max(last + 1, next));
    }
}
