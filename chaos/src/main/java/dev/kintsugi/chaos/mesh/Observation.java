package dev.kintsugi.chaos.mesh;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An experiment as it was seen.
 *
 * @param atNanos when it was received
 * @param resource null: it is gone
 */
record Observation(long atNanos, @Nullable GenericKubernetesResource resource) {

    /** Gone, or replaced by another of the same name (where the UID is known). */
    boolean isGone(String uid) {
        return resource == null
                || (!uid.isEmpty() && !uid.equals(resource.getMetadata().getUid()));
    }

    Status status() {
        return resource == null ? Status.NONE : status(resource);
    }

    List<String> finalizers() {
        return resource == null
                ? List.of()
                : Objects.requireNonNullElse(resource.getMetadata().getFinalizers(), List.of());
    }

    private static Status status(GenericKubernetesResource resource) {
        return Status.of(new Tree(resource.getAdditionalProperties().get("status")));
    }
}
