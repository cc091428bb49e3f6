package dev.kintsugi.features.cluster.embedded.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@link FieldTree} of custom resources: {@code x-kubernetes-list-type} (atomic unless given), {@code
 * x-kubernetes-list-map-keys} and {@code x-kubernetes-map-type} (granular unless given).
 *
 * @param schema the schema of the values at this place
 * @param envelope whether apiVersion, kind and metadata are here without being declared
 */
record StructuralTree(JsonNode schema, boolean envelope) implements FieldTree {

    private static final String METADATA = "metadata";

    @Override
    public Shape shape() {
        return switch (schema.path("type").asText()) {
            case "array" ->
                switch (schema.path("x-kubernetes-list-type").asText("atomic")) {
                    case "map" -> Shape.KEYED_LIST;
                    case "set" -> Shape.SET;
                    default -> Shape.LEAF;
                };
            case "object", "" ->
                schema.path("x-kubernetes-map-type").asText().equals("atomic") ? Shape.LEAF : Shape.OBJECT;
            default -> Shape.LEAF;
        };
    }

    @Override
    public List<String> keys() {
        List<String> keys = new ArrayList<>();
        schema.path("x-kubernetes-list-map-keys").forEach(key -> keys.add(key.asText()));
        Collections.sort(keys);
        return keys;
    }

    @Override
    public @Nullable JsonNode keyDefault(String key) {
        return schema.path("items").path("properties").path(key).get("default");
    }

    @Override
    public boolean declares(String name) {
        return schema.path("properties").has(name) || (envelope && name.equals(METADATA));
    }

    @Override
    public boolean isImplied(String name) {
        return envelope && name.equals(METADATA);
    }

    @Override
    public FieldTree field(String name) {
        if (envelope && name.equals(METADATA)) {
            return ModelSchema.of(ObjectMeta.class).tree("");
        }
        JsonNode declared = schema.path("properties").path(name);
        if (declared.isObject()) {
            return new StructuralTree(
                    declared, declared.path("x-kubernetes-embedded-resource").asBoolean());
        }
        JsonNode additional = schema.path("additionalProperties");
        return additional.isObject() ? new StructuralTree(additional, false) : Untyped.TREE;
    }

    @Override
    public FieldTree element() {
        return new StructuralTree(schema.path("items"), false);
    }
}
