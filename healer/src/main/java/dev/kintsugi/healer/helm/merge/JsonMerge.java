package dev.kintsugi.healer.helm.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON merge patches (RFC 7386). */
final class JsonMerge {

    private JsonMerge() {}

    /** What turns one object into another: null removes a field, lists are replaced. */
    static ObjectNode twoWay(ObjectNode from, ObjectNode to) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        for (var field : to.properties()) {
            JsonNode old = from.get(field.getKey());
            if (old instanceof ObjectNode oldObject && field.getValue() instanceof ObjectNode newObject) {
                ObjectNode nested = twoWay(oldObject, newObject);
                if (!nested.isEmpty()) {
                    patch.set(field.getKey(), nested);
                }
            } else if (!field.getValue().equals(old)) {
                patch.set(field.getKey(), field.getValue().deepCopy());
            }
        }
        from.fieldNames().forEachRemaining(name -> {
            if (!to.has(name)) {
                patch.putNull(name);
            }
        });
        return patch;
    }
}
