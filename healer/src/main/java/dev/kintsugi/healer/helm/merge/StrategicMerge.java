package dev.kintsugi.healer.helm.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The strategic merge patch that {@code strategicpatch.CreateThreeWayMergePatch} of k8s.io/apimachinery makes with overwrite: what
 * the new manifest changes in the live object, and the removal of what only the old manifest had.
 *
 * @see <a
 *     href="https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md">Strategic
 *     merge patch</a>
 */
final class StrategicMerge {

    static final String DIRECTIVE = "$patch";
    static final String RETAIN_KEYS = "$retainKeys";
    static final String DELETE_VALUES = "$deleteFromPrimitiveList/";
    static final String ORDER = "$setElementOrder/";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private StrategicMerge() {}

    /** The patch; empty if the live object already follows the new manifest. */
    static ObjectNode threeWay(ObjectNode oldManifest, ObjectNode newManifest, ObjectNode live) {
        Rules rules = field -> MergeRule.ofRoot(newManifest.path("kind").asText(), field);
        ObjectNode changes = Side.CHANGES.compare(live, newManifest, rules, false);
        ObjectNode removals = Side.REMOVALS.compare(oldManifest, newManifest, rules, false);
        return unite(removals, changes, rules);
    }

    /** The rule of each field of one object. */
    @FunctionalInterface
    private interface Rules {
        MergeRule of(String field);

        static Rules in(MergeRule rule) {
            return field -> MergeRule.of(rule.struct(), field);
        }
    }

    /** One half of a comparison: what is new or different, or what is gone. */
    private enum Side {
        CHANGES,
        REMOVALS;

        ObjectNode compare(ObjectNode from, ObjectNode to, Rules rules, boolean retainKeys) {
            ObjectNode patch = JSON.objectNode();
            for (var field : to.properties()) {
                JsonNode old = from.get(field.getKey());
                JsonNode now = field.getValue();
                MergeRule rule = rules.of(field.getKey());
                if (old instanceof ObjectNode oldObject
                        && now instanceof ObjectNode newObject
                        && rule.strategy() != MergeRule.Strategy.REPLACE) {
                    ObjectNode nested = compare(oldObject, newObject, Rules.in(rule), rule.retainKeys());
                    if (!nested.isEmpty()) {
                        patch.set(field.getKey(), nested);
                    }
                } else if (old instanceof ArrayNode oldList
                        && now instanceof ArrayNode newList
                        && rule.strategy() == MergeRule.Strategy.MERGE) {
                    compareLists(oldList, newList, field.getKey(), rule, patch);
                } else if (this == CHANGES && !now.equals(old)) {
                    patch.set(field.getKey(), now.deepCopy());
                }
            }
            boolean more = fieldsOnlyIn(from, to).size() > 0;
            if (this == REMOVALS) {
                fieldsOnlyIn(from, to).forEach(patch::putNull);
            }
            // The fields that stay are named when something changes, or when others would have to go.
            if (retainKeys && !to.isEmpty() && (more || !patch.isEmpty())) {
                ArrayNode stay = patch.putArray(RETAIN_KEYS);
                names(to).stream().sorted().forEach(stay::add);
            }
            return patch;
        }

        private void compareLists(ArrayNode from, ArrayNode to, String field, MergeRule rule, ObjectNode patch) {
            if (from.isEmpty()) {
                if (this == CHANGES && !to.isEmpty()) {
                    patch.set(field, to.deepCopy());
                }
            } else if (rule.key() == null) {
                compareValues(from, to, field, patch);
            } else {
                compareElements(from, to, field, rule, rule.key(), patch);
            }
        }

