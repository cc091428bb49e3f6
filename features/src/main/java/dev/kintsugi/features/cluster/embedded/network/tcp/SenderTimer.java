package dev.kintsugi.features.cluster.embedded.network.tcp;

/** The one timer of a sender, which Linux uses for three things in turn (icsk_pending), and by the kernel's raster. */
final class SenderTimer {

    static final long NEVER = Long.MAX_VALUE;

    enum Kind {
        NONE,
        RETRANSMISSION,
        PROBE,
        REORDERING
    }

    private Kind kind = Kind.NONE;
    private long at = NEVER;

    long at() {
        return at;
    }

    boolean is(Kind asked) {
        return kind == asked;
    }

    void arm(Kind which, long now, long after) {
        kind = which;
        at = KernelTimer.expiry(now, after);
    }

    void stop() {
        kind = Kind.NONE;
        at = NEVER;
    }

    /** What it was set for, if that is due; it runs no more then, but still says what it was for. */
    Kind takeDue(long now) {
        if (at > now) {
            return Kind.NONE;
        }
        at = NEVER;
        return kind;
    }
}
