package dev.kintsugi.features.cluster.embedded.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The simple JSON paths of printer columns: {@code .a.b}, {@code .a\.b}, {@code ['a']}, {@code [0]}, {@code [*]} and
 * {@code [?(@.type=="Ready")]}.
 */
final class JsonPath {

    /** One step: a field, an index, every element, or those where a field has a value. */
    private record Step(Kind kind, String name, String value) {
        private enum Kind {
            FIELD,
            INDEX,
            ALL,
            FILTER
        }
    }

    private final List<Step> steps;

    private JsonPath(List<Step> steps) {
        this.steps = steps;
    }

    /** Parses a path; what cannot be understood leads nowhere. */
    static JsonPath parse(String text) {
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == '[') {
                int end = closing(text, at);
                steps.add(bracket(text.substring(at + 1, end)));
                at = end + 1;
            } else {
                StringBuilder name = new StringBuilder();
                at += text.charAt(at) == '.' ? 1 : 0;
                while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '[') {
                    if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                        at++;
                    }
                    name.append(text.charAt(at++));
                }
                if (!name.isEmpty()) {
                    steps.add(new Step(Step.Kind.FIELD, name.toString(), ""));
                }
            }
        }
        return new JsonPath(steps);
    }

    List<JsonNode> find(JsonNode root) {
        List<JsonNode> nodes = List.of(root);
        for (Step step : steps) {
            List<JsonNode> next = new ArrayList<>();
            nodes.forEach(node -> follow(step, node, next));
            nodes = next;
        }
        return nodes.stream()
                .filter(node -> !node.isMissingNode() && !node.isNull())
                .toList();
    }

    /** All that is found as one text. */
    String text(JsonNode root) {
        return find(root).stream()
                .map(node -> node.isValueNode() ? node.asText() : node.toString())
                .collect(Collectors.joining(","));
    }

    private static void follow(Step step, JsonNode node, List<JsonNode> found) {
        switch (step.kind()) {
            case FIELD -> found.add(node.path(step.name()));
            case INDEX -> {
                int index = Integer.parseInt(step.name());
                found.add(node.path(index < 0 ? node.size() + index : index));
            }
            case ALL -> node.forEach(found::add);
            case FILTER ->
                node.forEach(one -> {
                    if (parse(step.name()).text(one).equals(step.value())) {
                        found.add(one);
                    }
                });
        }
    }

    private static Step bracket(String inside) {
        String text = inside.trim();
        if (text.equals("*")) {
            return new Step(Step.Kind.ALL, "", "");
        }
        if (text.startsWith("?(@") && text.endsWith(")") && text.contains("==")) {
            String[] sides = text.substring(3, text.length() - 1).split("==", 2);
            return new Step(Step.Kind.FILTER, sides[0].trim(), unquoted(sides[1].trim()));
        }
        if (text.matches("-?\\d{1,9}")) {
            return new Step(Step.Kind.INDEX, text, "");
        }
        return new Step(Step.Kind.FIELD, unquoted(text), "");
    }

    private static int closing(String text, int open) {
        int end = text.indexOf(']', open);
        int filter = text.indexOf(")]", open);
        if (text.startsWith("[?", open) && filter >= 0) {
            return filter + 1;
        }
        return end < 0 ? text.length() - 1 : end;
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && (text.startsWith("'") || text.startsWith("\""));
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
