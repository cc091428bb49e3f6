package dev.kintsugi.features.cluster.embedded.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be owned apart in the values at one place of an object: the view that server-side apply has of a schema.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy">Merge strategy</a>
 */
public interface FieldTree {

    /** How a value is owned. */
    enum Shape {
        /** As a whole: plain values, and lists and objects that are declared atomic. */
        LEAF,
        /** Field by field. */
        OBJECT,
        /** A list whose elements are told apart by the fields that {@link #keys} names. */
        KEYED_LIST,
        /** A list of plain values of which each is there once. */
        SET
    }

    Shape shape();

    /** The fields that tell the elements of a keyed list apart, in alphabetical order. */
    default List<String> keys() {
        return List.of();
    }

    /** What a key of an element is taken to be that has none; null if it must be given. */
    default @Nullable JsonNode keyDefault(String key) {
        return null;
    }

    /** Whether a field of that name is one of the object's own, and not a key of a map. */
    default boolean declares(String name) {
        return false;
    }

    /** Whether Go writes this field of the object even if nothing is in it, so that nobody ever adds it. */
    default boolean isImplied(String name) {
        return false;
    }

    /** The tree of a field. */
    default FieldTree field(String name) {
        return Untyped.TREE;
    }

    /** The tree of a list's elements. */
    default FieldTree element() {
        return Untyped.TREE;
    }

    /** Values of which nothing is declared: objects are owned field by field, everything else as a whole. */
    final class Untyped implements FieldTree {
        static final FieldTree TREE = new Untyped();

        private Untyped() {}

        @Override
        public Shape shape() {
            return Shape.OBJECT;
        }
    }
}
