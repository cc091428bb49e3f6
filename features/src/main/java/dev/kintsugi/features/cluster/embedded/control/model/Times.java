package dev.kintsugi.features.cluster.embedded.control.model;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Times as Kubernetes writes them. */
public final class Times {

    private Times() {}

    /** RFC 3339 in whole seconds. */
    public static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The instant of an RFC 3339 text; the epoch if there is none. */
    public static Instant parse(@Nullable String text) {
        return text == null || text.isEmpty()
                ? Instant.EPOCH
                : OffsetDateTime.parse(text).toInstant();
    }
}
