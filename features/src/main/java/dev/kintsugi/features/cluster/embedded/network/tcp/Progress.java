package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.concurrent.TimeUnit;

/** What one acknowledgement brought. */
final class Progress {

    /** It acknowledges more than was acknowledged before. */
    boolean advanced;
    /** Something arrived that had been sent but once, before the repair began. */
    boolean originals;

    boolean sackedNew;
    /** It says nothing new and carries nothing. */
    boolean duplicate;

    int delivered;
    private long sample = -1;
    private long sackSample = -1;

    void acknowledged(Segment segment, long now) {
        if (!segment.retransmitted && sample < 0) {
            sample = now - segment.sentAt;
        }
    }

    void sacked(Segment segment, long now) {
        sackedNew = true;
        if (!segment.retransmitted) {
            sackSample = now - segment.sentAt;
        }
    }

    /** A round trip is measured on what was sent once; failing that, by the time stamp that an advance echoes, in whole ms. */
    long roundTrip(long echo, long now) {
        if (sample >= 0) {
            return sample;
        }
        if (sackSample >= 0) {
            return sackSample;
        }
        boolean echoes = advanced && echo != Packet.NO_ECHO;
        return echoes ? Math.max(1, TimeUnit.NANOSECONDS.toMillis(now - echo)) * 1_000_000 : -1;
    }
}
