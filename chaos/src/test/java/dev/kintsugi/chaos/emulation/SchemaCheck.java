package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.Kind;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Checks a tree against a published schema: types, required and unknown fields, enums, ranges, patterns. */
public final class SchemaCheck {
    private static final Map<String, JSONSchemaProps> SCHEMAS = new ConcurrentHashMap<>();

    private final List<String> problems = new ArrayList<>();

    private SchemaCheck() {}

    static List<String> problems(Kind kind, Map<String, Object> resource) {
        return problems(kind.plural(), resource);
    }

    /** What is wrong, a line each that begins with the path of the field. */
    public static List<String> problems(String plural, Map<String, Object> resource) {
        SchemaCheck check = new SchemaCheck();
        check.check("", SCHEMAS.computeIfAbsent(plural, SchemaCheck::schema), resource);
        return check.problems;
    }

    private static JSONSchemaProps schema(String plural) {
        return CustomResourceDefinitions.definition(plural)
                .getSpec()
                .getVersions()
                .get(0)
                .getSchema()
                .getOpenAPIV3Schema();
    }

    private void check(String path, JSONSchemaProps schema, Object value) {
        switch (String.valueOf(schema.getType())) {
            case "object" -> object(path, schema, value);
            case "array" -> array(path, schema, value);
            case "string" -> text(path, schema, value);
            case "integer" -> number(path, schema, value);
            case "boolean" -> {
                if (!(value instanceof Boolean)) {
                    problems.add(path + " must be true or false: " + value);
                }
            }
            default -> problems.add(path + ": the schema has an unknown type " + schema.getType());
        }
    }

    private void object(String path, JSONSchemaProps schema, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            problems.add(path + " must be an object: " + value);
            return;
        }
        if (schema.getRequired() != null) {
            schema.getRequired().stream()
                    .filter(name -> !map.containsKey(name))
                    .forEach(name -> problems.add(path + "/" + name + " is missing"));
        }
        map.forEach((name, element) -> {
            JSONSchemaProps known = schema.getProperties() == null
                    ? null
                    : schema.getProperties().get(name);
            if (known != null) {
                check(path + "/" + name, known, element);
            } else if (schema.getAdditionalProperties() != null
                    && schema.getAdditionalProperties().getSchema() != null) {
                check(path + "/" + name, schema.getAdditionalProperties().getSchema(), element);
            } else if (!path.isEmpty() && !path.equals("/metadata")) {
                problems.add(path + "/" + name + " is unknown");
            }
        });
    }

    private void array(String path, JSONSchemaProps schema, Object value) {
        if (!(value instanceof List<?> list)) {
            problems.add(path + " must be an array: " + value);
            return;
        }
        for (Object element : list) {
            check(path + "[]", schema.getItems().getSchema(), element);
        }
    }

    private void text(String path, JSONSchemaProps schema, Object value) {
        if (!(value instanceof String text)) {
            problems.add(path + " must be a string: " + value);
            return;
        }
        if (schema.getEnum() != null
                && !schema.getEnum().isEmpty()
                && schema.getEnum().stream()
                        .noneMatch(allowed -> allowed.asText().equals(text))) {
            problems.add(path + " is none of the allowed: " + text);
        }
        if (schema.getPattern() != null && !text.matches(schema.getPattern())) {
            problems.add(path + " does not match " + schema.getPattern() + ": " + text);
        }
    }

    private void number(String path, JSONSchemaProps schema, Object value) {
        if (!(value instanceof Integer) && !(value instanceof Long)) {
            problems.add(path + " must be an integer: " + value);
            return;
        }
        double number = ((Number) value).doubleValue();
        if ((schema.getMinimum() != null && number < schema.getMinimum())
                || (schema.getMaximum() != null && number > schema.getMaximum())) {
            problems.add(path + " is out of range: " + value);
        }
    }
}
