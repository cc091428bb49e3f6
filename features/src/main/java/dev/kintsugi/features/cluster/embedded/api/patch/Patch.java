package dev.kintsugi.features.cluster.embedded.api.patch;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.ownership.ManagedFields;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.schema.ModelSchema;

/** A change to an object, ready to be applied to whatever state the object is in. */
@FunctionalInterface
public interface Patch {

    /**
     * The object after the change; the one given stays as it is.
     *
     * @throws ApiException if the change does not fit the object
     */
    ObjectNode apply(ObjectNode object);

    /** RFC 6902 as Kubernetes applies it: a {@code replace} of a missing key adds it. */
    static Patch json(JsonNode operations) {
        if (!(operations instanceof ArrayNode list)) {
            throw ApiException.badRequest("error decoding patch: json: cannot unmarshal object into Go value of type"
                    + " []handlers.jsonPatchOp");
        }
        boolean deep = JsonPatch.touches(list, JsonPointer.compile("/metadata/managedFields"));
        return object -> JsonPatch.apply(deep ? ManagedFields.inFull(object) : object, list);
    }

    /** RFC 7386. */
    static Patch merge(JsonNode patch) {
        ObjectNode change = requireObject(patch);
        return object -> MergePatch.apply(object, change);
    }

    /** Kubernetes' own: lists merge by the keys that {@code schema} names, and directives begin with a dollar sign. */
    static Patch strategic(JsonNode patch, ModelSchema schema) {
        ObjectNode change = requireObject(patch);
        return object -> StrategicMergePatch.apply(object, change, schema);
    }

    private static ObjectNode requireObject(JsonNode patch) {
        if (patch instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badRequest("error decoding patch: json: cannot unmarshal array into Go value of type"
                + " map[string]interface {}");
    }
}
