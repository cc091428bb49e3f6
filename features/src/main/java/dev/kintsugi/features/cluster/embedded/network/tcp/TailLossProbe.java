package dev.kintsugi.features.cluster.embedded.network.tcp;

/**
 * The probe for a loss at the very end, which no later arrival could reveal (RFC 8985, section 7): one at a time, until it is known
 * what has become of it.
 */
final class TailLossProbe {

    private static final long NONE = -1;

    private long upTo = NONE;
    private boolean repeated;

    /** One was sent and nothing is known of it. */
    boolean isOut() {
        return upTo != NONE;
    }

    /**
     * One was sent.
     *
     * @param next what the stream has come to with it
     * @param wasRepeat it repeated the last segment, for want of a new one
     */
    void sent(long next, boolean wasRepeat) {
        upTo = next;
        repeated = wasRepeat;
    }

    void forget() {
        upTo = NONE;
    }

    /** A repeat is settled when more than it is acknowledged, or a duplicate says that it was needless (tcp_process_tlp_ack). */
    void settle(long ack, Progress progress) {
        if (!isOut() || ack < upTo) {
            return;
        }
        if (!repeated || ack > upTo || (progress.duplicate && !progress.sackedNew)) {
            forget();
        }
    }
}
