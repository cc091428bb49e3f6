package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A control loop: it brings what is nearer to what is wanted, one object at a time. It has no clock of its own, and
 * remembers nothing that matters to what is done, unless it says so.
 */
public interface Loop {

    /** As in the name of its thread and in logs, e.g. {@code replicaset}. */
    String name();

    /** The kinds it reads or is woken by, beyond those it meets only as {@link HasMetadata}. */
    Set<Class<? extends HasMetadata>> kinds();

    /** The keys that are to be looked at after a change; called for every change of every kind. */
    Stream<Key> affected(Change change, World world);

    /** How long more changes are waited for before a key that this change affects is looked at. */
    default Duration gathers(Change change) {
        return Duration.ZERO;
    }

    /** What is to be done about a key now. */
    Reaction look(Key key, World world, Instant now);

    /**
     * What is to be written since the API server refused a write of a reaction; the key is looked at again in any case.
     *
     * @param why the API server's message
     */
    default List<Write> refused(Key key, Write refused, String why, World world, Instant now) {
        return List.of();
    }
}
