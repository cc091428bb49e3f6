package dev.kintsugi.healer.model;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands around a target and its pods.
 *
 * @param namespace null where nothing is known of it
 * @param revisions those of the workload, in any order
 */
public record Surroundings(@Nullable NamespaceState namespace, List<Revision> revisions) {

    /** Nothing known. */
    public static final Surroundings NONE = new Surroundings(null, List.of());

    /** Makes the list unmodifiable. */
    public Surroundings {
        revisions = List.copyOf(revisions);
    }

    /** The revision that the workload now asks for: the one with the highest number. */
    public Optional<Revision> newest() {
        return revisions.stream().max(Comparator.comparingLong(Revision::number));
    }
}
