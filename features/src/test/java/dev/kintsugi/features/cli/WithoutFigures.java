package dev.kintsugi.features.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A run.json with all that was measured taken out: times, counts, figures within sentences, and the order of what happened
 * within the same millisecond. The seed is no measurement and stays, as do all names and UIDs, which come from it.
 */
final class WithoutFigures {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** When the run was, and how users fared in each slice of it, as many as it lasted. */
    private static final Set<String> MEASURED = Set.of("startedAt", "buckets");

    private static final Pattern FIGURE = Pattern.compile("\\b\\d+(\\.\\d+)?(?= (ms|s|of|requests|to|failed)\\b| %)");

    private WithoutFigures() {}

    static JsonNode of(Path runJson) throws IOException {
        ObjectNode run = (ObjectNode) new ObjectMapper().readTree(runJson.toFile());
        run.remove("id");
        return cleared("", run);
    }

    private static JsonNode cleared(String name, JsonNode node) {
        if (node.isObject()) {
            ObjectNode cleared = NODES.objectNode();
            node.properties().forEach(field -> {
                if (!MEASURED.contains(field.getKey())) {
                    cleared.set(field.getKey(), cleared(field.getKey(), field.getValue()));
                }
            });
            return cleared;
        }
        if (node.isArray()) {
            List<JsonNode> items = new ArrayList<>();
            node.forEach(item -> items.add(cleared("", item)));
            if (name.equals("events")) {
                items.sort(Comparator.comparing(JsonNode::toString));
            }
            ArrayNode cleared = NODES.arrayNode();
            return cleared.addAll(items);
        }
        if (node.isNumber() && !name.equals("seed")) {
            return NODES.textNode("figure");
        }
        return node.isTextual() ? NODES.textNode(FIGURE.matcher(node.asText()).replaceAll("#")) : node;
    }
}
