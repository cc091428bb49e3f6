package dev.kintsugi.features.cluster.embedded.api.ownership;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steps of a path within an object, in the writing of {@code FieldsV1}. */
final class PathElements {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private PathElements() {}

    static String field(String name) {
        return "f:" + name;
    }

    /**
     * The element of a list that is keyed or a set.
     *
     * @return null if it has not all of its keys
     */
    static @Nullable String of(FieldTree list, JsonNode element) {
        if (list.shape() == FieldTree.Shape.SET) {
            return "v:" + write(element);
        }
        ObjectNode keys = JsonNodeFactory.instance.objectNode();
        for (String key : list.keys()) {
            JsonNode value = element.hasNonNull(key) ? element.get(key) : list.keyDefault(key);
            if (value == null) {
                return null;
            }
            keys.set(key, value);
        }
        return "k:" + write(keys);
    }

    /** The elements of a list that is keyed or a set, in order; of equal ones the first. */
    static Map<String, JsonNode> elements(FieldTree list, ArrayNode values) {
        Map<String, JsonNode> elements = new LinkedHashMap<>();
        for (JsonNode value : values) {
            String element = of(list, value);
            if (element != null) {
                elements.putIfAbsent(element, value);
            }
        }
        return elements;
    }

    /** {@code .name}, {@code [key="value"]}, {@code [="value"]} or {@code [0]}. */
    static String toText(String element) {
        String rest = element.substring(2);
        return switch (element.charAt(0)) {
            case 'f' -> "." + rest;
            case 'k' -> "[" + keys(rest) + "]";
            case 'v' -> "[=" + rest + "]";
            default -> "[" + rest + "]";
        };
    }

    private static String keys(String json) {
        try {
            return JSON.readTree(json).properties().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .collect(Collectors.joining(","));
        } catch (JsonProcessingException e) {
            return json;
        }
    }

    static String write(JsonNode value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
