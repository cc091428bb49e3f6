package dev.kintsugi.features.cluster.embedded.network;

/** Which packets of a pod's link a fault acts on; the directions of a Chaos Mesh NetworkChaos, seen from its target. */
public enum LinkDirection {
    /** Packets that leave the pod ({@code direction: to}, the default of NetworkChaos). */
    EGRESS,
    /** Packets on their way to the pod ({@code direction: from}). */
    INGRESS,
    /** Both ({@code direction: both}). */
    BOTH;

    boolean covers(LinkDirection oneWay) {
        return this == BOTH || this == oneWay;
    }
}
