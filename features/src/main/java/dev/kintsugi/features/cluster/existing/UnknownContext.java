package dev.kintsugi.features.cluster.existing;

/** The context that the user named is not there. */
public final class UnknownContext extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownContext(String message) {
        super(message);
    }
}
