package dev.kintsugi.features.cluster.embedded.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The value rules of an {@code openAPIV3Schema}: type, required, enum, bounds of numbers, strings and lists, pattern,
 * and the combinators allOf, anyOf, oneOf and not; worded as the API extensions server words them.
 */
final class StructuralRules {

    private final List<Cause> causes;

    StructuralRules(List<Cause> causes) {
        this.causes = causes;
    }

    void check(JsonNode value, JsonNode schema, String path) {
        if (value.isNull() && schema.path("nullable").asBoolean()) {
            return;
        }
        if (!hasType(value, schema)) {
            String expected = schema.path("type").asText();
            causes.add(Cause.type(
                    path,
                    "\"" + typeOf(value) + "\"",
                    path + " in body must be of type " + expected + ": \"" + typeOf(value) + "\""));
            return;
        }
        checkEnum(value, schema, path);
        if (value.isNumber()) {
            checkNumber(value.decimalValue(), value.asText(), schema, path);
        } else if (value.isTextual()) {
            checkText(value.asText(), schema, path);
        } else if (value.isArray()) {
            checkArray(value, schema, path);
        } else if (value.isObject()) {
            checkObject(value, schema, path);
        }
        schema.path("allOf").forEach(part -> check(value, part, path));
        checkCombinators(value, schema, path);
    }

    private void checkObject(JsonNode value, JsonNode schema, String path) {
        JsonNode properties = schema.path("properties");
        JsonNode additional = schema.path("additionalProperties");
        value.properties().forEach(entry -> {
            JsonNode field = properties.get(entry.getKey());
            if (field == null && additional.isObject()) {
                field = additional;
            }
            boolean envelope = path.isEmpty() && "metadata".equals(entry.getKey());
            if (field != null && !envelope) {
                check(entry.getValue(), field, child(path, entry.getKey()));
            }
        });
        schema.path("required").forEach(required -> {
            if (!value.has(required.asText())) {
                causes.add(Cause.required(child(path, required.asText()), ""));
            }
        });
        if (schema.has("maxProperties")
                && value.size() > schema.get("maxProperties").asInt()) {
            causes.add(Cause.invalid(
                    path,
                    Integer.toString(value.size()),
                    "must have at most " + schema.get("maxProperties").asInt() + " items"));
        }
    }

    private void checkArray(JsonNode value, JsonNode schema, String path) {
        if (schema.has("minItems") && value.size() < schema.get("minItems").asInt()) {
            causes.add(Cause.invalid(
                    path,
                    Integer.toString(value.size()),
                    path + " in body should have at least "
                            + schema.get("minItems").asInt() + " items"));
        }
        if (schema.has("maxItems") && value.size() > schema.get("maxItems").asInt()) {
            causes.add(new Cause(
                    path,
                    "FieldValueTooMany",
                    "Too many: " + value.size() + ": must have at most "
                            + schema.get("maxItems").asInt() + " items"));
        }
        JsonNode items = schema.path("items");
        for (int i = 0; i < value.size() && items.isObject(); i++) {
            check(value.get(i), items, path + "[" + i + "]");
        }
    }

    private void checkNumber(BigDecimal number, String text, JsonNode schema, String path) {
        if (schema.has("minimum")) {
            int order = number.compareTo(schema.get("minimum").decimalValue());
            boolean exclusive = schema.path("exclusiveMinimum").asBoolean();
            if (order < 0 || (exclusive && order == 0)) {
                causes.add(Cause.invalid(
                        path,
                        text,
                        path + " in body should be greater than " + (exclusive ? "" : "or equal to ")
                                + schema.get("minimum").asText()));
            }
        }
        if (schema.has("maximum")) {
            int order = number.compareTo(schema.get("maximum").decimalValue());
            boolean exclusive = schema.path("exclusiveMaximum").asBoolean();
            if (order > 0 || (exclusive && order == 0)) {
                causes.add(Cause.invalid(
                        path,
                        text,
                        path + " in body should be less than " + (exclusive ? "" : "or equal to ")
                                + schema.get("maximum").asText()));
            }
        }
    }

    private void checkText(String text, JsonNode schema, String path) {
        int length = text.codePointCount(0, text.length());
        if (schema.has("minLength") && length < schema.get("minLength").asInt()) {
            causes.add(Cause.invalid(
                    path,
                    quoted(text),
                    path + " in body should be at least "
                            + schema.get("minLength").asInt() + " chars long"));
        }
        if (schema.has("maxLength") && length > schema.get("maxLength").asInt()) {
            causes.add(Cause.tooLong(
                    path, "may not be longer than " + schema.get("maxLength").asInt()));
        }
        if (schema.has("pattern") && !matches(schema.get("pattern").asText(), text)) {
            causes.add(Cause.invalid(
                    path,
                    quoted(text),
                    path + " in body should match '" + schema.get("pattern").asText() + "'"));
        }
    }

    private void checkEnum(JsonNode value, JsonNode schema, String path) {
        JsonNode allowed = schema.path("enum");
        if (allowed.isArray()
                && StreamSupport.stream(allowed.spliterator(), false).noneMatch(value::equals)) {
            String supported = StreamSupport.stream(allowed.spliterator(), false)
                    .map(one -> quoted(one.asText()))
                    .collect(Collectors.joining(", "));
            causes.add(
                    Cause.unsupported(path, value.isTextual() ? quoted(value.asText()) : value.toString(), supported));
        }
    }

    private void checkCombinators(JsonNode value, JsonNode schema, String path) {
        String subject = path.isEmpty() ? "\"\"" : "\"" + path + "\"";
        if (schema.path("anyOf").isArray() && matching(value, schema.get("anyOf")) == 0) {
            causes.add(Cause.invalid(path, subject, subject + " must validate at least one schema (anyOf)"));
        }
        if (schema.path("oneOf").isArray() && matching(value, schema.get("oneOf")) != 1) {
            causes.add(Cause.invalid(path, subject, subject + " must validate one and only one schema (oneOf)"));
        }
        if (schema.path("not").isObject() && isValid(value, schema.get("not"))) {
            causes.add(Cause.invalid(path, subject, subject + " must not validate the schema (not)"));
        }
    }

    private static long matching(JsonNode value, JsonNode schemas) {
        return StreamSupport.stream(schemas.spliterator(), false)
                .filter(schema -> isValid(value, schema))
                .count();
    }

    private static boolean isValid(JsonNode value, JsonNode schema) {
        List<Cause> found = new ArrayList<>();
        new StructuralRules(found).check(value, schema, "");
        return found.isEmpty();
    }

    private static boolean hasType(JsonNode value, JsonNode schema) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return value.isTextual() || value.isIntegralNumber();
        }
        @Nullable String type = schema.path("type").asText(null);
        if (type == null) {
            return true;
        }
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            default -> true;
        };
    }

    private static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case BOOLEAN -> "boolean";
            case ARRAY -> "array";
            case OBJECT -> "object";
            case NULL -> "null";
            default -> "string";
        };
    }

    private static boolean matches(String pattern, String text) {
        try {
            return Pattern.compile(pattern).matcher(text).find();
        } catch (PatternSyntaxException e) {
            return true; // Go's expressions are nearly Java's; one that Java cannot read rejects nothing.
        }
    }

    private static String child(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
