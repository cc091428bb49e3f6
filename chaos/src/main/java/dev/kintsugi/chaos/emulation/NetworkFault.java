package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.Percentage;
import java.time.Duration;
import java.util.List;

/** What happens to the packets of one pod. */
public sealed interface NetworkFault {

    /** Addresses (IP, CIDR or host name) of the other ends that are meant; empty means all. */
    List<String> peers();

    /**
     * How often something happens to a packet.
     *
     * @param share of the packets that it happens to
     * @param correlation how much each draw depends on the one before
     */
    record Chance(Percentage share, Percentage correlation) {
        public static final Chance NONE = new Chance(Percentage.ZERO, Percentage.ZERO);

        /** Each packet by itself. */
        public static Chance of(double percent) {
            return new Chance(Percentage.of(percent), Percentage.ZERO);
        }

        public boolean isNone() {
            return share.value() == 0;
        }
    }

    /**
     * By how much packets are late.
     *
     * @param latency added to each packet
     * @param jitter by which that varies
     * @param correlation how much each delay depends on the one before
     * @param reorder the packets that are not delayed, and so overtake the others; only while there is a latency
     * @param gap with reorder, only every so many-th packet may overtake; at least 1
     */
    record Delay(Duration latency, Duration jitter, Percentage correlation, Chance reorder, int gap) {
        public static final Delay NONE = new Delay(Duration.ZERO, Duration.ZERO, Percentage.ZERO, Chance.NONE, 1);

        /** Every packet by the same time. */
        public static Delay of(Duration latency) {
            return new Delay(latency, Duration.ZERO, Percentage.ZERO, Chance.NONE, 1);
        }
    }

    /**
     * What the queueing discipline netem does to packets that leave the pod.
     *
     * @param loss packets that are dropped
     * @param duplicate packets that are sent twice
     * @param corrupt packets in which one bit is flipped
     * @param delay by which packets are late
     * @param bytesPerSecond no more than which leave; 0 means no limit
     */
    record Netem(Chance loss, Chance duplicate, Chance corrupt, Delay delay, long bytesPerSecond, List<String> peers)
            implements NetworkFault {
        public Netem {
            peers = List.copyOf(peers);
        }

        /** Nothing but loss, for everybody. */
        public static Netem loss(double percent) {
            return new Netem(Chance.of(percent), Chance.NONE, Chance.NONE, Delay.NONE, 0, List.of());
        }

        /** Nothing but an even delay, for everybody. */
        public static Netem delay(Duration latency) {
            return new Netem(Chance.NONE, Chance.NONE, Chance.NONE, Delay.of(latency), 0, List.of());
        }

        /** The same for some other ends only. */
        public Netem towards(List<String> others) {
            return new Netem(loss, duplicate, corrupt, delay, bytesPerSecond, others);
        }
    }

    /**
     * What the token bucket filter (tbf) does to packets that leave the pod.
     *
     * @param bytesPerSecond at which tokens come in
     * @param limitBytes that may wait for tokens; what comes on top is dropped
     * @param bufferBytes the bucket's size: what may leave at once. A larger packet never leaves
     * @param peakBytesPerSecond at which the bucket is emptied at most; 0 means at once
     * @param peakBufferBytes the size of the second bucket, which the peak rate needs
     */
    record Bandwidth(
            long bytesPerSecond,
            long limitBytes,
            long bufferBytes,
            long peakBytesPerSecond,
            long peakBufferBytes,
            List<String> peers)
            implements NetworkFault {
        public Bandwidth {
            peers = List.copyOf(peers);
        }
    }

    /**
     * Packets are dropped, all of them.
     *
     * @param egress those that leave the pod
     * @param ingress those that reach it
     */
    record Partition(boolean egress, boolean ingress, List<String> peers) implements NetworkFault {
        public Partition {
            peers = List.copyOf(peers);
        }
    }
}
