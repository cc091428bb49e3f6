package dev.kintsugi.chaos.mesh;

import dev.kintsugi.chaos.model.Kind;

/**
 * A resource of Chaos Mesh that exists in a cluster.
 *
 * @param kind such as {@code PodChaos} or {@code Schedule}
 * @param uid tells it from another of the same name; empty when the request that created it was never answered
 */
public record Reference(String kind, String namespace, String name, String uid) {

    /** An experiment. */
    public Reference(Kind kind, String namespace, String name, String uid) {
        this(kind.text(), namespace, name, uid);
    }

    /** Whether it is a fault itself, whose status has a record for each target, and not what starts faults. */
    public boolean isExperiment() {
        return kind.endsWith("Chaos");
    }

    @Override
    public String toString() {
        return kind + " " + namespace + "/" + name;
    }
}
