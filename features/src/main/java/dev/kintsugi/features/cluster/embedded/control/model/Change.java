package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One object appeared, changed or went.
 *
 * @param before null if it appeared
 * @param after null if it went
 */
public record Change(@Nullable HasMetadata before, @Nullable HasMetadata after) {

    /** The newest state that is known. */
    public HasMetadata object() {
        return Objects.requireNonNull(after != null ? after : before);
    }

    /** The states as objects of a kind; none if the change is of another kind. */
    public <T extends HasMetadata> Stream<T> states(Class<T> kind) {
        return Stream.of(before, after).filter(kind::isInstance).map(kind::cast);
    }

    /** Whether the object has gone. */
    public boolean gone() {
        return after == null;
    }
}
