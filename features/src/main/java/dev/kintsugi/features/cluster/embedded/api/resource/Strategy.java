package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;

/**
 * What the registry does for one kind beyond what it does for all: defaults, fields that only the server sets, and
 * checks. Objects are changed in place; those called {@code old} are not.
 */
interface Strategy {

    /** For kinds without rules of their own. */
    Strategy PLAIN = new Strategy() {};

    /** Fills in what was left out; also after an update, so that a removed field returns to its default. */
    default void setDefaults(ObjectNode object) {}

    /** Sets what a new object begins with, e.g. its status. */
    default void prepareCreate(ObjectNode object) {}

    /** Keeps what an update may not change without being refused. */
    default void prepareUpdate(ObjectNode object, ObjectNode old) {}

    default void validate(ObjectNode object, List<Cause> causes) {}

    default void validateUpdate(ObjectNode object, ObjectNode old, List<Cause> causes) {}

    /** Whether a change of the annotations alone counts as a new generation. */
    default boolean countsAnnotations() {
        return false;
    }
}
