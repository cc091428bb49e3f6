package dev.kintsugi.features.cluster.embedded.api.selector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A label selector, equality-based or set-based.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors">Label
 *     selectors</a>
 */
public final class LabelSelector {

    private enum Operator {
        EXISTS,
        DOES_NOT_EXIST,
        IN,
        NOT_IN,
        GREATER,
        LESS
    }

    private record Requirement(String key, Operator operator, Set<String> values, boolean single) {

        /** {@code NotIn} also holds for objects without the label, as Kubernetes has it. */
        boolean matches(JsonNode labels) {
            JsonNode value = labels.get(key);
            return switch (operator) {
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
                case IN -> value != null && values.contains(value.asText());
                case NOT_IN -> value == null || !values.contains(value.asText());
                case GREATER -> value != null && compare(value.asText()) > 0;
                case LESS -> value != null && compare(value.asText()) < 0;
            };
        }

        private int compare(String text) {
            try {
                return Long.compare(
                        Long.parseLong(text), Long.parseLong(values.iterator().next()));
            } catch (NumberFormatException e) {
                return 0;
            }
        }

        String text() {
            return switch (operator) {
                case EXISTS -> key;
                case DOES_NOT_EXIST -> "!" + key;
                case IN -> single ? key + "=" + String.join(",", values) : key + " in (" + join() + ")";
                case NOT_IN -> single ? key + "!=" + String.join(",", values) : key + " notin (" + join() + ")";
                case GREATER -> key + ">" + join();
                case LESS -> key + "<" + join();
            };
        }

        private String join() {
            return String.join(",", values);
        }
    }

    private static final LabelSelector EVERYTHING = new LabelSelector(List.of());

    private final List<Requirement> requirements;

    private LabelSelector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /**
     * Parses the query parameter {@code labelSelector}.
     *
     * @throws ApiException 400 if it is malformed
     */
    public static LabelSelector parse(String text) {
        if (text.isBlank()) {
            return EVERYTHING;
        }
        return new LabelSelector(new Parser(text).requirements());
    }

    /** Reads {@code matchLabels} and {@code matchExpressions}; an empty selector selects everything. */
    public static LabelSelector of(JsonNode selector) {
        List<Requirement> requirements = new ArrayList<>();
        selector.path("matchLabels")
                .properties()
                .forEach(label -> requirements.add(equal(label.getKey(), label.getValue().asText())));
        selector.path("matchExpressions").forEach(expression -> {
            Set<String> values = new TreeSet<>();
            expression.path("values").forEach(value -> values.add(value.asText()));
            Operator operator =
                    switch (expression.path("operator").asText()) {
                        case "In" -> Operator.IN;
                        case "NotIn" -> Operator.NOT_IN;
                        case "Exists" -> Operator.EXISTS;
                        default -> Operator.DOES_NOT_EXIST;
                    };
            requirements.add(new Requirement(expression.path("key").asText(), operator, values, false));
        });
        return new LabelSelector(requirements);
    }

    /** Reads a plain map of labels, as services and replication controllers have it. */
    public static LabelSelector ofLabels(JsonNode labels) {
        List<Requirement> requirements = new ArrayList<>();
        labels.properties()
                .forEach(label -> requirements.add(equal(label.getKey(), label.getValue().asText())));
        return new LabelSelector(requirements);
    }

    public boolean isEverything() {
        return requirements.isEmpty();
    }

    /** Whether an object with these labels is selected; {@code labels} may be a missing node. */
    public boolean matches(JsonNode labels) {
        for (Requirement requirement : requirements) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    /** The selector as one would write it, keys in order. */
    @Override
    public String toString() {
        return requirements.stream().map(Requirement::text).sorted().collect(Collectors.joining(","));
    }

    private static Requirement equal(String key, String value) {
        return new Requirement(key, Operator.IN, Set.of(value), true);
    }

    /** The grammar of k8s.io/apimachinery/pkg/labels, with its error texts. */
    private static final class Parser {
        private static final String END = "";
        private static final String SPECIAL = "=!(),<>";

        private final String text;
        private int at;
        private String token;

        Parser(String text) {
            this.text = text;
            this.token = next();
        }

        List<Requirement> requirements() {
            List<Requirement> found = new ArrayList<>();
            while (true) {
                if (!isIdentifier(token) && !token.equals("!")) {
                    throw unexpected("!, identifier, or 'end of string'");
                }
                found.add(requirement());
                if (token.equals(END)) {
                    return found;
                }
                if (!token.equals(",")) {
                    throw unexpected("',' or 'end of string'");
                }
                advance();
                if (token.equals(END)) {
                    throw unexpected("identifier after ','");
                }
            }
        }

        private Requirement requirement() {
            if (token.equals("!")) {
                advance();
                return new Requirement(key(), Operator.DOES_NOT_EXIST, Set.of(), false);
            }
            String key = key();
            if (token.equals(END) || token.equals(",")) {
                return new Requirement(key, Operator.EXISTS, Set.of(), false);
            }
            String operator = token;
            advance();
            return switch (operator) {
                case "=", "==" -> new Requirement(key, Operator.IN, Set.of(exactValue()), true);
                case "!=" -> new Requirement(key, Operator.NOT_IN, Set.of(exactValue()), true);
                case ">" -> new Requirement(key, Operator.GREATER, Set.of(exactValue()), true);
                case "<" -> new Requirement(key, Operator.LESS, Set.of(exactValue()), true);
                case "in" -> new Requirement(key, Operator.IN, values(), false);
                case "notin" -> new Requirement(key, Operator.NOT_IN, values(), false);
                default -> throw ApiException.badRequest("unable to parse requirement: found '" + operator
                        + "', expected: in, notin, =, ==, !=, gt, lt");
            };
        }

        private String key() {
            if (!isIdentifier(token)) {
                throw unexpected("identifier");
            }
            String key = token;
            advance();
            return key;
        }

        private String exactValue() {
            if (token.equals(END) || token.equals(",")) {
                return "";
            }
            if (!isIdentifier(token)) {
                throw unexpected("identifier");
            }
            String value = token;
            advance();
            return value;
        }

        private Set<String> values() {
            if (!token.equals("(")) {
                throw unexpected("'('");
            }
            advance();
            Set<String> values = new TreeSet<>();
            while (!token.equals(")")) {
                if (token.equals(",")) {
                    advance();
                } else if (isIdentifier(token)) {
                    values.add(token);
                    advance();
                } else {
                    throw unexpected("',', ')' or identifier");
                }
            }
            advance();
            if (values.isEmpty()) {
                values.add("");
            }
            return values;
        }

        private static boolean isIdentifier(String token) {
            return !token.isEmpty() && SPECIAL.indexOf(token.charAt(0)) < 0;
        }

        private void advance() {
            token = next();
        }

        private String next() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (at >= text.length()) {
                return END;
            }
            int start = at;
            char c = text.charAt(at);
            if (c == '=' || c == '!') {
                at++;
                if (at < text.length() && text.charAt(at) == '=') {
                    at++;
                }
                return text.substring(start, at);
            }
            if (SPECIAL.indexOf(c) >= 0) {
                at++;
                return text.substring(start, at);
            }
            while (at < text.length()
                    && SPECIAL.indexOf(text.charAt(at)) < 0
                    && !Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private ApiException unexpected(String expected) {
            return ApiException.badRequest("found '" + token + "', expected: " + expected);
        }
    }
}
