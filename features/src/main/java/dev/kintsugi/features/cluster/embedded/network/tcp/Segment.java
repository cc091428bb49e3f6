package dev.kintsugi.features.cluster.embedded.network.tcp;

/** One segment that was sent and is not yet acknowledged. Mutable; belongs to its {@link TcpSender}. */
final class Segment {

    final long seq;
    int bytes;
    boolean fin;
    /** Of the latest transmission. */
    long sentAt;
    /** Sent more than once. */
    boolean retransmitted;
    /** The receiver has it, though not all before it. */
    boolean sacked;
    /** Held to be lost. */
    boolean lost;
    /** Sent again since it was held to be lost, and that one not yet. */
    boolean repairing;

    Segment(long seq, int bytes, boolean fin) {
        this.seq = seq;
        this.bytes = bytes;
        this.fin = fin;
    }

    long end() {
        return seq + bytes + (fin ? 1 : 0);
    }

    /** Whether the path is thought to hold it. */
    boolean inFlight() {
        return !sacked && (!lost || repairing);
    }

    /** Makes the next segment part of this one if both together are no longer than {@code limit}. */
    boolean takesIn(Segment following, int limit) {
        if (sacked || following.sacked || bytes + following.bytes > limit) {
            return false;
        }
        bytes += following.bytes;
        fin = following.fin;
        return true;
    }

    void markLost() {
        lost = true;
        repairing = false;
    }
}
