package dev.kintsugi.healer.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A mapping in YAML that knows where it stands, so that whatever is wrong in it can be refused by its place. */
final class YamlMap {

    private static final int MAX_SHOWN = 60;

    private final Node place;
    private final Map<String, Node> values = new LinkedHashMap<>();

    /**
     * Takes a node as a mapping with some of the allowed keys.
     *
     * @throws InvalidPolicyException if it is none, or has another key, or one twice
     */
    YamlMap(Node node, String what, String... allowed) {
        this.place = node;
        if (!(node instanceof MappingNode mapping)) {
            throw refuse(node, "expected " + what + ": a mapping with some of " + String.join(", ", allowed));
        }
        for (NodeTuple entry : mapping.getValue()) {
            String key = scalar(entry.getKeyNode());
            if (!Arrays.asList(allowed).contains(key)) {
                throw refuse(
                        entry.getKeyNode(),
                        "no key is called '" + key + "' (allowed: " + String.join(", ", allowed) + ")");
            }
            if (values.put(key, entry.getValueNode()) != null) {
                throw refuse(entry.getKeyNode(), "'" + key + "' stands here twice");
            }
        }
    }

    /** Where it begins. */
    Node place() {
        return place;
    }

    Optional<Node> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    Node required(String key) {
        return get(key).orElseThrow(() -> refuse(place, "'" + key + "' is missing"));
    }

    /** A whole number. */
    @Nullable Integer integer(String key, int min, int max) {
        return number(key, min, max, "a whole number", Integer::valueOf);
    }

    /** Any number. */
    double decimal(String key, double fallback, double min, double max) {
        Double value = number(key, min, max, "a number", Double::valueOf);
        return value == null ? fallback : value;
    }

    boolean flag(String key) {
        Node node = values.get(key);
        if (node == null) {
            return false;
        }
        return switch (scalar(node)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refuse(node, "'" + key + "' is '" + scalar(node) + "' (allowed: true or false)");
        };
    }

    /** The elements of a list; a single value stands for a list of one. */
    static List<Node> elements(Node node) {
        return node instanceof SequenceNode sequence ? new ArrayList<>(sequence.getValue()) : List.of(node);
    }

    static String scalar(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw refuse(node, "expected a single value");
    }

    /** What is wrong at a node. */
    static InvalidPolicyException refuse(Node node, String reason) {
        return new InvalidPolicyException(where(node), reason);
    }

    /** Where a node begins; lines and columns count from 1, as editors do. */
    static String where(Node node) {
        return where(node.getStartMark());
    }

    static String where(Optional<Mark> mark) {
        return "line %d, column %d"
                .formatted(
                        mark.map(Mark::getLine).orElse(0) + 1,
                        mark.map(Mark::getColumn).orElse(0) + 1);
    }

    private <N extends Number> @Nullable N number(
            String key, double min, double max, String kind, Function<String, N> parser) {
        Node node = values.get(key);
        if (node == null) {
            return null;
        }
        String text = scalar(node);
        try {
            N value = parser.apply(text);
            if (value.doubleValue() >= min && value.doubleValue() <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused below, like a number out of range
        }
        String shown = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
        throw refuse(
                node, "'%s' is '%s' (allowed: %s from %s to %s)".formatted(key, shown, kind, plain(min), plain(max)));
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
