package dev.kintsugi.features.cluster.embedded.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One column of a table.
 *
 * @param name its heading
 * @param type {@code string}, {@code integer}, {@code date}, …
 * @param format {@code name} for the object's name
 * @param priority 0 for always, 1 for {@code -o wide} only
 * @param cell what stands in it
 */
record Column(String name, String type, String format, int priority, Cell cell) {

    /** Reads a cell off an object. */
    @FunctionalInterface
    interface Cell {
        JsonNode of(ObjectNode object, Instant now);
    }

    /** A cell of text that does not depend on the time. */
    @FunctionalInterface
    interface TextCell {
        String of(ObjectNode object);
    }

    /** A cell that holds a number. */
    @FunctionalInterface
    interface NumberCell {
        long of(ObjectNode object);
    }

    static Column text(String name, TextCell cell) {
        return new Column(name, "string", "", 0, (object, now) -> textNode(cell.of(object)));
    }

    static Column wide(String name, TextCell cell) {
        return new Column(name, "string", "", 1, (object, now) -> textNode(cell.of(object)));
    }

    static Column number(String name, NumberCell cell) {
        return new Column(
                name, "integer", "", 0, (object, now) -> JsonNodeFactory.instance.numberNode(cell.of(object)));
    }

    /** The object's name. */
    static Column objectName() {
        return new Column(
                "Name",
                "string",
                "name",
                0,
                (object, now) -> textNode(object.path("metadata").path("name").asText()));
    }

    /** How long ago the object was created. */
    static Column age() {
        return new Column(
                "Age",
                "string",
                "",
                0,
                (object, now) -> textNode(Durations.since(
                        object.path("metadata").path("creationTimestamp").asText(), now)));
    }

    ObjectNode definition() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("type", type)
                .put("format", format)
                .put("description", name)
                .put("priority", priority);
    }

    private static JsonNode textNode(String text) {
        return JsonNodeFactory.instance.textNode(text);
    }
}
