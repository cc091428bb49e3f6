package dev.kintsugi.features.cluster.embedded.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON merge patch, RFC 7386: null removes, objects merge, everything else replaces. */
final class MergePatch {

    private MergePatch() {}

    static ObjectNode apply(ObjectNode object, ObjectNode patch) {
        ObjectNode result = object.deepCopy();
        merge(result, patch);
        return result;
    }

    private static void merge(ObjectNode target, ObjectNode patch) {
        patch.properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode change = entry.getValue();
            if (change.isNull()) {
                target.remove(name);
            } else if (change instanceof ObjectNode nested) {
                ObjectNode into = target.get(name) instanceof ObjectNode present ? present : target.putObject(name);
                merge(into, nested);
            } else {
                target.set(name, change.deepCopy());
            }
        });
    }
}
