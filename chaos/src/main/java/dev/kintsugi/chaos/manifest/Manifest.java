package dev.kintsugi.chaos.manifest;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Chaos Mesh resource as it is written in a file, whatever its kind.
 *
 * @param file where it was read
 * @param tree all of it, as maps, lists and scalars
 * @param lines of each path such as {@code spec.selector.namespaces[0]}, counted from 1
 */
public record Manifest(String file, Tree tree, Map<String, Integer> lines) {

    public Manifest {
        lines = Map.copyOf(lines);
    }

    /**
     * What was found in a file.
     *
     * @param manifests of Chaos Mesh; other resources are left out
     * @param problem why the file cannot be read to its end; null when it can
     */
    public record Reading(
            List<Manifest> manifests,
            @org.jspecify.annotations.Nullable Problem problem) {
        public Reading {
            manifests = List.copyOf(manifests);
        }
    }

    /** What is no YAML, and on which line. */
    public record Problem(int line, String text) {}

    /** Reads the text of a file. */
    public static Reading read(String file, String text) {
        List<Manifest> manifests = new ArrayList<>();
        try {
            for (YamlText.Document document : YamlText.read(text)) {
                addTo(manifests, file, document.tree(), document.lines(), "");
            }
        } catch (YamlText.Malformed e) {
            return new Reading(List.of(), new Problem(e.line(), String.valueOf(e.getMessage())));
        }
        return new Reading(manifests, null);
    }

    /** A list of resources ({@code kind: List}) counts as its items. */
    private static void addTo(
            List<Manifest> manifests, String file, Tree tree, Map<String, Integer> lines, String prefix) {
        if (tree.at("kind").text("").equals("List")) {
            int number = 0;
            for (Tree item : tree.at("items").elements()) {
                addTo(manifests, file, item, lines, prefix + "items[" + number++ + "].");
            }
        } else if (tree.at("apiVersion").text("").startsWith(Manifests.GROUP + "/")) {
            manifests.add(new Manifest(file, tree, below(prefix, lines)));
        }
    }

    private static Map<String, Integer> below(String prefix, Map<String, Integer> lines) {
        if (prefix.isEmpty()) {
            return lines;
        }
        Map<String, Integer> own = new java.util.HashMap<>();
        own.put("", lines.getOrDefault(prefix.substring(0, prefix.length() - 1), 1));
        lines.forEach((path, line) -> {
            if (path.startsWith(prefix)) {
                own.put(path.substring(prefix.length()), line);
            }
        });
        return own;
    }

    /** {@code apiVersion}, in the group of Chaos Mesh. */
    public String apiVersion() {
        return tree.at("apiVersion").text("");
    }

    /** {@code kind}; empty when there is none. */
    public String kind() {
        return tree.at("kind").text("");
    }

    /** {@code metadata.name}; empty when there is none. */
    public String name() {
        return tree.at("metadata", "name").text("");
    }

    /** {@code metadata.namespace}, or {@code default}. */
    public String namespace() {
        return tree.at("metadata", "namespace").text("default");
    }

    /** The line of a path; where that is not written, of the nearest part around it. */
    public int line(String path) {
        String place = path;
        while (!place.isEmpty()) {
            Integer line = lines.get(place);
            if (line != null) {
                return line;
            }
            place = place.substring(0, Math.max(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['))));
        }
        return lines.getOrDefault("", 1);
    }

    /**
     * The faults that it describes: one for an experiment or a Schedule of experiments, one for each template of a Workflow that
     * injects something.
     */
    public List<Part> parts() {
        return Part.of(this);
    }

    /** The resource as the API takes it. */
    public Map<String, Object> resource() {
        return tree.map();
    }

    @Override
    public String toString() {
        return kind() + " " + namespace() + "/" + name();
    }
}
