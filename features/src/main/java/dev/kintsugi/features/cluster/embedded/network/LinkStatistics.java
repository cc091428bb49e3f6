package dev.kintsugi.features.cluster.embedded.network;

/**
 * What the path of one pod did since it was attached: the evidence that a fault has bitten. Segments are counted only on
 * connections that crossed a faulty path (one without fault is relayed as a stream, in which there are none).
 *
 * @param connections accepted at the front
 * @param connectionsImpaired that crossed the path while a fault that concerned them was in force
 * @param connectionsDelayed of these, the ones of which at least one packet was dropped or held back
 * @param connectionsReset that ended by a reset
 * @param egressSegments packets the pod's side sent (first transmissions, retransmissions, bare acknowledgements)
 * @param egressDropped of these, the ones that never arrived intact
 * @param ingressSegments packets the clients' side sent
 * @param ingressDropped of these, the ones that never arrived intact
 */
public record LinkStatistics(
        long connections,
        long connectionsImpaired,
        long connectionsDelayed,
        long connectionsReset,
        long egressSegments,
        long egressDropped,
        long ingressSegments,
        long ingressDropped) {}
