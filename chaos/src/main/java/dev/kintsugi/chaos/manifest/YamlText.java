package dev.kintsugi.chaos.manifest;

import dev.kintsugi.chaos.mesh.Tree;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * YAML that remembers where it stands. A key that is written twice is an error, as it is to {@code kubectl}'s strict reading;
 * so is a document that unfolds, by its anchors, into more than a manifest can be.
 */
final class YamlText {
    private static final int MAX_CHARACTERS = 3 * 1024 * 1024;
    private static final int MAX_VALUES = 200_000;
    private static final int MAX_DEPTH = 64;

    /**
     * One document.
     *
     * @param lines of each path ({@code spec.selector.pods.shop[0]}), counted from 1; the whole document is the empty path
     */
    record Document(Tree tree, Map<String, Integer> lines) {}

    /** What is no YAML, and where. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;

        Malformed(int line, String message) {
            super(message);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private int values;

    private YamlText() {}

    /** The documents of a text; empty ones are left out. */
    static List<Document> read(String text) throws Malformed {
        if (text.length() > MAX_CHARACTERS) {
            throw new Malformed(1, "larger than a manifest can be, " + MAX_CHARACTERS + " characters");
        }
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setSchema(new CoreSchema())
                .setCodePointLimit(MAX_CHARACTERS)
                .build();
        List<Document> documents = new ArrayList<>();
        try {
            for (Node root : new Compose(settings).composeAllFromString(text)) {
                YamlText document = new YamlText();
                Object value = document.value(root, "", 0);
                if (value != null) {
                    documents.add(new Document(new Tree(value), document.lines));
                }
            }
        } catch (MarkedYamlEngineException e) {
            int line =
                    e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(0) + 1;
            throw new Malformed(line, Objects.requireNonNullElse(e.getProblem(), "no YAML"));
        } catch (YamlEngineException e) {
            throw new Malformed(1, String.valueOf(e.getMessage()));
        }
        return documents;
    }

    private @Nullable Object value(Node node, String path, int depth) throws Malformed {
        int line = node.getStartMark().map(Mark::getLine).orElse(0) + 1;
        lines.putIfAbsent(path, line);
        if (++values > MAX_VALUES || depth > MAX_DEPTH) {
            throw new Malformed(line, "more values than a manifest can have");
        }
        if (node instanceof MappingNode mapping) {
            return map(mapping, path, depth);
        }
        if (node instanceof SequenceNode sequence) {
            List<@Nullable Object> list = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                list.add(value(element, path + "[" + list.size() + "]", depth + 1));
            }
            return list;
        }
        return scalar((ScalarNode) node);
    }

    private Map<String, @Nullable Object> map(MappingNode mapping, String path, int depth) throws Malformed {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            int line = entry.getKeyNode().getStartMark().map(Mark::getLine).orElse(0) + 1;
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw new Malformed(
                        line,
                        "a key must be text"
                                + (entry.getKeyNode() instanceof MappingNode
                                        ? "; {{ … }} is of a template, which has to be rendered first"
                                        : ""));
            }
            String below = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            if (map.containsKey(key.getValue())) {
                throw new Malformed(line, below + " is written a second time");
            }
            lines.put(below, line);
            map.put(key.getValue(), value(entry.getValueNode(), below, depth + 1));
        }
        return map;
    }

    private static @Nullable Object scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL)) {
            return text.equalsIgnoreCase("true");
        }
        try {
            if (tag.equals(Tag.INT)) {
                return number(text);
            }
            if (tag.equals(Tag.FLOAT)) {
                return Double.valueOf(text);
            }
        } catch (NumberFormatException e) {
            return text;
        }
        return text;
    }

    private static Number number(String text) {
        BigInteger number = text.startsWith("0x")
                ? new BigInteger(text.substring(2), 16)
                : text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
        return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
    }
}
