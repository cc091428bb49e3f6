package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.metadata;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.ArrayList;
import java.util.List;

/**
 * Finalizers: while an object has any, deleting it only marks it.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/">Finalizers</a>
 */
final class Finalizers {

    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";

    private Finalizers() {}

    static List<String> of(ObjectNode object) {
        return Fields.texts(object.path("metadata").path("finalizers"));
    }

    static void set(ObjectNode object, List<String> finalizers) {
        if (finalizers.isEmpty()) {
            metadata(object).remove("finalizers");
        } else {
            metadata(object).set("finalizers", Fields.array(finalizers));
        }
    }

    /** What the propagation policy of a delete makes of the finalizers; without a policy they stay. */
    static List<String> withPolicy(List<String> finalizers, String policy) {
        List<String> result = new ArrayList<>(finalizers);
        if (!policy.isEmpty()) {
            result.remove(FOREGROUND);
            result.remove(ORPHAN);
        }
        if (policy.equals("Foreground")) {
            result.add(FOREGROUND);
        } else if (policy.equals("Orphan")) {
            result.add(ORPHAN);
        }
        return result;
    }

    /** An object that is being deleted can lose finalizers, but not gain any. */
    static void validate(ObjectNode object, ObjectNode old, List<Cause> causes) {
        if (!old.path("metadata").has("deletionTimestamp")) {
            return;
        }
        List<String> added = new ArrayList<>(of(object));
        added.removeAll(of(old));
        if (!added.isEmpty()) {
            causes.add(Cause.forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{\""
                            + String.join("\", \"", added) + "\"}"));
        }
    }
}
