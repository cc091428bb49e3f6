package dev.kintsugi.features.recording;

import java.util.List;
import org.HdrHistogram.Histogram;

/** Percentiles of latency, to three significant digits (HdrHistogram). */
final class Percentile {

    private static final long ONE_HOUR_IN_MICROS = 3_600_000_000L;

    private Percentile() {}

    /** Latency in milliseconds below which {@code percent} of the requests lie; 0 when there are none. */
    static double millis(List<Request> requests, double percent) {
        Histogram histogram = new Histogram(ONE_HOUR_IN_MICROS, 3);
        for (Request request : requests) {
            histogram.recordValue(Math.min(ONE_HOUR_IN_MICROS, Math.max(0, request.latencyNanos() / 1_000)));
        }
        return histogram.getValueAtPercentile(percent) / 1_000.0;
    }
}
