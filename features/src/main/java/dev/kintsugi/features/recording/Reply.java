package dev.kintsugi.features.recording;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How one request ended.
 *
 * @param status HTTP status, 0 when there was no answer
 * @param servedBy the pod that says it answered, null where it does not say
 * @param altered whether it has the header {@link #ALTERED}
 * @param error why there was no answer, null when there was one
 */
public record Reply(
        int status,
        @Nullable String servedBy,
        boolean altered,
        @Nullable String error) {

    /** The header by which the sample app names the pod that answers. */
    public static final String SERVED_BY = "X-Served-By";

    /** The header that a fault adds to answers on their way, so that those it met can be told from others. */
    public static final String ALTERED = "X-Kintsugi-Altered";

    /**
     * An answer that came in full.
     *
     * @param header its headers by name; null for one that it does not have
     */
    public static Reply answered(int status, Function<String, @Nullable String> header) {
        return new Reply(status, header.apply(SERVED_BY), header.apply(ALTERED) != null, null);
    }

    /** No answer, and why. */
    public static Reply failed(String error) {
        return new Reply(0, null, false, error);
    }
}
