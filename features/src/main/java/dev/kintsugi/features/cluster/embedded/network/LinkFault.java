package dev.kintsugi.features.cluster.embedded.network;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * One thing that is wrong with a pod's link. Several may be in force at once; each packet meets them in the order in which
 * they were applied. The meaning of each is that of the kernel's queueing disciplines, by which Chaos Mesh brings it about on a
 * real node.
 */
public sealed interface LinkFault {

    /** Which packets it acts on. */
    LinkDirection direction();

    /** The addresses of the other end that it is limited to; empty means everybody. */
    Set<AddressBlock> peers();

    /** Whether it acts on packets from or to this address. */
    default boolean concerns(InetAddress peer) {
        return peers().isEmpty() || peers().stream().anyMatch(block -> block.contains(peer));
    }

    /**
     * How often something happens to a packet.
     *
     * @param share of packets, from 0 to 1
     * @param correlation of one draw with the one before, from 0 to 1, as netem mixes them (which, as in netem, shifts the
     *     share that is really met)
     */
    record Chance(double share, double correlation) {
        public static final Chance NONE = new Chance(0, 0);

        public Chance {
            requireShare("share", share);
            requireShare("correlation", correlation);
        }

        /** Each packet by itself. */
        public static Chance of(double share) {
            return new Chance(share, 0);
        }
    }

    /**
     * Each packet is held back by {@code latency} and up to {@code jitter} more or less, evenly spread. With jitter, packets
     * may overtake each other.
     *
     * @param latency zero to an hour
     * @param jitter zero to an hour
     * @param correlation of one draw of the jitter with the one before, from 0 to 1
     * @param reorder packets that are not held back at all
     * @param gap only every so many-th packet may be spared so; at least 1
     */
    record Delay(Duration latency, Duration jitter, double correlation, Chance reorder, int gap) {
        public static final Delay NONE = of(Duration.ZERO);

        public Delay {
            requireDelay("latency", latency);
            requireDelay("jitter", jitter);
            requireShare("correlation", correlation);
            if (gap < 1) {
                throw new IllegalArgumentException("gap is " + gap + "; it must be at least 1");
            }
        }

        /** The same for every packet. */
        public static Delay of(Duration latency) {
            return new Delay(latency, Duration.ZERO, 0, Chance.NONE, 1);
        }
    }

    /**
     * Packets are lost, doubled, damaged, late and slow, as by tc-netem(8).
     *
     * @param corrupt packets in which a bit is flipped, so that the receiver's checksum does not fit and it drops them
     * @param bytesPerSecond at which packets leave, headers included; 0 means at once
     */
    record Netem(
            LinkDirection direction,
            Set<AddressBlock> peers,
            Chance loss,
            Chance duplicate,
            Chance corrupt,
            Delay delay,
            long bytesPerSecond)
            implements LinkFault {
        public Netem {
            peers = Set.copyOf(peers);
            requireNotNegative("bytesPerSecond", bytesPerSecond);
        }

        /** Uncorrelated loss, for everybody. */
        public static Netem loss(LinkDirection direction, double share) {
            return new Netem(direction, Set.of(), Chance.of(share), Chance.NONE, Chance.NONE, Delay.NONE, 0);
        }

        /** Even delay, for everybody. */
        public static Netem delay(LinkDirection direction, Duration latency) {
            return new Netem(direction, Set.of(), Chance.NONE, Chance.NONE, Chance.NONE, Delay.of(latency), 0);
        }
    }

    /**
     * Packets wait for tokens, as by tc-tbf(8). Sizes are those of packets with their headers.
     *
     * @param bytesPerSecond at which tokens come in, at least 1
     * @param limitBytes that may wait; what comes on top is dropped
     * @param bufferBytes the bucket: what may leave at once; a larger packet is dropped
     * @param peakBytesPerSecond no faster than which the bucket is emptied; 0 means at once
     * @param peakBufferBytes the second bucket, which the peak rate needs
     */
    record Bandwidth(
            LinkDirection direction,
            Set<AddressBlock> peers,
            long bytesPerSecond,
            long limitBytes,
            long bufferBytes,
            long peakBytesPerSecond,
            long peakBufferBytes)
            implements LinkFault {
        public Bandwidth {
            peers = Set.copyOf(peers);
            if (bytesPerSecond < 1) {
                throw new IllegalArgumentException("bytesPerSecond is " + bytesPerSecond + "; it must be at least 1");
            }
            requireNotNegative("limitBytes", limitBytes);
            requireNotNegative("bufferBytes", bufferBytes);
            requireNotNegative("peakBytesPerSecond", peakBytesPerSecond);
            requireNotNegative("peakBufferBytes", peakBufferBytes);
        }
    }

    /** No packet passes: open connections stall, new ones are not answered; nothing is refused. */
    record Partition(LinkDirection direction, Set<AddressBlock> peers) implements LinkFault {
        public Partition {
            peers = Set.copyOf(peers);
        }
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " is " + value + "; it must lie between 0 and 1");
        }
    }

    private static void requireDelay(String name, Duration value) {
        if (value.isNegative() || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(name + " is " + value + "; it must lie between 0 and 1 h");
        }
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + "; it must not be negative");
        }
    }
}
