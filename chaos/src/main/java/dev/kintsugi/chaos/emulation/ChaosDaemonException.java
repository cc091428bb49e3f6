package dev.kintsugi.chaos.emulation;

/** A fault could not be brought about or taken back. The message says why, for the author of the experiment. */
public final class ChaosDaemonException extends Exception {
    private static final long serialVersionUID = 1L;

    public ChaosDaemonException(String message) {
        super(message);
    }

    public ChaosDaemonException(String message, Throwable cause) {
        super(message, cause);
    }
}
