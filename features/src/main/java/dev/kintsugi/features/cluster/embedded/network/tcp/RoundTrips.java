package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.concurrent.TimeUnit;

/** Round-trip times measured by one sender, and the retransmission time-out they give (RFC 6298 with Linux's bounds). */
final class RoundTrips {

    static final long INITIAL_RTO = TimeUnit.SECONDS.toNanos(1);
    static final long RTO_MIN = TimeUnit.MILLISECONDS.toNanos(200);
    static final long RTO_MAX = TimeUnit.SECONDS.toNanos(120);

    private long smoothed;
    private long variation;
    private long shortest = Long.MAX_VALUE;

    void measured(long nanos) {
        long sample = Math.max(1, nanos);
        shortest = Math.min(shortest, sample);
        if (smoothed == 0) {
            smoothed = sample;
            variation = sample / 2;
        } else {
            variation += (Math.abs(smoothed - sample) - variation) / 4;
            smoothed += (sample - smoothed) / 8;
        }
    }

    boolean isKnown() {
        return smoothed > 0;
    }

    long smoothed() {
        return smoothed;
    }

    /** The shortest ever, or 0 if none was measured. */
    long shortest() {
        return isKnown() ? shortest : 0;
    }

    /** The time-out before any back-off: the smoothed time plus four variations, of which Linux takes at least 200 ms. */
    long timeout() {
        return isKnown() ? Math.min(RTO_MAX, smoothed + Math.max(4 * variation, RTO_MIN)) : INITIAL_RTO;
    }
}
