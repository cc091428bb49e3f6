package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The body of a request.
 *
 * @param tree what it says
 * @param duplicates paths of the fields it names twice; the last one counts
 */
public record Body(JsonNode tree, List<String> duplicates) {}
