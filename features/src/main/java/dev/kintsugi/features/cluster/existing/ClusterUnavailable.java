package dev.kintsugi.features.cluster.existing;

import org.jspecify.annotations.Nullable;

/** A cluster cannot be had: why not, and what would help. It is nobody's mistake on the command line, and no defect. */
public final class ClusterUnavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ClusterUnavailable(String message) {
        super(message);
    }

    public ClusterUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
