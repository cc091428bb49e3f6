package dev.kintsugi.features.cluster.embedded.network.tcp;

/** The two ends of a conversation. */
public enum Side {
    /** Who connects. */
    CLIENT,
    /** Who listens. */
    POD;

    public Side other() {
        return this == CLIENT ? POD : CLIENT;
    }
}
