package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.Percentage;
import java.time.Duration;
import java.util.List;

/** What happens to the packets of one pod. */
public sealed interface NetworkFault {

    /** Addresses (IP, CIDR or host name) of the other ends that are meant; empty means all. */
    List<String> peers();

    /**
     * Packets that leave the pod are lost or late (netem).
     *
     * @param loss share of the packets that is dropped
     * @param lossCorrelation how much each drop depends on the one before
     * @param latency added to each packet
     * @param jitter by which that varies
     * @param latencyCorrelation how much each delay depends on the one before
     */
    record Netem(
            Percentage loss,
            Percentage lossCorrelation,
            Duration latency,
            Duration jitter,
            Percentage latencyCorrelation,
            List<String> peers)
            implements NetworkFault {
        public Netem {
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
