package dev.kintsugi.features.cluster.embedded.network;

import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * One fault in force: lets packets through, or not. Pure but for its state: chance comes from the seed, time is the caller's.
 * Thread-safe, since the connections of one pod belong to several event loops; times of different callers may cross a little.
 */
abstract class Discipline {

    private long packets;
    private long bytes;
    private long dropped;
    private long corrupted;
    private long duplicated;
    private long heldBack;
    private long heldBackNanos;

    static Discipline of(LinkFault fault, SplittableRandom random) {
        if (fault instanceof LinkFault.Netem netem) {
            return new NetemQueue(netem, random);
        }
        if (fault instanceof LinkFault.Bandwidth bandwidth) {
            return new TokenBucket(bandwidth);
        }
        return new Cut();
    }

    /**
     * Sends one packet.
     *
     * @param size in bytes, headers included
     * @param now nanoseconds on any clock
     * @param leaves is told of each copy that gets through, at once: when it leaves, not before now
     */
    final void send(int size, long now, LongConsumer leaves) {
        LongStream.Builder copies = LongStream.builder();
        synchronized (this) {
            packets++;
            bytes += size;
            enqueue(size, now, copies);
        }
        copies.build().forEach(leaves);
    }

    abstract void enqueue(int size, long now, LongConsumer leaves);

    final void dropped() {
        dropped++;
    }

    final void corrupted() {
        corrupted++;
    }

    final void duplicated() {
        duplicated++;
    }

    final void heldBack(long nanos) {
        if (nanos > 0) {
            heldBack++;
            heldBackNanos += nanos;
        }
    }

    final synchronized FaultStatistics statistics() {
        return new FaultStatistics(packets, bytes, dropped, corrupted, duplicated, heldBack, heldBackNanos);
    }

    /** Drops everything. */
    private static final class Cut extends Discipline {
        @Override
        void enqueue(int size, long now, LongConsumer leaves) {
            dropped();
        }
    }
}
