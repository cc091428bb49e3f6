package dev.kintsugi.features.cluster.embedded.control.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a loop wants done about one key.
 *
 * @param writes in this order; the first that fails ends them, and the key is looked at again after a back-off
 * @param nextLook when to look again even if nothing changes; null for never
 */
public record Reaction(List<Write> writes, @Nullable Duration nextLook) {

    private static final Reaction NONE = new Reaction(List.of(), null);

    public Reaction {
        writes = List.copyOf(writes);
    }

    /** Nothing to do until something changes. */
    public static Reaction none() {
        return NONE;
    }

    /** These writes, and nothing more until something changes. */
    public static Reaction of(List<Write> writes) {
        return new Reaction(writes, null);
    }

    /** These writes, and nothing more until something changes. */
    public static Reaction of(Write... writes) {
        return new Reaction(List.of(writes), null);
    }
}
