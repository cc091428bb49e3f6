package dev.kintsugi.features.cluster.embedded.api.problem;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One reason why an object is invalid.
 *
 * @param field path of the field, e.g. {@code spec.containers[0].image}
 * @param reason e.g. {@code FieldValueRequired}
 * @param message what is wrong with it
 */
public record Cause(String field, String reason, String message) {

    public static Cause required(String field, String detail) {
        return new Cause(
                field, "FieldValueRequired", detail.isEmpty() ? "Required value" : "Required value: " + detail);
    }

    /**
     * A value that breaks a rule.
     *
     * @param value as Go prints it: strings in quotes, numbers bare
     */
    public static Cause invalid(String field, String value, String detail) {
        return new Cause(field, "FieldValueInvalid", "Invalid value: " + value + ": " + detail);
    }

    public static Cause type(String field, String value, String detail) {
        return new Cause(field, "FieldValueTypeInvalid", "Invalid value: " + value + ": " + detail);
    }

    public static Cause unsupported(String field, String value, String supported) {
        return new Cause(
                field, "FieldValueNotSupported", "Unsupported value: " + value + ": supported values: " + supported);
    }

    public static Cause duplicate(String field, String value) {
        return new Cause(field, "FieldValueDuplicate", "Duplicate value: " + value);
    }

    public static Cause notFound(String field, String value) {
        return new Cause(field, "FieldValueNotFound", "Not found: " + value);
    }

    public static Cause forbidden(String field, String detail) {
        return new Cause(field, "FieldValueForbidden", "Forbidden: " + detail);
    }

    public static Cause tooLong(String field, String detail) {
        return new Cause(field, "FieldValueTooLong", "Too long: " + detail);
    }

    String text() {
        return field + ": " + message;
    }

    ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("reason", reason)
                .put("message", message)
                .put("field", field);
    }
}
