package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Where two JSON documents part. */
final class JsonDifference {

    private static final int LONGEST = 400;

    private JsonDifference() {}

    /** Adds a line for each value that is not the same; an empty pointer is the whole. */
    static void between(JsonNode recorded, JsonNode here, String pointer, List<String> differences) {
        if (recorded.isObject() && here.isObject()) {
            Set<String> names = new TreeSet<>();
            recorded.fieldNames().forEachRemaining(names::add);
            here.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> between(
                    recorded.path(name), here.path(name), pointer + "/" + name.replace("/", "~1"), differences));
        } else if (recorded.isArray() && here.isArray() && recorded.size() == here.size()) {
            for (int i = 0; i < recorded.size(); i++) {
                between(recorded.path(i), here.path(i), pointer + "/" + i, differences);
            }
        } else if (!recorded.equals(here)) {
            differences.add(
                    (pointer.isEmpty() ? "body" : pointer) + ": recorded " + text(recorded) + "; here " + text(here));
        }
    }

    private static String text(JsonNode node) {
        String text = node.isMissingNode() ? "nothing" : node.toString();
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
