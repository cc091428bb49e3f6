package dev.kintsugi.healer.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The objects of a manifest, in its order. */
public final class Manifest {

    /** A release is at most {@link ReleasePayload#MAX_JSON} large, and a manifest a part of it. */
    private static final int MAX_CHARACTERS = 8 << 20;

    private static final Pattern API_VERSION = Pattern.compile("([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[a-z0-9]+");

    /** More levels than any kind of Kubernetes has. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_VALUES = 1_000_000;

    private Manifest() {}

    /**
     * Reads YAML documents as Helm does: numbers, booleans and nulls by the rules of YAML 1.1, lists of objects taken apart.
     *
     * @throws MalformedManifestException if it is no YAML, is too large or too deep, repeats itself by more than 50 aliases, or
     *     holds something that is no object of Kubernetes
     */
    public static List<ManifestObject> parse(String yaml) throws MalformedManifestException {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new GoYamlSchema())
                .setCodePointLimit(MAX_CHARACTERS)
                .setMaxAliasesForCollections(50)
                .setAllowDuplicateKeys(false)
                .setAllowRecursiveKeys(false)
                .build();
        List<ManifestObject> objects = new ArrayList<>();
        try {
            for (Object document : new Load(settings).loadAllFromString(yaml)) {
                if (document != null) {
                    add(toJson(document), objects);
                }
            }
        } catch (YamlEngineException | StackOverflowError e) {
            throw new MalformedManifestException("the manifest is no YAML that can be read: "
                    + (e instanceof StackOverflowError ? "it is too deep" : e.getMessage()));
        }
        return List.copyOf(objects);
    }

    /** By way of text, so that equal numbers are equal nodes, wherever they come from. */
    private static JsonNode toJson(Object document) throws MalformedManifestException {
        try {
            new Measure().of(document, 0);
            return ReleasePayload.JSON.readTree(ReleasePayload.JSON.writeValueAsBytes(document));
        } catch (IOException e) {
            throw new MalformedManifestException("the manifest is no JSON: " + e.getMessage());
        }
    }

    /** Aliases make a tree of a few lines as large as they like; it is measured before it is written out. */
    private static final class Measure {
        private int values;

        void of(Object value, int depth) throws MalformedManifestException {
            if (depth > MAX_DEPTH) {
                throw new MalformedManifestException("the manifest is nested more than " + MAX_DEPTH + " levels deep");
            }
            values += value instanceof String text ? 1 + text.length() / 64 : 1;
            if (values > MAX_VALUES) {
                throw new MalformedManifestException("the manifest has more than " + MAX_VALUES + " values");
            }
            Iterable<?> nested =
                    value instanceof Map<?, ?> map ? map.values() : value instanceof List<?> list ? list : List.of();
            for (Object one : nested) {
                if (one != null) {
                    of(one, depth + 1);
                }
            }
        }
    }

    private static void add(JsonNode document, List<ManifestObject> objects) throws MalformedManifestException {
        if (!(document instanceof ObjectNode object)) {
            throw new MalformedManifestException(
                    "a document of the manifest is no object but " + document.getNodeType());
        }
        String kind = object.path("kind").asText();
        if (kind.endsWith("List") && object.get("items") instanceof ArrayNode items) {
            for (JsonNode item : items) {
                add(item, objects);
            }
            return;
        }
        String apiVersion = object.path("apiVersion").asText();
        String name = object.path("metadata").path("name").asText();
        if (apiVersion.isEmpty() || kind.isEmpty() || name.isEmpty()) {
            throw new MalformedManifestException(
                    "an object of the manifest has no %s (apiVersion \"%s\", kind \"%s\", name \"%s\")"
                            .formatted(
                                    apiVersion.isEmpty() ? "apiVersion" : kind.isEmpty() ? "kind" : "metadata.name",
                                    apiVersion,
                                    kind,
                                    name));
        }
        if (!API_VERSION.matcher(apiVersion).matches()) {
            throw new MalformedManifestException(
                    "%s %s has no valid apiVersion: \"%s\"".formatted(kind, name, apiVersion));
        }
        String namespace = object.path("metadata").path("namespace").asText();
        objects.add(new ManifestObject(apiVersion, kind, namespace, name, object));
    }
}
