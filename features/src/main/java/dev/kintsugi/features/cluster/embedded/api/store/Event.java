package dev.kintsugi.features.cluster.embedded.api.store;

import org.jspecify.annotations.Nullable;

/**
 * One change of one object.
 *
 * @param type what happened
 * @param item the state after it; of a deletion the last state
 * @param previous the state before it; null for an addition
 */
public record Event(Type type, Item item, @Nullable Item previous) {

    /** What happens to objects, by the names that watches use. */
    public enum Type {
        ADDED,
        MODIFIED,
        DELETED
    }

    /** The resource version of the change. */
    public long revision() {
        return item.revision();
    }
}
