package dev.kintsugi.features.cluster.embedded.api.ownership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a change of an object has added, modified and removed, without what only the server sets.
 *
 * @see <a href="https://github.com/kubernetes-sigs/structured-merge-diff">structured-merge-diff</a>
 */
record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {

    private static final Set<String> OBJECT_ENVELOPE = Set.of("apiVersion", "kind");
    private static final Set<String> SYSTEM_METADATA = Set.of(
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "generation",
            "managedFields",
            "resourceVersion");

    /** Compares two states; the first may be an empty object. */
    static Comparison of(ObjectNode before, ObjectNode after, FieldTree tree) {
        Walk walk = new Walk();
        walk.object(before, after, tree, 0);
        return new Comparison(walk.added.build(), walk.modified.build(), walk.removed.build());
    }

    boolean isEmpty() {
        return added.isEmpty() && modified.isEmpty() && removed.isEmpty();
    }

    /** Whether a field is the server's and nobody's. */
    static boolean isSystemField(int depth, boolean inMetadata, String name) {
        return (depth == 0 && OBJECT_ENVELOPE.contains(name))
                || (depth == 1 && inMetadata && SYSTEM_METADATA.contains(name));
    }

    private static final class Walk {
        private final FieldSet.Builder added = new FieldSet.Builder();
        private final FieldSet.Builder modified = new FieldSet.Builder();
        private final FieldSet.Builder removed = new FieldSet.Builder();
        private final Deque<String> path = new ArrayDeque<>();
        private boolean inMetadata;

        /** A place where at least one of both is something; {@code before} may also be implied. */
        private void value(
                @Nullable JsonNode before, @Nullable JsonNode after, FieldTree tree, boolean implied, int depth) {
            Shape shape = tree.shape();
            boolean objects = isAbsentOr(before, true) && isAbsentOr(after, true);
            boolean lists = isAbsentOr(before, false) && isAbsentOr(after, false);
            boolean bothEmpty = (before == null || before.isEmpty()) && (after == null || after.isEmpty());
            if (shape == Shape.OBJECT && objects && !bothEmpty) {
                object(orEmpty(before), orEmpty(after), tree, depth);
                inBetween(before, after, implied);
            } else if ((shape == Shape.KEYED_LIST || shape == Shape.SET) && lists && !bothEmpty) {
                list(orEmptyList(before), orEmptyList(after), tree, depth);
                inBetween(before, after, implied);
            } else if (!(implied && bothEmpty && before == null && (objects || lists))) {
                leaf(before, after);
            }
        }

        private void leaf(@Nullable JsonNode before, @Nullable JsonNode after) {
            if (before == null) {
                added.add(path);
            } else if (after == null) {
                removed.add(path);
            } else if (!before.equals(after)) {
                modified.add(path);
            }
        }

        private void inBetween(@Nullable JsonNode before, @Nullable JsonNode after, boolean implied) {
            if (before == null && !implied) {
                added.add(path);
            } else if (after == null) {
                removed.add(path);
            }
        }

        private void object(ObjectNode before, ObjectNode after, FieldTree tree, int depth) {
            after.properties()
                    .forEach(entry -> field(entry.getKey(), before.get(entry.getKey()), entry.getValue(), tree, depth));
            before.properties().forEach(entry -> {
                if (!after.has(entry.getKey())) {
                    field(entry.getKey(), entry.getValue(), null, tree, depth);
                }
            });
        }

        private void field(
                String name, @Nullable JsonNode before, @Nullable JsonNode after, FieldTree tree, int depth) {
            if (isSystemField(depth, inMetadata, name)) {
                return;
            }
            if (depth == 0) {
                inMetadata = name.equals("metadata");
            }
            path.addLast(PathElements.field(name));
            value(before, after, tree.field(name), tree.isImplied(name), depth + 1);
            path.removeLast();
        }

        private void list(ArrayNode before, ArrayNode after, FieldTree tree, int depth) {
            if (before.equals(after)) {
                return;
            }
            Map<String, JsonNode> old = PathElements.elements(tree, before);
            Map<String, JsonNode> now = PathElements.elements(tree, after);
            Set<String> all = new LinkedHashSet<>(old.keySet());
            all.addAll(now.keySet());
            for (String element : all) {
                path.addLast(element);
                value(old.get(element), now.get(element), tree.element(), false, depth + 1);
                path.removeLast();
            }
        }

        private static boolean isAbsentOr(@Nullable JsonNode value, boolean object) {
            return value == null || value.isNull() || (object ? value.isObject() : value.isArray());
        }

        private static ObjectNode orEmpty(@Nullable JsonNode value) {
            return value instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
        }

        private static ArrayNode orEmptyList(@Nullable JsonNode value) {
            return value instanceof ArrayNode array ? array : JsonNodeFactory.instance.arrayNode();
        }
    }
}
