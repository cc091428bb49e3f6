package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks that many kinds share, worded as {@code k8s.io/apimachinery} words them. */
final class FieldRules {

    private static final Pattern PERCENT = Pattern.compile("[0-9]+%");
    private static final Pattern CONFIG_KEY = Pattern.compile("[-._a-zA-Z0-9]+");

    private FieldRules() {}

    static void required(JsonNode object, String field, String path, List<Cause> causes) {
        if (text(object, field).isEmpty()) {
            causes.add(Cause.required(path + "." + field, ""));
        }
    }

    static void notNegative(JsonNode object, String path, List<Cause> causes, String... fields) {
        for (String field : fields) {
            if (object.path(field).asLong() < 0) {
                causes.add(PodRules.notNegative(path + "." + field, object.get(field)));
            }
        }
    }

    /** A text that is one of a few; absent is well. */
    static void oneOf(JsonNode object, String field, String path, List<Cause> causes, String... allowed) {
        String value = text(object, field);
        if (!value.isEmpty() && !List.of(allowed).contains(value)) {
            causes.add(unsupported(path + "." + field, value, allowed));
        }
    }

    static Cause unsupported(String path, String value, String... allowed) {
        String supported = Arrays.stream(allowed).sorted().map(Fields::quoted).collect(Collectors.joining(", "));
        return Cause.unsupported(path, quoted(value), supported);
    }

    /** A whole number that is not negative, or a percentage up to 100. */
    static void countOrPercent(JsonNode object, String field, String path, List<Cause> causes) {
        JsonNode value = object.path(field);
        String here = path + "." + field;
        if (value.isNumber() && value.asLong() < 0) {
            causes.add(PodRules.notNegative(here, value));
        } else if (value.isTextual() && !PERCENT.matcher(value.asText()).matches()) {
            causes.add(Cause.invalid(
                    here,
                    quoted(value.asText()),
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%',"
                            + " regex used for validation is '[0-9]+%')"));
        } else if (value.isTextual()
                && value.asText().length() > 4 - (value.asText().startsWith("100") ? 0 : 1)) {
            causes.add(Cause.invalid(here, quoted(value.asText()), "must not be greater than 100%"));
        }
    }

    static void configKeys(JsonNode data, String path, List<Cause> causes) {
        data.fieldNames().forEachRemaining(key -> {
            if (!CONFIG_KEY.matcher(key).matches()) {
                causes.add(Cause.invalid(
                        path + "[" + key + "]",
                        quoted(key),
                        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',"
                                + "  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"));
            }
        });
    }

    static void selector(JsonNode selector, String path, List<Cause> causes) {
        NameRules.labels(selector.path("matchLabels"), path + ".matchLabels", causes);
        JsonNode expressions = selector.path("matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            JsonNode expression = expressions.get(i);
            String here = path + ".matchExpressions[" + i + "]";
            boolean values = !expression.path("values").isEmpty();
            switch (text(expression, "operator")) {
                case "In", "NotIn" -> {
                    if (!values) {
                        causes.add(Cause.required(
                                here + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (values) {
                        causes.add(Cause.forbidden(
                                here + ".values",
                                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                    }
                }
                default ->
                    causes.add(Cause.invalid(
                            here + ".operator", quoted(text(expression, "operator")), "not a valid selector operator"));
            }
        }
    }
}
