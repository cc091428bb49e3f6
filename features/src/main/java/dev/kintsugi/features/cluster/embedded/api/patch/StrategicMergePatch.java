package dev.kintsugi.features.cluster.embedded.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.schema.MergeRule;
import dev.kintsugi.features.cluster.embedded.api.schema.ModelSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' strategic merge patch: lists with a merge key are merged element by element, and the directives
 * {@code $patch} (replace, delete, merge), {@code $retainKeys}, {@code $deleteFromPrimitiveList/…} and
 * {@code $setElementOrder/…} are obeyed. A new element comes first in its list unless an order is given.
 *
 * @see <a
 *     href="https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md">Strategic
 *     merge patch</a>
 */
final class StrategicMergePatch {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String DIRECTIVE = "$patch";
    private static final String RETAIN_KEYS = "$retainKeys";
    private static final String DELETE_VALUES = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";

    private StrategicMergePatch() {}

    static ObjectNode apply(ObjectNode object, ObjectNode patch, ModelSchema schema) {
        return mergeObject(object, patch, schema);
    }

    private static ObjectNode mergeObject(ObjectNode original, ObjectNode patch, @Nullable ModelSchema schema) {
        String directive = patch.path(DIRECTIVE).asText("merge");
        if (directive.equals("replace")) {
            return withoutDirectives(patch);
        }
        if (directive.equals("delete")) {
            return JSON.objectNode();
        }
        if (!directive.equals("merge")) {
            throw ApiException.internal(
                    "unknown patch type: " + directive + " in map: map[" + DIRECTIVE + ":" + directive + "]");
        }
        ObjectNode result = original.deepCopy();
        if (patch.path(RETAIN_KEYS).isArray()) {
            result.retain(texts(patch.get(RETAIN_KEYS)));
        }
        patch.properties().forEach(entry -> {
            String name = entry.getKey();
            if (name.startsWith(DELETE_VALUES)) {
                removeValues(result, name.substring(DELETE_VALUES.length()), entry.getValue());
            } else if (!name.startsWith("$")) {
                mergeField(result, name, entry.getValue(), patch, schema);
            }
        });
        // An order may also stand alone, for a list whose elements do not change.
        patch.fieldNames().forEachRemaining(name -> {
            if (name.startsWith(ORDER)) {
                String list = name.substring(ORDER.length());
                MergeRule rule = schema == null ? null : schema.mergeRule(list);
                if (result.get(list) instanceof ArrayNode elements && rule != null) {
                    result.set(list, ordered(elements, patch.get(name), rule.key(), original.path(list)));
                }
            }
        });
        return result;
    }

    private static void mergeField(
            ObjectNode result, String name, JsonNode change, ObjectNode patch, @Nullable ModelSchema schema) {
        JsonNode present = result.get(name);
        ModelSchema field = schema == null ? null : schema.field(name);
        if (change.isNull()) {
            result.remove(name);
        } else if (change instanceof ObjectNode nested) {
            ObjectNode base = present instanceof ObjectNode object ? object : JSON.objectNode();
            ObjectNode merged = mergeObject(base, nested, field);
            if (nested.path(DIRECTIVE).asText().equals("delete")) {
                result.remove(name);
            } else {
                result.set(name, merged);
            }
        } else if (change instanceof ArrayNode list) {
            MergeRule rule = schema == null ? null : schema.mergeRule(name);
            ArrayNode base = present instanceof ArrayNode array ? array : JSON.arrayNode();
            ModelSchema element = field == null ? null : field.element();
            if (rule == null || !rule.merge()) {
                result.set(name, withoutListDirectives(list));
            } else if (rule.key() == null) {
                result.set(name, union(base, list));
            } else {
                result.set(name, mergeByKey(base, list, rule.key(), element));
            }
        } else {
            result.set(name, change.deepCopy());
        }
    }

