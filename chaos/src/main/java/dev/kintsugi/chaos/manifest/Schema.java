package dev.kintsugi.chaos.manifest;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The published schema of a kind of Chaos Mesh 2.8. The API server drops fields that it does not name, without a word to any
 * client but {@code kubectl}, and refuses what has another type.
 */
public final class Schema {
    private static final int FAR = 3;
    private static final Pattern TIME = Pattern.compile("\\.(duration|deadline|delay|latency|jitter|timeOffset)$");
    private static final Map<String, Optional<Schema>> KNOWN = new ConcurrentHashMap<>();

    /**
     * Where a resource and its schema disagree.
     *
     * @param path in the resource
     */
    public record Mismatch(String path, String problem, String fix) {}

    private final Tree root;

    private Schema(Tree root) {
        this.root = root;
    }

    /** The schema of a kind; none where Chaos Mesh has no such kind, or its schema is not packed with Kintsugi. */
    public static Optional<Schema> of(String kind) {
        return kind.matches("[A-Za-z]{1,40}") ? KNOWN.computeIfAbsent(kind, Schema::load) : Optional.empty();
    }

    private static Optional<Schema> load(String kind) {
        String file = "/chaos-mesh/crds/chaos-mesh.org_" + Manifests.plural(kind) + ".yaml";
        try (InputStream yaml = Schema.class.getResourceAsStream(file)) {
            if (yaml == null) {
                return Optional.empty();
            }
            Tree definition = YamlText.read(new String(yaml.readAllBytes(), StandardCharsets.UTF_8))
                    .get(0)
                    .tree();
            return definition.at("spec", "names", "kind").text("").equals(kind)
                    ? Optional.of(new Schema(
                            definition.at("spec", "versions").elements().get(0).at("schema", "openAPIV3Schema")))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (YamlText.Malformed e) {
            throw new IllegalStateException(file + ":" + e.line() + ": " + e.getMessage(), e);
        }
    }

    /** Where the {@code spec} of a resource disagrees with the schema. */
    public List<Mismatch> check(Tree resource) {
        List<Mismatch> mismatches = new ArrayList<>();
        if (resource.at("spec").exists()) {
            check(root.at("properties", "spec"), resource.at("spec"), "spec", mismatches);
        } else {
            mismatches.add(new Mismatch("", "there is no spec", "describe the fault in spec"));
        }
        return mismatches;
    }

    private static void check(Tree schema, Tree value, String path, List<Mismatch> mismatches) {
        if (!value.exists()) {
            return;
        }
        String type = schema.at("type").text("");
        boolean either =
                Boolean.TRUE.equals(schema.at("x-kubernetes-int-or-string").value());
        if (!either && !type.isEmpty() && !isOf(type, value.value())) {
            mismatches.add(
                    new Mismatch(path, "must be " + named(type) + ", not " + given(value), fix(type, value, path)));
            return;
        }
        switch (type) {
            case "object" -> object(schema, value, path, mismatches);
            case "array" -> {
                int number = 0;
                for (Tree element : value.elements()) {
                    check(schema.at("items"), element, path + "[" + number++ + "]", mismatches);
                }
            }
            case "string" -> text(schema, value.text(""), path, mismatches);
            case "integer", "number" -> range(schema, value, path, mismatches);
            default -> {}
        }
    }

    private static void object(Tree schema, Tree value, String path, List<Mismatch> mismatches) {
        for (String required : schema.at("required").texts()) {
            if (!value.at(required).exists()) {
                mismatches.add(new Mismatch(path + "." + required, "is missing", "give it"));
            }
        }
        Map<String, Object> properties = schema.at("properties").map();
        Tree others = schema.at("additionalProperties");
        boolean open = (properties.isEmpty() && !others.exists())
                || Boolean.TRUE.equals(
                        schema.at("x-kubernetes-preserve-unknown-fields").value());
        value.map().keySet().forEach(key -> {
            String below = path + "." + key;
            if (properties.containsKey(key)) {
                check(schema.at("properties", key), value.at(key), below, mismatches);
            } else if (others.exists()) {
                check(others, value.at(key), below, mismatches);
            } else if (!open) {
                mismatches.add(new Mismatch(
                        below,
                        "ignored: there is no such field",
                        nearest(key, properties)
                                .map(name -> "did you mean " + name + "?")
                                .orElse("leave it out; the fields are "
                                        + String.join(", ", new TreeSet<>(properties.keySet())))));
            }
        });
    }

    private static void text(Tree schema, String text, String path, List<Mismatch> mismatches) {
        List<String> allowed = schema.at("enum").texts();
        String pattern = schema.at("pattern").text();
        if (!allowed.isEmpty() && !allowed.contains(text)) {
            mismatches.add(new Mismatch(
                    path, "\"" + text + "\" is not known", "use one of " + String.join(", ", new TreeSet<>(allowed))));
        } else if (pattern != null && !Pattern.compile(pattern).matcher(text).find()) {
            mismatches.add(new Mismatch(path, "\"" + text + "\" has the wrong form", "it must match " + pattern));
        }
    }

    private static void range(Tree schema, Tree value, String path, List<Mismatch> mismatches) {
        double number = value.value() instanceof Number given ? given.doubleValue() : 0;
        if (schema.at("minimum").value() instanceof Number least && number < least.doubleValue()) {
            mismatches.add(new Mismatch(path, given(value) + " is too small", "give at least " + least));
        } else if (schema.at("maximum").value() instanceof Number most && number > most.doubleValue()) {
            mismatches.add(new Mismatch(path, given(value) + " is too large", "give at most " + most));
        }
    }

    private static boolean isOf(String type, @Nullable Object value) {
        return switch (type) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Long;
            case "number" -> value instanceof Number;
            case "boolean" -> value instanceof Boolean;
            default -> true;
        };
    }

    private static String named(String type) {
        return switch (type) {
            case "object" -> "a map";
            case "array" -> "a list";
            case "string" -> "text";
            case "integer" -> "a whole number";
            case "number" -> "a number";
            default -> "true or false";
        };
    }

    private static String given(Tree value) {
        Object given = value.value();
        if (given instanceof String text) {
            return "the text \"" + text + "\"";
        }
        return given instanceof Map ? "a map" : given instanceof List ? "a list" : String.valueOf(given);
    }

    private static String fix(String type, Tree value, String path) {
        if (type.equals("string")
                && value.value() instanceof Number
                && TIME.matcher(path).find()) {
            return "write a time with its unit, such as " + value.value() + "s";
        }
        if (type.equals("integer") && value.text("").matches("-?\\d{1,18}")) {
            return "write " + value.text("") + " without quotes";
        }
        if (type.equals("string") && !(value.value() instanceof Map) && !(value.value() instanceof List)) {
            return "put it in quotes: \"" + value.value() + "\"";
        }
        return type.equals("array") ? "write each entry after a dash" : "write " + named(type);
    }

    /** A name that a slip of the finger would explain, or that differs in upper and lower case alone. */
    private static Optional<String> nearest(String key, Map<String, Object> properties) {
        String best = null;
        int least = FAR;
        for (String name : new TreeSet<>(properties.keySet())) {
            int distance = distance(key.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            if (distance < least && distance < name.length() / 2) {
                least = distance;
                best = name;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's: how many letters to change, add or take away. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
