package dev.kintsugi.healer.notify;

import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.ObjectRef;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/** Writes notices as Kubernetes Events on the object they are about. The correlation id stands in an annotation. */
public final class KubernetesEvents implements Notifier {

    /** The annotation of an Event that names the incident. */
    public static final String CORRELATION_ID = "kintsugi.dev/correlation-id";

    private static final String COMPONENT = "kintsugi-healer";
    private static final int MAX_MESSAGE = 1024;
    private static final int MAX_NAME = 230;
    private static final int CONFLICT = 409;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String instance;

    /**
     * Writes through a client.
     *
     * @param instance which healer this is, e.g. its host name
     */
    public KubernetesEvents(KubernetesClient client, InstantSource clock, String instance) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
    }

    @Override
    public String name() {
        return "kubernetes-events";
    }

    /** The same notice has the same name, so that one told twice is one Event. */
    @Override
    public void tell(Notice notice) {
        try {
            client.resource(event(notice, clock.instant())).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw e;
            }
        }
    }

    private Event event(Notice notice, Instant now) {
        ObjectRef about = notice.about();
        String namespace = about.namespace().isEmpty() ? "default" : about.namespace();
        String unique = UUID.nameUUIDFromBytes(
                        String.join("/", notice.reason().name(), notice.correlationId(), about.uid(), notice.key())
                                .getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "")
                .substring(0, 16);
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(shortened(about.name(), MAX_NAME) + "." + unique)
                .addToAnnotations(CORRELATION_ID, notice.correlationId())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.apiVersion())
                .withKind(about.kind())
                .withNamespace(about.namespace().isEmpty() ? null : about.namespace())
                .withName(about.name())
                .withUid(about.uid())
                .endInvolvedObject()
                .withType(notice.reason().warning() ? "Warning" : "Normal")
                .withReason(notice.reason().published())
                .withAction(notice.reason().published())
                .withMessage(shortened(notice.message(), MAX_MESSAGE))
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .withReportingInstance(instance)
                .withEventTime(new MicroTime(MICROS.format(now)))
                .withFirstTimestamp(SECONDS.format(now))
                .withLastTimestamp(SECONDS.format(now))
                .withCount(1)
                .build();
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }
}
