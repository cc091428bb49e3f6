package dev.kintsugi.features.cluster.embedded.network.tcp;

/** Decides the fate of each packet. */
@FunctionalInterface
public interface Wire {

    /** The verdict on a packet that never arrives. */
    long DROPPED = -1;

    /**
     * Sends one packet.
     *
     * @return the nanoseconds by which it is held back beyond the path's own latency, or {@link #DROPPED}
     */
    long transit(Side from);
}
