package dev.kintsugi.features.cluster.embedded.api.patch;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import java.util.Comparator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * JSON patch, RFC 6902, with the liberties of the library that Kubernetes uses (evanphx/json-patch): {@code replace} of
 * a missing key of an object adds it, {@code test} for null passes when the key is missing. Whatever does not fit is
 * one and the same 422.
 */
final class JsonPatch {

    private static final int MAX_OPERATIONS = 10_000;

    private ObjectNode document;

    private JsonPatch(ObjectNode document) {
        this.document = document;
    }

    static ObjectNode apply(ObjectNode object, ArrayNode operations) {
        if (operations.size() > MAX_OPERATIONS) {
            throw ApiException.of(
                    413,
                    "RequestEntityTooLarge",
                    "The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS + ", got "
                            + operations.size());
        }
        JsonPatch patch = new JsonPatch(object.deepCopy());
        operations.forEach(patch::run);
        return patch.document;
    }

    /** Whether an operation reads or writes that place, something in it, or something that it is in. */
    static boolean touches(ArrayNode operations, JsonPointer place) {
        for (JsonNode operation : operations) {
            for (String field : new String[] {"path", "from"}) {
                String path = operation.path(field).asText("-");
                if ((place + "/").startsWith(path + "/") || path.startsWith(place + "/")) {
                    return true;
                }
            }
        }
        return false;
    }

    private void run(JsonNode operation) {
        JsonPointer path = pointer(operation, "path");
        switch (operation.path("op").asText()) {
            case "add" -> add(path, value(operation));
            case "replace" -> replace(path, value(operation));
            case "remove" -> remove(path);
            case "test" -> test(path, operation.path("value"));
            case "copy" -> add(path, existing(pointer(operation, "from")).deepCopy());
            case "move" -> {
                JsonPointer from = pointer(operation, "from");
                JsonNode moved = existing(from);
                remove(from);
                add(path, moved);
            }
            default -> throw ApiException.unprocessable();
        }
    }

    private void add(JsonPointer path, JsonNode value) {
        if (path.matches()) {
            replaceDocument(value);
            return;
        }
        JsonNode parent = parentOf(path);
        if (parent instanceof ObjectNode object) {
            object.set(lastName(path), value);
        } else if (parent instanceof ArrayNode array) {
            String last = lastName(path);
            int index = last.equals("-") ? array.size() : index(path, array.size());
            array.insert(index, value);
        } else {
            throw ApiException.unprocessable();
        }
    }

    private void replace(JsonPointer path, JsonNode value) {
        if (path.matches()) {
            replaceDocument(value);
            return;
        }
        JsonNode parent = parentOf(path);
        if (parent instanceof ObjectNode object) {
            object.set(lastName(path), value);
        } else if (parent instanceof ArrayNode array) {
            array.set(index(path, array.size() - 1), value);
        } else {
            throw ApiException.unprocessable();
        }
    }

    private void remove(JsonPointer path) {
        if (path.matches()) {
            throw ApiException.unprocessable();
        }
        existing(path);
        JsonNode parent = parentOf(path);
        if (parent instanceof ObjectNode object) {
            object.remove(lastName(path));
        } else if (parent instanceof ArrayNode array) {
            array.remove(index(path, array.size() - 1));
        }
    }

    private void test(JsonPointer path, JsonNode expected) {
        JsonNode actual = document.at(path);
        boolean bothAbsent = actual.isMissingNode() && (expected.isNull() || expected.isMissingNode());
        if (!bothAbsent && !actual.equals(NUMBERS, expected)) {
            throw ApiException.unprocessable();
        }
    }

    /** 1 and 1.0 are the same number to JSON patch. */
    private static final Comparator<JsonNode> NUMBERS = (a, b) -> {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
    };

    private void replaceDocument(JsonNode value) {
        if (!(value instanceof ObjectNode object)) {
            throw ApiException.unprocessable();
        }
        document = object;
    }

    private JsonNode existing(JsonPointer path) {
        JsonNode found = document.at(path);
        if (found.isMissingNode()) {
            throw ApiException.unprocessable();
        }
        return found;
    }

    private JsonNode parentOf(JsonPointer path) {
        return document.at(path.head());
    }

    private static String lastName(JsonPointer path) {
        return path.last().getMatchingProperty();
    }

    private static int index(JsonPointer path, int max) {
        int index = path.last().getMatchingIndex();
        if (index < 0 || index > max) {
            throw ApiException.unprocessable();
        }
        return index;
    }

    private static JsonNode value(JsonNode operation) {
        return orReject(operation.get("value"), ApiException::unprocessable).deepCopy();
    }

    private static JsonPointer pointer(JsonNode operation, String field) {
        JsonNode text = operation.get(field);
        if (text == null || !text.isTextual()) {
            throw ApiException.unprocessable();
        }
        try {
            return JsonPointer.compile(text.asText());
        } catch (IllegalArgumentException e) {
            throw ApiException.unprocessable();
        }
    }

    private static JsonNode orReject(@Nullable JsonNode node, Supplier<ApiException> problem) {
        if (node == null) {
            throw problem.get();
        }
        return node;
    }
}
