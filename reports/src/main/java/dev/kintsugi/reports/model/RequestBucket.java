package dev.kintsugi.reports.model;

import org.jspecify.annotations.Nullable;

/**
 * The requests that were meant to be sent in one short span of time.
 *
 * @param atMillis begin of the span, in milliseconds since the injection was requested; negative before it
 * @param sent requests sent
 * @param failed those of them that failed
 * @param p50Millis median latency, null when none was answered
 * @param p99Millis 99th percentile of the latency, null when none was answered
 */
public record RequestBucket(
        double atMillis,
        long sent,
        long failed,
        @Nullable Double p50Millis,
        @Nullable Double p99Millis) {

    public RequestBucket {
        atMillis = Require.millis(atMillis, "atMillis");
        Require.sentAndFailed(sent, failed);
        p50Millis = Require.notNegativeMillisIfKnown(p50Millis, "p50Millis");
        p99Millis = Require.notNegativeMillisIfKnown(p99Millis, "p99Millis");
    }
}
