package dev.kintsugi.features.cluster.embedded.api.ownership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The three things that server-side apply does with objects: name their fields, merge one into another, and take fields
 * away.
 *
 * @see <a href="https://github.com/kubernetes-sigs/structured-merge-diff">structured-merge-diff</a>
 */
final class TypedTree {

    private TypedTree() {}

    /**
     * All fields that a configuration names, without those that only the server sets.
     *
     * @throws IllegalArgumentException if an element of a list has no key, or one that another has; says where
     */
    static FieldSet fields(ObjectNode configuration, FieldTree tree) {
        return new Collector(true).collectObject(configuration, tree);
    }

    /** The same for an object as it is: elements of lists that cannot be told apart are passed over. */
    static FieldSet fieldsSeen(ObjectNode object, FieldTree tree) {
        return new Collector(false).collectObject(object, tree);
    }

    private static final class Collector {
        private final boolean strict;
        private final FieldSet.Builder set = new FieldSet.Builder();
        private final Deque<String> path = new ArrayDeque<>();
        private boolean inMetadata;

        Collector(boolean strict) {
            this.strict = strict;
        }

        FieldSet collectObject(ObjectNode object, FieldTree tree) {
            fields(object, tree, 0);
            return set.build();
        }

        private void fields(ObjectNode object, FieldTree tree, int depth) {
            object.properties().forEach(entry -> {
                String name = entry.getKey();
                if (!Comparison.isSystemField(depth, inMetadata, name)) {
                    if (depth == 0) {
                        inMetadata = name.equals("metadata");
                    }
                    path.addLast(PathElements.field(name));
                    JsonNode value = entry.getValue();
                    value(value, tree.field(name), depth + 1);
                    boolean emptyObject = value.isObject() && value.isEmpty();
                    boolean metadataItself = depth == 0 && inMetadata;
                    if (!metadataItself && (value.isNull() || emptyObject || !tree.declares(name))) {
                        set.add(path);
                    }
                    path.removeLast();
                }
            });
        }

        private void value(JsonNode value, FieldTree tree, int depth) {
            Shape shape = tree.shape();
            if (shape == Shape.OBJECT && value instanceof ObjectNode object) {
                fields(object, tree, depth);
            } else if ((shape == Shape.KEYED_LIST || shape == Shape.SET) && value instanceof ArrayNode list) {
                elements(list, tree, depth);
            } else {
                set.add(path);
            }
        }

        private void elements(ArrayNode list, FieldTree tree, int depth) {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < list.size(); i++) {
                String element = PathElements.of(tree, list.get(i));
                boolean fresh = element != null && seen.add(element);
                if (fresh && element != null) {
                    path.addLast(element);
                    value(list.get(i), tree.element(), depth + 1);
                    set.add(path);
                    path.removeLast();
                } else if (strict) {
                    throw new IllegalArgumentException(textOf(path) + ": " + problem(tree, element, i));
                }
            }
        }

