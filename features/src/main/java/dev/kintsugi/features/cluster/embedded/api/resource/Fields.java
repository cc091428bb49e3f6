package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads and sets fields of JSON trees. */
final class Fields {

    static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Fields() {}

    static ObjectNode metadata(ObjectNode object) {
        return child(object, "metadata");
    }

    static ObjectNode spec(ObjectNode object) {
        return child(object, "spec");
    }

    /** The object in that field; a new one if there is none. */
    static ObjectNode child(ObjectNode object, String name) {
        return object.get(name) instanceof ObjectNode present ? present : object.putObject(name);
    }

    static String text(JsonNode object, String name) {
        return object.path(name).asText("");
    }

    static void setIfAbsent(ObjectNode object, String name, String value) {
        if (text(object, name).isEmpty()) {
            object.put(name, value);
        }
    }

    static void setIfAbsent(ObjectNode object, String name, int value) {
        if (!object.has(name)) {
            object.put(name, value);
        }
    }

    static void setIfAbsent(ObjectNode object, String name, boolean value) {
        if (!object.has(name)) {
            object.put(name, value);
        }
    }

    static void setIfAbsent(ObjectNode object, String name, JsonNode value) {
        if (!object.has(name)) {
            object.set(name, value);
        }
    }

    /** Puts {@code value} in the field, or takes the field away if it is null. */
    static void setOrRemove(ObjectNode object, String name, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            object.remove(name);
        } else {
            object.set(name, value.deepCopy());
        }
    }

    static void eachObject(JsonNode list, Consumer<ObjectNode> action) {
        list.forEach(one -> {
            if (one instanceof ObjectNode object) {
                action.accept(object);
            }
        });
    }

    static List<String> texts(JsonNode list) {
        List<String> result = new ArrayList<>();
        list.forEach(one -> result.add(one.asText()));
        return result;
    }

    static ArrayNode array(List<String> values) {
        ArrayNode result = JSON.arrayNode();
        values.forEach(result::add);
        return result;
    }

    static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t") + "\"";
    }

    /** The node at a dotted path. */
    static JsonNode at(JsonNode object, String path) {
        JsonNode node = object;
        for (String step : path.split("\\.", -1)) {
            node = node.path(step);
        }
        return node;
    }

    /** Sets the value at a dotted path, making the objects on the way. */
    static void setAt(ObjectNode object, String path, JsonNode value) {
        String[] steps = path.split("\\.", -1);
        ObjectNode node = object;
        for (int i = 0; i < steps.length - 1; i++) {
            node = child(node, steps[i]);
        }
        node.set(steps[steps.length - 1], value);
    }
}