    /** Elements of the patch that the list does not have yet come first, in the order of the patch. */
    private static ArrayNode mergeByKey(ArrayNode base, ArrayNode patch, String key, @Nullable ModelSchema element) {
        List<JsonNode> merged = new ArrayList<>();
        boolean replace = false;
        base.forEach(merged::add);
        List<JsonNode> added = new ArrayList<>();
        for (JsonNode change : patch) {
            if (!(change instanceof ObjectNode object)) {
                throw ApiException.internal("invalid JSON document: a list of objects is merged by " + key);
            }
            String directive = object.path(DIRECTIVE).asText("merge");
            JsonNode id = object.get(key);
            if (directive.equals("replace") && id == null) {
                replace = true;
                continue;
            }
            if (id == null) {
                throw ApiException.internal("map: map[" + String.join(" ", names(object))
                        + "] does not contain declared merge key: " + key);
            }
            int at = indexOf(merged, key, id);
            if (directive.equals("delete")) {
                merged.removeIf(one -> id.equals(one.get(key)));
            } else if (at >= 0 && merged.get(at) instanceof ObjectNode present) {
                merged.set(at, mergeObject(present, object, element));
            } else {
                added.add(mergeObject(JSON.objectNode(), object, element));
            }
        }
        ArrayNode result = JSON.arrayNode();
        if (replace) {
            patch.forEach(change -> {
                if (change.has(key)) {
                    result.add(withoutDirectives((ObjectNode) change));
                }
            });
            return result;
        }
        added.forEach(result::add);
        merged.forEach(result::add);
        return result;
    }

    /** Sorts by the order given; elements that it does not name stay with their old predecessors, as far as can be. */
    private static ArrayNode ordered(ArrayNode elements, JsonNode order, @Nullable String key, JsonNode original) {
        List<JsonNode> wanted = new ArrayList<>();
        order.forEach(one -> wanted.add(id(one, key)));
        List<JsonNode> rest = new ArrayList<>();
        elements.forEach(rest::add);
        List<JsonNode> result = new ArrayList<>();
        for (JsonNode id : wanted) {
            int at = indexOfId(rest, key, id);
            if (at >= 0) {
                result.add(rest.remove(at));
            }
        }
        List<JsonNode> before = new ArrayList<>();
        original.forEach(one -> before.add(id(one, key)));
        for (JsonNode left : rest) {
            int position = before.indexOf(id(left, key));
            int insertAt = 0;
            for (int i = 0; i < result.size(); i++) {
                int other = before.indexOf(id(result.get(i), key));
                if (other >= 0 && other < position) {
                    insertAt = i + 1;
                }
            }
            result.add(position < 0 ? result.size() : insertAt, left);
        }
        return JSON.arrayNode().addAll(result);
    }

    private static ArrayNode union(ArrayNode base, ArrayNode patch) {
        ArrayNode result = base.deepCopy();
        Set<JsonNode> known = new HashSet<>();
        base.forEach(known::add);
        patch.forEach(value -> {
            if (known.add(value)) {
                result.add(value);
            }
        });
        return result;
    }

    private static void removeValues(ObjectNode result, String name, JsonNode values) {
        if (result.get(name) instanceof ArrayNode present) {
            Set<JsonNode> gone = new HashSet<>();
            values.forEach(gone::add);
            ArrayNode left = JSON.arrayNode();
            present.forEach(value -> {
                if (!gone.contains(value)) {
                    left.add(value);
                }
            });
            result.set(name, left);
        }
    }

    private static ObjectNode withoutDirectives(ObjectNode patch) {
        ObjectNode result = patch.deepCopy();
        result.remove(names(patch).stream().filter(name -> name.startsWith("$")).toList());
        return result;
    }

    private static ArrayNode withoutListDirectives(ArrayNode list) {
        ArrayNode result = JSON.arrayNode();
        list.forEach(one -> {
            if (!(one.isObject() && one.size() == 1 && one.has(DIRECTIVE))) {
                result.add(one.deepCopy());
            }
        });
        return result;
    }

    private static int indexOf(List<JsonNode> list, String key, JsonNode id) {
        for (int i = 0; i < list.size(); i++) {
            if (id.equals(list.get(i).get(key))) {
                return i;
            }
        }
        return -1;
    }

    private static int indexOfId(List<JsonNode> list, @Nullable String key, JsonNode id) {
        for (int i = 0; i < list.size(); i++) {
            if (id.equals(id(list.get(i), key))) {
                return i;
            }
        }
        return -1;
    }

    private static JsonNode id(JsonNode element, @Nullable String key) {
        return key == null ? element : element.path(key);
    }

    private static List<String> texts(JsonNode list) {
        List<String> result = new ArrayList<>();
        list.forEach(one -> result.add(one.asText()));
        return result;
    }

    private static List<String> names(ObjectNode object) {
        List<String> result = new ArrayList<>();
        object.fieldNames().forEachRemaining(result::add);
        return result;
    }
}