        private void compareElements(
                ArrayNode from, ArrayNode to, String field, MergeRule rule, String key, ObjectNode patch) {
            ArrayNode changed = JSON.arrayNode();
            List<JsonNode> rest = new ArrayList<>();
            from.forEach(rest::add);
            for (JsonNode element : to) {
                JsonNode old = take(rest, element.path(key), key);
                if (old instanceof ObjectNode oldObject && element instanceof ObjectNode newObject) {
                    ObjectNode nested = compare(oldObject, newObject, Rules.in(rule), rule.retainKeys());
                    if (!nested.isEmpty()) {
                        nested.set(key, element.path(key));
                        changed.add(nested);
                    }
                } else if (this == CHANGES) {
                    changed.add(element.deepCopy());
                }
            }
            if (this == REMOVALS) {
                rest.forEach(gone -> {
                    ObjectNode removal = JSON.objectNode().put(DIRECTIVE, "delete");
                    removal.set(key, gone.path(key));
                    changed.add(removal);
                });
            }
            if (!changed.isEmpty()) {
                patch.set(field, changed);
            }
            boolean reordered = this == CHANGES && !keys(from, key).equals(keys(to, key));
            if (!changed.isEmpty() || reordered) {
                ArrayNode order = patch.putArray(ORDER + field);
                to.forEach(element -> order.addObject().set(key, element.path(key)));
            }
        }

        private void compareValues(ArrayNode from, ArrayNode to, String field, ObjectNode patch) {
            ArrayNode difference = this == CHANGES ? without(to, from) : without(from, to);
            if (!difference.isEmpty()) {
                patch.set(this == CHANGES ? field : DELETE_VALUES + field, difference);
            }
            if (!difference.isEmpty() || (this == CHANGES && !from.equals(to))) {
                patch.set(ORDER + field, to.deepCopy());
            }
        }
    }

    /** Both halves in one patch. They never contradict each other: what is removed is not in the new manifest. */
    private static ObjectNode unite(ObjectNode removals, ObjectNode changes, Rules rules) {
        ObjectNode patch = removals.deepCopy();
        for (var field : changes.properties()) {
            JsonNode removed = patch.get(field.getKey());
            MergeRule rule = rules.of(field.getKey());
            if (removed instanceof ObjectNode left && field.getValue() instanceof ObjectNode right) {
                patch.set(field.getKey(), unite(left, right, Rules.in(rule)));
            } else if (removed instanceof ArrayNode left
                    && field.getValue() instanceof ArrayNode right
                    && rule.key() != null) {
                patch.set(field.getKey(), uniteElements(left, right, rule, rule.key()));
            } else {
                patch.set(field.getKey(), field.getValue());
            }
        }
        return patch;
    }

    private static ArrayNode uniteElements(ArrayNode removals, ArrayNode changes, MergeRule rule, String key) {
        List<JsonNode> rest = new ArrayList<>();
        removals.forEach(rest::add);
        ArrayNode united = JSON.arrayNode();
        for (JsonNode change : changes) {
            JsonNode removal = take(rest, change.path(key), key);
            united.add(
                    removal instanceof ObjectNode left && change instanceof ObjectNode right
                            ? unite(left, right, Rules.in(rule))
                            : change);
        }
        rest.forEach(united::add);
        return united;
    }

    /** Takes the first element with this key out of a list; null if there is none. */
    private static @Nullable JsonNode take(List<JsonNode> elements, JsonNode id, String key) {
        for (int i = 0; i < elements.size(); i++) {
            if (id.equals(elements.get(i).path(key))) {
                return elements.remove(i);
            }
        }
        return null;
    }

    private static List<JsonNode> keys(ArrayNode list, String key) {
        List<JsonNode> keys = new ArrayList<>();
        list.forEach(element -> keys.add(element.path(key)));
        return keys;
    }

    private static ArrayNode without(ArrayNode list, ArrayNode others) {
        ArrayNode left = JSON.arrayNode();
        List<JsonNode> known = new ArrayList<>();
        others.forEach(known::add);
        list.forEach(value -> {
            if (!known.contains(value)) {
                left.add(value);
            }
        });
        return left;
    }

    private static List<String> fieldsOnlyIn(ObjectNode object, ObjectNode other) {
        return names(object).stream().filter(name -> !other.has(name)).toList();
    }

    private static List<String> names(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
