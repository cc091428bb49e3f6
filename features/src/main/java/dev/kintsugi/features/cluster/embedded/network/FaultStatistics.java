package dev.kintsugi.features.cluster.embedded.network;

/**
 * What one fault did to the packets that met it since it was applied: the evidence that it has bitten.
 *
 * @param packets that met it
 * @param bytes of these, headers included
 * @param dropped lost, or turned away by a full queue
 * @param corrupted damaged, and so dropped by their receiver
 * @param duplicated sent twice
 * @param heldBack that were late
 * @param heldBackNanos by which those were late, all together
 */
public record FaultStatistics(
        long packets, long bytes, long dropped, long corrupted, long duplicated, long heldBack, long heldBackNanos) {}
