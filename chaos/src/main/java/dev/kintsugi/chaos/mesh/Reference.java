package dev.kintsugi.chaos.mesh;

import dev.kintsugi.chaos.model.Kind;

/**
 * An experiment that exists in a cluster.
 *
 * @param uid tells it from another of the same name; empty when the request that created it was never answered
 */
public record Reference(Kind kind, String namespace, String name, String uid) {

    @Override
    public String toString() {
        return kind.text() + " " + namespace + "/" + name;
    }
}
