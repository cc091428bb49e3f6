package dev.kintsugi.features.cluster.embedded.network;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * One thing that is wrong with a pod's link. Several may be in force at once; each packet meets them in the order in which
 * they were applied. The meaning of each is that of tc-netem(8), by which Chaos Mesh brings it about on a real node.
 */
public sealed interface LinkFault {

    /** Which packets it acts on. */
    LinkDirection direction();

    /** The addresses of the other end that it is limited to; empty means everybody. */
    Set<InetAddress> peers();

    /**
     * Each packet is dropped with a probability.
     *
     * @param share of packets dropped, from 0 to 1
     * @param correlation of one draw with the one before, from 0 to 1, as netem mixes them (which, as in netem, shifts the
     *     share that is really lost)
     */
    record Loss(LinkDirection direction, Set<InetAddress> peers, double share, double correlation)
            implements LinkFault {
        public Loss {
            peers = Set.copyOf(peers);
            requireShare("share", share);
            requireShare("correlation", correlation);
        }

        /** Uncorrelated loss of what leaves the pod, for everybody. */
        public static Loss ofEgress(double share) {
            return new Loss(LinkDirection.EGRESS, Set.of(), share, 0);
        }
    }

    /**
     * Each packet is held back by {@code latency} and up to {@code jitter} more or less, evenly spread. With jitter, packets
     * may overtake each other, as they do in netem.
     *
     * @param latency zero to an hour
     * @param jitter zero to an hour
     * @param correlation of one draw of the jitter with the one before, from 0 to 1
     */
    record Delay(LinkDirection direction, Set<InetAddress> peers, Duration latency, Duration jitter, double correlation)
            implements LinkFault {
        public Delay {
            peers = Set.copyOf(peers);
            requireDelay("latency", latency);
            requireDelay("jitter", jitter);
            requireShare("correlation", correlation);
        }

        /** Even delay of what leaves the pod, for everybody. */
        public static Delay ofEgress(Duration latency) {
            return new Delay(LinkDirection.EGRESS, Set.of(), latency, Duration.ZERO, 0);
        }
    }

    /** No packet passes: open connections stall, new ones are not answered; nothing is refused. */
    record Partition(LinkDirection direction, Set<InetAddress> peers) implements LinkFault {
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
}
