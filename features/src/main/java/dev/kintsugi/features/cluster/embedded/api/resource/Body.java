package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The body of a request.
 *
 * @param tree what it says
 * @param duplicates paths of the fields it names twice; the last one counts
 * @param text as it was sent, for messages that quote it
 */
public record Body(JsonNode tree, List<String> duplicates, String text) {

    private static final int SUMMARY = 30;

    /** A body that no client sent. */
    public static Body of(JsonNode tree) {
        return new Body(tree, List.of(), tree.toString());
    }

    /** How it begins, as {@code summarizeData} of the real server says it for JSON. */
    public static String summary(String text) {
        return text.length() > SUMMARY ? text.substring(0, SUMMARY) + " ..." : text.isEmpty() ? "<empty>" : text;
    }
}
