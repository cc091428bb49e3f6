package dev.kintsugi.features.cluster.embedded.api.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;

/** What is known of the shape of one kind of object in one version. */
public sealed interface ObjectSchema permits ModelSchema, StructuralSchema {

    /**
     * Removes from {@code object}, in place, the fields that the kind does not have.
     *
     * @return the paths of what was removed, e.g. {@code spec.bogus}
     * @throws WrongType if a built-in field has a value of another JSON type than its own
     */
    List<String> prune(ObjectNode object);

    /** Adds the defaults that the schema itself declares; in place. */
    void applyDefaults(ObjectNode object);

    /** Checks the rules that the schema itself declares. */
    List<Cause> validate(ObjectNode object);

    /** What of the kind's objects can be owned apart. */
    FieldTree tree();

    /**
     * This schema in OpenAPI v3.
     *
     * @param definitions where the schemas go that it refers to, by name
     * @return the schema itself
     */
    ObjectNode toOpenApi(ObjectNode definitions);

    /** A value that Go's decoder cannot put into its field; the message is Go's. */
    final class WrongType extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongType(String message) {
            super(message, null, false, false);
        }
    }
}
