package dev.kintsugi.features.cluster.embedded.api.spi;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where {@code pods/log} gets its bytes from; the node agent implements it. */
@FunctionalInterface
public interface PodLogs {

    /**
     * Writes the log that was asked for and returns when all of it is written; with {@link Request#follow} not before
     * the container ends. Called on a thread of its own, which is interrupted when the client goes away; writing then
     * fails with an {@link IOException}. The server has already checked that the pod and the container exist.
     *
     * @throws NotAvailable if there is no such log; the client gets 400 with the message
     */
    void stream(Request request, OutputStream out) throws IOException, InterruptedException, NotAvailable;

    /**
     * One request for a log; the names are those of the {@code PodLogOptions} of Kubernetes.
     *
     * @param podUid UID of the pod as the server knows it
     * @param container never empty
     * @param previous the run before the present one
     * @param follow stay until the container ends
     * @param timestamps each line begins with its time (RFC 3339 with nanoseconds) and a blank
     * @param tailLines only so many lines from the end; null for all
     * @param since only lines at or after this instant; null for all
     * @param limitBytes end after so many bytes; null for no limit
     */
    record Request(
            String namespace,
            String pod,
            String podUid,
            String container,
            boolean previous,
            boolean follow,
            boolean timestamps,
            @Nullable Long tailLines,
            @Nullable Instant since,
            @Nullable Long limitBytes) {}

    /** The log that was asked for does not exist. */
    final class NotAvailable extends Exception {
        private static final long serialVersionUID = 1L;

        public NotAvailable(String message) {
            super(message);
        }
    }
}
