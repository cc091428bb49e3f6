package dev.kintsugi.features.run;

/** A scenario is not tried, since the cluster cannot do what it needs. */
public final class Skipped extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Skipped(String message) {
        super(message);
    }
}
