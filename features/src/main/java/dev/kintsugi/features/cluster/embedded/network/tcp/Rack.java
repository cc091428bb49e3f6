package dev.kintsugi.features.cluster.embedded.network.tcp;

/**
 * Finds losses by time (RACK, RFC 8985): a segment is lost when one that was sent later has arrived and it has had a round trip
 * and a little more for itself.
 */
final class Rack {

    /** Three segments known to be ahead prove a hole without waiting (the duplicate acknowledgement threshold). */
    private static final int PROOF_OF_LOSS = 3;

    /** Of the latest-sent segment that has arrived. */
    private long sentAt;

    private long end;
    private long roundTrip;
    private boolean advanced;
    private int found;

    /** Of the segment that arrived last. */
    long roundTrip() {
        return roundTrip;
    }

    /** The time stamp of the latest-sent segment that has arrived. */
    long sentAt() {
        return sentAt;
    }

    /** How many losses were found ever. */
    int found() {
        return found;
    }

    /** A segment has arrived; but one that came too soon after it was repeated was the original. */
    void delivered(Segment segment, RoundTrips roundTrips, long now) {
        long took = now - segment.sentAt;
        if (segment.retransmitted && took < roundTrips.shortest()) {
            return;
        }
        advanced = true;
        roundTrip = took;
        if (sentAfter(segment.sentAt, segment.end(), sentAt, end)) {
            sentAt = segment.sentAt;
            end = segment.end();
        }
    }

    /** Whether a segment has arrived since this was asked last. */
    boolean takeAdvance() {
        boolean was = advanced;
        advanced = false;
        return was;
    }

    /** Marks what is lost; returns how long to wait for those that have a little time left, or 0. */
    long markLost(Scoreboard outstanding, boolean orderIsTrusted, RoundTrips roundTrips, long now) {
        long window = orderIsTrusted || outstanding.sacked() >= PROOF_OF_LOSS
                ? 0
                : Math.min(roundTrips.shortest() / 4, roundTrips.smoothed());
        long longest = 0;
        for (Segment segment : outstanding.segments()) {
            if (segment.sacked
                    || (segment.lost && !segment.repairing)
                    || !sentAfter(sentAt, end, segment.sentAt, segment.end())) {
                continue;
            }
            long remaining = roundTrip + window - (now - segment.sentAt);
            if (remaining <= 0) {
                segment.markLost();
                found++;
            } else {
                longest = Math.max(longest, remaining);
            }
        }
        return longest;
    }

    private static boolean sentAfter(long sentAt, long end, long otherSentAt, long otherEnd) {
        return sentAt > otherSentAt || (sentAt == otherSentAt && end > otherEnd);
    }
}
