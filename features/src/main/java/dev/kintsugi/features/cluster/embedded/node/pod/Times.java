package dev.kintsugi.features.cluster.embedded.node.pod;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as Kubernetes writes them. */
final class Times {

    private Times() {}

    /** RFC 3339 in whole seconds, as {@code metav1.Time}. */
    static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** As Go prints a duration of whole seconds or milliseconds: {@code 10s}, {@code 1m20s}, {@code 5m0s}, {@code 200ms}. */
    static String text(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds == 0 && !duration.isZero()) {
            return duration.toMillis() + "ms";
        }
        StringBuilder text = new StringBuilder();
        if (seconds >= 3600) {
            text.append(seconds / 3600).append('h');
        }
        if (seconds >= 60) {
            text.append(seconds / 60 % 60).append('m');
        }
        text.append(seconds % 60);
        if (duration.toMillisPart() > 0) {
            text.append('.')
                    .append(String.format("%03d", duration.toMillisPart()).replaceAll("0+$", ""));
        }
        return text.append('s').toString();
    }
}
