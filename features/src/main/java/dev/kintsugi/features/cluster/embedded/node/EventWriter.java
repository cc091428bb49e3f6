package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.Notice;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes Events, in order and apart from everything else; one that cannot be written is lost, as Events are. */
final class EventWriter {

    private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

    private final KubernetesClient client;
    private final Mailbox queue;
    private final EventSeries series = new EventSeries();

    EventWriter(KubernetesClient client, Executor threads) {
        this.client = client;
        this.queue = new Mailbox(threads);
    }

    /** Tells something of a pod; the instant is that of the occurrence. */
    void tell(Pod pod, String node, Notice notice, Instant at) {
        ObjectReference object = new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Pod")
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .withResourceVersion(pod.getMetadata().getResourceVersion())
                .withFieldPath(notice.fieldPath().isEmpty() ? null : notice.fieldPath())
                .build();
        submit(object, pod.getMetadata().getNamespace(), node, notice, at);
    }

    /** Tells something of a node. */
    void tellNode(String node, Notice notice, Instant at) {
        ObjectReference object = new ObjectReferenceBuilder()
                .withKind("Node")
                .withName(node)
                .withUid(node)
                .build();
        submit(object, "default", node, notice, at);
    }

    private void submit(ObjectReference object, String namespace, String node, Notice notice, Instant at) {
        queue.execute(() -> write(object, namespace, node, notice, at));
    }

    private void write(ObjectReference object, String namespace, String node, Notice notice, Instant at) {
        EventSeries.Key key = new EventSeries.Key(
                node, object.getUid(), notice.warning(), notice.reason(), notice.message(), notice.fieldPath());
        series.occurred(key, object.getName(), at).ifPresent(entry -> {
            try {
                if (entry.count() == 1) {
                    create(object, namespace, node, notice, entry);
                } else {
                    client.v1()
                            .events()
                            .resource(new EventBuilder()
                                    .withNewMetadata()
                                    .withNamespace(namespace)
                                    .withName(entry.name())
                                    .endMetadata()
                                    .build())
                            .patch(
                                    PatchContext.of(PatchType.STRATEGIC_MERGE),
                                    "{\"count\":" + entry.count() + ",\"lastTimestamp\":\"" + seconds(entry.last())
                                            + "\"}");
                }
            } catch (KubernetesClientException e) {
                series.forget(key);
                LOG.debug("Event {} of {} could not be written: {}", notice.reason(), object.getName(), e.getMessage());
            }
        });
    }

    private void create(ObjectReference object, String namespace, String node, Notice notice, EventSeries.Entry entry) {
        client.v1()
                .events()
                .inNamespace(namespace)
                .resource(new EventBuilder()
                        .withNewMetadata()
                        .withName(entry.name())
                        .withNamespace(namespace)
                        .endMetadata()
                        .withInvolvedObject(object)
                        .withType(notice.warning() ? "Warning" : "Normal")
                        .withReason(notice.reason())
                        .withMessage(notice.message())
                        .withNewSource("kubelet", node)
                        .withReportingComponent("kubelet")
                        .withReportingInstance(node)
                        .withFirstTimestamp(seconds(entry.first()))
                        .withLastTimestamp(seconds(entry.last()))
                        .withCount(entry.count())
                        .build())
                .create();
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
