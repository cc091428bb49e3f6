package dev.kintsugi.features.run;

/** The user asked for something that cannot be done: what was wrong, where, and what would be right. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
