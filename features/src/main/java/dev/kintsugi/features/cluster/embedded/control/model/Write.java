package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import org.jspecify.annotations.Nullable;

/** One request to the API server. */
public sealed interface Write {

    /**
     * Creates an object.
     *
     * @param told the Event about it; {@link Tell#CREATED} in its message stands for the object's name
     */
    record Create(HasMetadata object, @Nullable Tell told) implements Write {}

    /** Replaces an object, if its resourceVersion still is the given one. */
    record Replace(HasMetadata object) implements Write {}

    /** Replaces the status of an object, if its resourceVersion still is the given one. */
    record ReplaceStatus(HasMetadata object) implements Write {}

    /** Deletes an object, if its UID still is the given one. */
    record Delete(HasMetadata object, Propagation propagation) implements Write {}

    /** Deletes a pod at once, without waiting for its node; if its UID still is the given one. */
    record Remove(Pod pod) implements Write {}

    /** Deletes an object in the background, if the API server, too, says that none of its owners exists. */
    record Collect(HasMetadata object) implements Write {}

    /** Puts a pod on a node. */
    record Bind(Pod pod, String node) implements Write {}

    /** Takes away the last finalizer of a namespace, after which it is gone. */
    record Finalize(Namespace namespace) implements Write {}

    /** Deletes all Events of a namespace. */
    record ClearEvents(String namespace) implements Write {}

    /**
     * Writes an Event. One that cannot be written is lost.
     *
     * @param reporter the controller, e.g. {@code replicaset-controller}
     * @param action what was tried, as in {@code events.k8s.io}; null for an Event of the core group
     */
    record Tell(
            HasMetadata about,
            String reporter,
            boolean warning,
            String reason,
            String message,
            @Nullable String action) implements Write {

        /** Stands in a message for the name of the object that was created. */
        public static final String CREATED = "{created}";

        /** A normal Event of the core group. */
        public static Tell normal(HasMetadata about, String reporter, String reason, String message) {
            return new Tell(about, reporter, false, reason, message, null);
        }

        /** A warning of the core group. */
        public static Tell warning(HasMetadata about, String reporter, String reason, String message) {
            return new Tell(about, reporter, true, reason, message, null);
        }
    }

    /** What becomes of the dependents of a deleted object. */
    enum Propagation {
        /** As the kind has it by default. */
        DEFAULT,
        /** They go after it. */
        BACKGROUND,
        /** They go before it. */
        FOREGROUND,
        /** They stay. */
        ORPHAN
    }
}
