package dev.kintsugi.features.recording;

import org.jspecify.annotations.Nullable;

/**
 * How one request ended.
 *
 * @param status HTTP status, 0 when there was no answer
 * @param servedBy the pod that says it answered, null where it does not say
 * @param error why there was no answer, null when there was one
 */
public record Reply(
        int status, @Nullable String servedBy, @Nullable String error) {

    /** The header by which the sample app names the pod that answers. */
    public static final String SERVED_BY = "X-Served-By";

    /** An answer that came in full. */
    public static Reply answered(int status, @Nullable String servedBy) {
        return new Reply(status, servedBy, null);
    }

    /** No answer, and why. */
    public static Reply failed(String error) {
        return new Reply(0, null, error);
    }
}
