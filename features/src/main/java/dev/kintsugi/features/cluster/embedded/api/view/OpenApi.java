package dev.kintsugi.features.cluster.embedded.api.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.resource.Catalog;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import dev.kintsugi.features.cluster.embedded.api.schema.ModelSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * OpenAPI v3, one document for each group and version: the schemas with their merge keys, and of each path what clients
 * look for, which is whether the server validates fields.
 */
public final class OpenApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String GROUP_VERSION_KIND = "x-kubernetes-group-version-kind";

    /** A document, and the generation of the catalog it was made from. */
    private record Made(long generation, String text) {}

    private final Catalog catalog;
    private final Map<String, Made> made = new ConcurrentHashMap<>();

    public OpenApi(Catalog catalog) {
        this.catalog = catalog;
    }

    /** {@code /openapi/v3}: where the documents are. Their addresses change with what they say. */
    public ObjectNode index() {
        ObjectNode index = JSON.objectNode();
        ObjectNode paths = index.putObject("paths");
        entry(paths, "api/v1", "", "v1");
        catalog.groups()
                .forEach((group, versions) ->
                        versions.forEach(version -> entry(paths, "apis/" + group + "/" + version, group, version)));
        return index;
    }

    /** The document of one group and version; null if there is none. */
    public @Nullable String document(String group, String version) {
        List<ResourceType> types = catalog.types(group, version);
        if (types.isEmpty()) {
            return null;
        }
        long generation = isCustom(types) ? catalog.generation() : 0;
        Made known = made.get(group + "/" + version);
        if (known == null || known.generation() != generation) {
            known = new Made(generation, write(types));
            made.put(group + "/" + version, known);
        }
        return known.text();
    }

    private void entry(ObjectNode paths, String path, String group, String version) {
        String document = isCustom(catalog.types(group, version)) ? document(group, version) : null;
        String hash = document == null ? "1-28-0" : hash(document);
        paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash);
    }

    private static boolean isCustom(List<ResourceType> types) {
        return types.stream().anyMatch(type -> type.has(Trait.CUSTOM));
    }

    private static String write(List<ResourceType> types) {
        ObjectNode document = JSON.objectNode().put("openapi", "3.0.0");
        document.putObject("info").put("title", "Kubernetes").put("version", "v1.28.0");
        ObjectNode paths = document.putObject("paths");
        ObjectNode schemas = document.putObject("components").putObject("schemas");
        for (ResourceType type : types) {
            String schema = define(type, schemas);
            describe(paths, type, schema);
        }
        try {
            return MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static String define(ResourceType type, ObjectNode schemas) {
        ObjectNode schema = type.schema().toOpenApi(schemas);
        String name;
        if (type.schema() instanceof ModelSchema model) {
            name = model.definitionName();
        } else {
            name = "io." + type.group() + "." + type.version() + "." + type.kind();
            schemas.set(name, schema);
        }
        ObjectNode definition = schemas.withObjectProperty(name);
        if (!definition.has(GROUP_VERSION_KIND)) {
            definition.putArray(GROUP_VERSION_KIND).add(groupVersionKind(type));
        }
        return name;
    }

    private static void describe(ObjectNode paths, ResourceType type, String schema) {
        String root = type.group().isEmpty() ? "/api/v1" : "/apis/" + type.apiVersion();
        String collection = root + (type.namespaced() ? "/namespaces/{namespace}/" : "/") + type.plural();
        ObjectNode many = paths.putObject(collection);
        operation(many, "post", "create", type, schema, true);
        if (type.has(Trait.ANSWER_ONLY)) {
            return;
        }
        operation(many, "get", "list", type, schema, false);
        operation(many, "delete", "deletecollection", type, schema, false);
        ObjectNode one = paths.putObject(collection + "/{name}");
        operation(one, "get", "get", type, schema, false);
        operation(one, "put", "put", type, schema, true);
        operation(one, "patch", "patch", type, schema, true);
        operation(one, "delete", "delete", type, schema, false);
    }

    private static void operation(
            ObjectNode path, String method, String action, ResourceType type, String schema, boolean writes) {
        ObjectNode operation = path.putObject(method);
        operation
                .putObject("responses")
                .putObject("200")
                .put("description", "OK")
                .putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", "#/components/schemas/" + schema);
        operation.put("x-kubernetes-action", action);
        operation.set(GROUP_VERSION_KIND, groupVersionKind(type));
        if (writes) {
            ArrayNode parameters = operation.putArray("parameters");
            for (String name : new String[] {"dryRun", "fieldManager", "fieldValidation"}) {
                parameters
                        .addObject()
                        .put("name", name)
                        .put("in", "query")
                        .putObject("schema")
                        .put("type", "string")
                        .put("uniqueItems", true);
            }
        }
    }

    private static ObjectNode groupVersionKind(ResourceType type) {
        return JSON.objectNode()
                .put("group", type.group())
                .put("version", type.version())
                .put("kind", type.kind());
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
