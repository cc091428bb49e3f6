package dev.kintsugi.features.cluster.embedded.api.store;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The part of a resource's objects outside of which a reader wants to see nothing; it may want less of it.
 *
 * @param namespace empty for all
 * @param field dotted path of a field that must have one value; empty for any object
 * @param value that the field must have; not empty if there is a field
 */
public record Scope(String namespace, String field, String value) {

    /** All objects of a resource. */
    public static final Scope EVERYTHING = in("");

    /** All objects of one namespace; of all if it is empty. */
    public static Scope in(String namespace) {
        return new Scope(namespace, "", "");
    }

    /** What readers of that field and value have in common; else those of the namespace, or of all. */
    Bucket bucket() {
        return field.isEmpty() ? new Bucket("", namespace) : new Bucket(field, value);
    }

    /** A place in the index of readers; a field that is empty stands for the namespace. */
    record Bucket(String field, String value) {

        static Bucket of(String field, Item item) {
            JsonNode node = item.object();
            for (String step : field.split("\\.", -1)) {
                node = node.path(step);
            }
            return new Bucket(field, node.asText());
        }
    }
}
