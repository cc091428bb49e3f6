package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes Events in order on a thread of its own, so that nothing waits for them; one that cannot be written is lost. */
final class Events implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int MOST_WAITING = 10_000;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor thread = Threads.single("loop-events");
    private final AtomicLong lastName = new AtomicLong();

    Events(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    void tell(Write.Tell tell) {
        if (thread.getQueue().size() > MOST_WAITING) {
            LOG.warn(
                    "Too many Events are waiting, {} of {} is lost",
                    tell.reason(),
                    tell.about().getMetadata().getName());
            return;
        }
        Event event = event(tell, clock.instant());
        try {
            thread.execute(() -> write(event));
        } catch (RejectedExecutionException closing) {
            LOG.debug("Event {} is not written, the control plane is closing", tell.reason());
        }
    }

    private void write(Event event) {
        try {
            client.raw("/api/v1/namespaces/" + event.getMetadata().getNamespace() + "/events", "POST", event);
        } catch (KubernetesClientException e) {
            LOG.debug("Event {} could not be written: {}", event.getReason(), e.getMessage());
        }
    }

    /** The Event as a controller of Kubernetes 1.28 writes it; its name ends in the time, or a little more if that is taken. */
    private Event event(Write.Tell tell, Instant now) {
        HasMetadata about = tell.about();
        String namespace = about.getMetadata().getNamespace();
        long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        long ending = lastName.updateAndGet(last -> Math.max(last + 1, nanos));
        EventBuilder event = new EventBuilder()
                .withNewMetadata()
                .withName(about.getMetadata().getName() + "." + Long.toHexString(ending))
                .withNamespace(namespace == null ? "default" : namespace)
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(namespace)
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .withResourceVersion(about.getMetadata().getResourceVersion())
                .endInvolvedObject()
                .withType(tell.warning() ? "Warning" : "Normal")
                .withReason(tell.reason())
                .withMessage(tell.message())
                .withReportingComponent(tell.reporter());
        String action = tell.action();
        if (action != null) {
            return event.withAction(action)
                    .withReportingInstance(tell.reporter() + "-kintsugi")
                    .withEventTime(new MicroTime(MICROS.format(now)))
                    .build();
        }
        return event.withNewSource(tell.reporter(), null)
                .withReportingInstance("")
                .withFirstTimestamp(Times.seconds(now))
                .withLastTimestamp(Times.seconds(now))
                .withCount(1)
                .build();
    }

    /** Ends the thread; Events that still wait are lost. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
