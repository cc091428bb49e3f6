package dev.kintsugi.features.recording;

/** Nothing can be said of the system under test: the fault was not shown to have bitten, or the infrastructure failed. */
public final class Inconclusive extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param reason what is missing, and what would be right */
    public Inconclusive(String reason) {
        super(reason);
    }

    /** The same, with what it came from. */
    public Inconclusive(String reason, Throwable cause) {
        super(reason, cause);
    }
}