        private static String problem(FieldTree tree, @Nullable String element, int index) {
            return element == null
                    ? "element " + index + ": associative list with keys has an element that omits key field \""
                            + String.join("\", \"", tree.keys()) + "\" (and doesn't have default value)"
                    : "duplicate entries for key " + PathElements.toText(element);
        }
    }

    private static String textOf(Deque<String> path) {
        StringBuilder text = new StringBuilder();
        path.forEach(element -> text.append(PathElements.toText(element)));
        return text.toString();
    }

    /** The live object with everything in it that the configuration names. */
    static ObjectNode merge(ObjectNode live, ObjectNode configuration, FieldTree tree) {
        ObjectNode merged = live.deepCopy();
        configuration.properties().forEach(entry -> {
            JsonNode present = live.get(entry.getKey());
            merged.set(entry.getKey(), mergeValue(present, entry.getValue(), tree.field(entry.getKey())));
        });
        return merged;
    }

    private static JsonNode mergeValue(@Nullable JsonNode live, JsonNode wanted, FieldTree tree) {
        Shape shape = tree.shape();
        if (shape == Shape.OBJECT && live instanceof ObjectNode old && wanted instanceof ObjectNode object) {
            return merge(old, object, tree);
        }
        boolean merges = shape == Shape.KEYED_LIST || shape == Shape.SET;
        if (merges && live instanceof ArrayNode old && wanted instanceof ArrayNode list) {
            return mergeLists(old, list, tree);
        }
        return wanted.deepCopy();
    }

    /**
     * The elements that are wanted in the order in which they are wanted; those that only live has stay before the one
     * that they were before.
     */
    private static ArrayNode mergeLists(ArrayNode live, ArrayNode wanted, FieldTree tree) {
        Map<String, JsonNode> old = PathElements.elements(tree, live);
        Map<String, JsonNode> now = PathElements.elements(tree, wanted);
        List<String> left = new ArrayList<>(old.keySet());
        List<String> right = new ArrayList<>(now.keySet());
        Iterator<String> shared = right.stream().filter(old::containsKey).iterator();
        String nextShared = shared.hasNext() ? shared.next() : null;
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        int l = 0;
        int r = 0;
        while (l < left.size() || r < right.size()) {
            String mine = l < left.size() ? left.get(l) : null;
            String theirs = r < right.size() ? right.get(r) : null;
            JsonNode present = mine == null ? null : old.get(mine);
            JsonNode next = theirs == null ? null : now.get(theirs);
            boolean inBoth = mine != null && now.containsKey(mine);
            if (mine != null && theirs != null && inBoth && !mine.equals(theirs) && !mine.equals(nextShared)) {
                l++; // wanted elsewhere
            } else if (present != null && !inBoth) {
                merged.add(present.deepCopy());
                l++;
            } else if (theirs != null && next != null) {
                merged.add(mergeValue(old.get(theirs), next, tree.element()));
                if (theirs.equals(mine)) {
                    l++;
                }
                if (theirs.equals(nextShared)) {
                    nextShared = shared.hasNext() ? shared.next() : null;
                }
                r++;
            } else {
                l++; // taken already
            }
        }
        return merged;
    }

    /** The object without the fields and elements of a set; what is empty then goes as well. */
    static ObjectNode remove(ObjectNode object, FieldSet set, FieldTree tree) {
        JsonNode left = removeFrom(object, set, tree);
        return left instanceof ObjectNode result ? result : JsonNodeFactory.instance.objectNode();
    }

    private static @Nullable JsonNode removeFrom(JsonNode value, FieldSet set, FieldTree tree) {
        Shape shape = tree.shape();
        if (shape == Shape.OBJECT && value instanceof ObjectNode object) {
            ObjectNode left = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(entry -> {
                FieldSet below = set.child(PathElements.field(entry.getKey()));
                if (!below.isMember()) {
                    JsonNode rest = below.isEmpty()
                            ? entry.getValue()
                            : removeFrom(entry.getValue(), below, tree.field(entry.getKey()));
                    if (rest != null) {
                        left.set(entry.getKey(), rest);
                    }
                }
            });
            return left.isEmpty() ? null : left;
        }
        boolean merges = shape == Shape.KEYED_LIST || shape == Shape.SET;
        if (merges && value instanceof ArrayNode list) {
            ArrayNode left = JsonNodeFactory.instance.arrayNode();
            for (JsonNode one : list) {
                String element = PathElements.of(tree, one);
                FieldSet below = element == null ? FieldSet.EMPTY : set.child(element);
                if (!below.isMember()) {
                    JsonNode rest = below.isEmpty() ? one : removeFrom(one, below, tree.element());
                    if (rest != null) {
                        left.add(rest);
                    }
                }
            }
            return left.isEmpty() ? null : left;
        }
        return value;
    }
}
