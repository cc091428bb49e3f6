package dev.kintsugi.features.cluster.embedded.network.tcp;

/**
 * How many segments may be in flight, by the rules of BBR (net/ipv4/tcp_bbr.c, bbr_set_cwnd), with which the reference
 * recordings were made: ten at first and one more for each that arrives; as many as arrive for the first round trip of a
 * repair, and the old size again after it; one after a time-out; never less than four once an acknowledgement came. What it
 * leaves out is the bandwidth estimate, which on a path of microseconds does not bind.
 */
final class CongestionWindow {

    private static final int INITIAL = 10;
    private static final int LEAST = 4;
    private static final int MOST = 10_000;

    private int size = INITIAL;
    private int beforeRepair;
    private boolean repairing;
    private boolean conserving;

    int size() {
        return size;
    }

    /** Starts with one segment, as after a handshake that itself timed out. */
    void startSmall() {
        size = 1;
    }

    /** Losses were found by later arrivals. */
    void repairStarts(int inFlight) {
        remember();
        conserving = true;
        size = Math.max(1, inFlight);
    }

    /** The first round trip of the repair is over. */
    void repairGoesOn() {
        conserving = false;
    }

    /** The retransmission timer went off. */
    void timedOut(int inFlight) {
        remember();
        conserving = false;
        size = inFlight + 1;
    }

    private void remember() {
        beforeRepair = repairing ? Math.max(beforeRepair, size) : size;
        repairing = true;
    }

    void repairEnds() {
        if (repairing) {
            size = Math.max(size, beforeRepair);
        }
        repairing = false;
        conserving = false;
    }

    void acknowledged(int delivered, int lost, int inFlight) {
        if (delivered == 0) {
            return;
        }
        size = Math.max(1, size - lost);
        if (conserving) {
            size = Math.max(size, inFlight + delivered);
        } else {
            size = Math.min(MOST, Math.max(LEAST, size + delivered));
        }
    }
}
