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
import java.util.stream.Collectors;
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
                mergeField(result, name, entry.getValue(), schema);
            }
        });
        // An order may also stand alone, for a list whose elements do not change.
        patch.fieldNames().forEachRemaining(name -> {
            if (name.startsWith(ORDER)) {
                String list = name.substring(ORDER.length());
                MergeRule rule = schema == null ? null : schema.mergeRule(list);
                if (result.get(list) instanceof ArrayNode elements && rule != null) {
                    result.set(list, ordered(elements, patch.get(name), original.path(list), rule.key()));
                }
            }
        });
        return result;
    }

    private static void mergeField(ObjectNode result, String name, JsonNode change, @Nullable ModelSchema schema) {
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

    private static ArrayNode mergeByKey(ArrayNode base, ArrayNode patch, String key, @Nullable ModelSchema element) {
        ArrayNode merged = base.deepCopy();
        ArrayNode kept = JSON.arrayNode();
        for (JsonNode one : patch) {
            if (!(one instanceof ObjectNode change)) {
                throw ApiException.internal("invalid JSON document: a list of objects is merged by " + key);
            }
            String directive = change.path(DIRECTIVE).asText("merge");
            JsonNode id = change.get(key);
            if (directive.equals("replace") && id == null) {
                return withoutListDirectives(patch);
            }
            if (id == null) {
                throw ApiException.internal("map: " + goMap(change) + " does not contain declared merge key: " + key);
            }
            int at = indexOf(merged, id, key);
            if (directive.equals("delete")) {
                for (; at >= 0; at = indexOf(merged, id, key)) {
                    merged.remove(at);
                }
            } else {
                kept.add(change);
                ObjectNode present = at >= 0 ? (ObjectNode) merged.get(at) : JSON.objectNode();
                ObjectNode changed = mergeObject(present, change, element);
                if (at >= 0) {
                    merged.set(at, changed);
                } else {
                    merged.add(changed);
                }
            }
        }
        return ordered(merged, kept, base, key);
    }

    /**
     * Orders the elements of a merged list as {@code normalizeElementOrder} does in k8s.io/apimachinery: those that
     * {@code order} names are in that order, the others in their old one; an old element goes before one of the order
     * only if both were there and it was in front. So an element that is new comes before all that the order does not
     * name.
     *
     * @param order elements or their keys
     */
    private static ArrayNode ordered(ArrayNode elements, JsonNode order, JsonNode original, @Nullable String key) {
        List<JsonNode> named = new ArrayList<>();
        order.forEach(one -> {
            int at = indexOf(elements, id(one, key), key);
            if (at >= 0) {
                named.add(elements.get(at));
            }
        });
        List<JsonNode> others = new ArrayList<>();
        elements.forEach(one -> {
            if (indexOf(order, id(one, key), key) < 0) {
                others.add(one);
            }
        });
        ArrayNode result = JSON.arrayNode();
        int next = 0;
        for (JsonNode one : named) {
            int place = indexOf(original, id(one, key), key);
            while (next < others.size() && place >= 0) {
                int otherPlace = indexOf(original, id(others.get(next), key), key);
                if (otherPlace < 0 || otherPlace > place) {
                    break;
                }
                result.add(others.get(next++));
            }
            result.add(one);
        }
        others.subList(next, others.size()).forEach(result::add);
        return result;
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

    private static int indexOf(JsonNode list, JsonNode id, @Nullable String key) {
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

    /** An object as Go prints a map: keys in order. */
    private static String goMap(ObjectNode object) {
        return names(object).stream()
                .sorted()
                .map(name -> name + ":" + object.get(name).asText())
                .collect(Collectors.joining(" ", "map[", "]"));
    }

    private static List<String> names(ObjectNode object) {
        List<String> result = new ArrayList<>();
        object.fieldNames().forEachRemaining(result::add);
        return result;
    }
}
