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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events in order on a thread of its own, so that nothing waits for them; one that cannot be written is lost. One that has happened
 * before is counted on the same object, see {@link EventCounter}.
 */
final class Events implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int MOST_WAITING = 10_000;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor thread = Threads.single("loop-events");
    private final AtomicLong lastName = new AtomicLong();
    private final EventCounter counter = new EventCounter();
    private final Map<String, Event> written = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Event> eldest) {
            return size() > MOST_WAITING;
        }
    };

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
        Instant now = clock.instant();
        try {
            thread.execute(() -> counter.count(tell, now).ifPresent(counted -> write(tell, counted, now)));
        } catch (RejectedExecutionException closing) {
            LOG.debug("Event {} is not written, the control plane is closing", tell.reason());
        }
    }

    private void write(Write.Tell tell, EventCounter.Counted counted, Instant now) {
        Event before = counted.count() == 1 ? null : written.get(counted.key());
        Event event = before == null ? event(tell, counted.message(), now) : again(before, tell, counted, now);
        String path = "/api/v1/namespaces/" + event.getMetadata().getNamespace() + "/events";
        try {
            if (before == null) {
                client.raw(path, "POST", event);
            } else {
                client.raw(path + "/" + event.getMetadata().getName(), "PUT", event);
            }
            written.put(counted.key(), event);
        } catch (KubernetesClientException e) {
            counter.forget(counted);
            written.remove(counted.key());
            LOG.debug("Event {} could not be written: {}", event.getReason(), e.getMessage());
        }
    }

    private static Event again(Event before, Write.Tell tell, EventCounter.Counted counted, Instant now) {
        EventBuilder event = new EventBuilder(before).withMessage(counted.message());
        if (tell.action() == null) {
            return event.withCount(counted.count())
                    .withLastTimestamp(Times.seconds(now))
                    .build();
        }
        return event.withNewSeries()
                .withCount(counted.count())
                .withLastObservedTime(new MicroTime(MICROS.format(now)))
                .endSeries()
                .build();
    }

    /** The Event as a controller of Kubernetes 1.28 writes it; its name ends in the time, or a little more if that is taken. */
    private Event event(Write.Tell tell, String message, Instant now) {
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
                .withMessage(message)
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
