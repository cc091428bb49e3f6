package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.function.LongConsumer;

/** Decides the fate of each packet. */
@FunctionalInterface
public interface Wire {

    /**
     * Sends one packet.
     *
     * @param size in bytes, headers included
     * @param now the conversation's time
     * @param leaves is told, before this returns, when each copy that will arrive leaves, not before now: never for a packet that is
     *     lost, twice for one that is doubled. The path's own latency comes on top.
     */
    void send(Side from, int size, long now, LongConsumer leaves);
}
