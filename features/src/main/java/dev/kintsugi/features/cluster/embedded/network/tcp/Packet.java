package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.List;

/**
 * One packet on its way.
 *
 * @param seq of its first byte; the end of the stream counts as one
 * @param ack next byte that its sender expects
 * @param sacks what its sender has beyond that
 * @param sentAt its time stamp, in nanoseconds
 * @param echo time stamp of the packet that it answers, {@link #NO_ECHO} if none
 */
record Packet(
        Side from, Kind kind, long seq, int bytes, boolean fin, long ack, List<Range> sacks, long sentAt, long echo) {

    static final long NO_ECHO = Long.MIN_VALUE;

    enum Kind {
        SYN,
        SYN_ACK,
        ESTABLISHED
    }

    /** Bytes from {@code start} to before {@code end}. */
    record Range(long start, long end) {
        boolean covers(long from, long to) {
            return start <= from && to <= end;
        }
    }

    boolean occupies() {
        return bytes > 0 || fin;
    }

    long end() {
        return seq + bytes + (fin ? 1 : 0);
    }
}
