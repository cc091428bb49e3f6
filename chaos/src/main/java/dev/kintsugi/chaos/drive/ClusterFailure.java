package dev.kintsugi.chaos.drive;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Objects;

/** The cluster cannot be reached, or does not do what it was asked. */
public final class ClusterFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterFailure(String message) {
        super(message);
    }

    ClusterFailure(String what, KubernetesClientException cause) {
        super(what + ": " + reason(cause), cause);
    }

    /** What the server said, else the innermost cause in the client. */
    static String reason(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return e.getStatus().getMessage();
        }
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = Objects.requireNonNullElse(cause.getMessage(), "no answer");
        return message.lines().findFirst().orElse(message);
    }
}
