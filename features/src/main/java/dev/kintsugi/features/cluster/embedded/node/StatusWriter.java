package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.StatusPatch;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the status of one pod to the API server and, at the end, deletes the pod's object: one request at a time, the newest status
 * only. What failed is tried again every second until it is outdated or the object is gone.
 */
final class StatusWriter {

    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);

    private final Shared shared;
    private final Mailbox queue;
    private final String namespace;
    private final String name;
    private final String uid;
    private final Pod named;
    private final AtomicReference<@Nullable PodStatus> pending = new AtomicReference<>();

    StatusWriter(Shared shared, Pod pod) {
        this.shared = shared;
        this.queue = new Mailbox(shared.blocking());
        this.namespace = pod.getMetadata().getNamespace();
        this.name = pod.getMetadata().getName();
        this.uid = pod.getMetadata().getUid();
        this.named = new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build();
    }

    void write(PodStatus status) {
        if (pending.getAndSet(status) == null) {
            queue.execute(this::flush);
        }
    }

    /** Whether all that was given to it has been written. */
    boolean idle() {
        return pending.get() == null;
    }

    /** Deletes the object with grace 0, if it still is this pod. */
    void delete() {
        queue.execute(this::deleteNow);
    }

    private void flush() {
        PodStatus status = pending.getAndSet(null);
        if (status == null) {
            return;
        }
        try {
            // The client reads an object that is only named before it patches it; one that it is given it does not.
            shared.client()
                    .pods()
                    .resource(named)
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), StatusPatch.of(uid, status));
        } catch (KubernetesClientException e) {
            if (!gone(e)) {
                LOG.warn(
                        "Pod {}/{}: the status could not be written, trying again: {}",
                        namespace,
                        name,
                        e.getMessage());
                if (pending.compareAndSet(null, status)) {
                    again(this::flush);
                }
            }
        }
    }

    private void deleteNow() {
        try {
            shared.client()
                    .raw(
                            "/api/v1/namespaces/" + namespace + "/pods/" + name,
                            "DELETE",
                            new DeleteOptionsBuilder()
                                    .withApiVersion("v1")
                                    .withKind("DeleteOptions")
                                    .withGracePeriodSeconds(0L)
                                    .withNewPreconditions(null, uid)
                                    .build());
        } catch (KubernetesClientException e) {
            if (!gone(e)) {
                LOG.warn("Pod {}/{}: could not be deleted, trying again: {}", namespace, name, e.getMessage());
                again(this::deleteNow);
            }
        }
    }

    private static boolean gone(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND || e.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    private void again(Runnable task) {
        try {
            var unused = shared.timer().schedule(() -> queue.execute(task), 1, TimeUnit.SECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("Pod {}/{}: not tried again, the node agents are closing", namespace, name);
        }
    }
}
