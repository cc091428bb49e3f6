package dev.kintsugi.reports;

/** A report cannot be read or written. The message is for the user: which path, and what is wrong with it. */
public final class ReportException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ReportException(String message) {
        super(message);
    }

    ReportException(String message, Throwable cause) {
        super(message, cause);
    }
}
