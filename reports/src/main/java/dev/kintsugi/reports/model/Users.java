package dev.kintsugi.reports.model;

import org.jspecify.annotations.Nullable;

/**
 * What users of the workload met from the injection to the end of the scenario.
 *
 * @param sent requests sent
 * @param failed those that were answered by an error, too late or not at all
 * @param p50Millis median latency from the intended send time, null when no request was answered
 * @param p99Millis 99th percentile of the same
 * @param longestOutageMillis longest time in which every request failed
 */
public record Users(
        long sent,
        long failed,
        @Nullable Double p50Millis,
        @Nullable Double p99Millis,
        double longestOutageMillis) {

    public Users {
        Require.sentAndFailed(sent, failed);
        p50Millis = Require.notNegativeMillisIfKnown(p50Millis, "p50Millis");
        p99Millis = Require.notNegativeMillisIfKnown(p99Millis, "p99Millis");
        longestOutageMillis = Require.notNegativeMillis(longestOutageMillis, "longestOutageMillis");
    }

    /** Share of requests that failed, 0 to 1; 0 when none was sent. */
    public double failedShare() {
        return sent == 0 ? 0 : (double) failed / sent;
    }
}
