package dev.kintsugi.features.cluster.embedded.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code openAPIV3Schema} of a custom resource: pruning, defaulting and validation as the API extensions server
 * does them. {@code apiVersion}, {@code kind} and {@code metadata} are known without being declared.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/">Custom
 *     resource definitions</a>
 */
public final class StructuralSchema implements ObjectSchema {

    private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind", "metadata");
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";

    private final ObjectNode root;

    /**
     * The schema of one version.
     *
     * @param openApiV3Schema as it stands in the definition; an empty object accepts everything
     */
    public StructuralSchema(ObjectNode openApiV3Schema) {
        this.root = openApiV3Schema;
    }

    @Override
    public List<String> prune(ObjectNode object) {
        List<String> unknown = new ArrayList<>();
        if (object.get("metadata") instanceof ObjectNode metadata) {
            ModelSchema.of(ObjectMeta.class).prune(metadata).forEach(field -> unknown.add("metadata." + field));
        }
        if (!root.isEmpty()) {
            pruneObject(object, root, "", unknown, true);
        }
        return unknown;
    }

    @Override
    public void applyDefaults(ObjectNode object) {
        applyDefaults(object, root);
    }

    @Override
    public List<Cause> validate(ObjectNode object) {
        List<Cause> causes = new ArrayList<>();
        if (!root.isEmpty()) {
            new StructuralRules(causes).check(object, root, "");
        }
        return causes;
    }

    @Override
    public FieldTree tree() {
        return new StructuralTree(root, true);
    }

    @Override
    public ObjectNode toOpenApi(ObjectNode definitions) {
        ObjectNode schema = root.deepCopy();
        schema.put("type", "object");
        if (!root.isEmpty() || root.path(PRESERVE).asBoolean()) {
            ObjectNode properties = schema.withObjectProperty("properties");
            properties.putObject("apiVersion").put("type", "string");
            properties.putObject("kind").put("type", "string");
            properties.set("metadata", ModelSchema.of(ObjectMeta.class).toOpenApi(definitions));
        } else {
            schema.put(PRESERVE, true);
        }
        return schema;
    }

    private static void pruneValue(JsonNode value, JsonNode schema, String path, List<String> unknown) {
        if (value instanceof ObjectNode object) {
            pruneObject(
                    object,
                    schema,
                    path,
                    unknown,
                    schema.path("x-kubernetes-embedded-resource").asBoolean());
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                pruneValue(value.get(i), schema.path("items"), path + "[" + i + "]", unknown);
            }
        }
    }

    private static void pruneObject(
            ObjectNode object, JsonNode schema, String path, List<String> unknown, boolean envelope) {
        boolean preserve = schema.path(PRESERVE).asBoolean();
        JsonNode properties = schema.path("properties");
        JsonNode additional = schema.path("additionalProperties");
        Iterator<Map.Entry<String, JsonNode>> entries = object.properties().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, JsonNode> entry = entries.next();
            String name = entry.getKey();
            String fieldPath = path.isEmpty() ? name : path + "." + name;
            if (envelope && ENVELOPE.contains(name)) {
                continue;
            }
            if (properties.has(name)) {
                pruneValue(entry.getValue(), properties.get(name), fieldPath, unknown);
            } else if (additional.isObject()) {
                pruneValue(entry.getValue(), additional, fieldPath, unknown);
            } else if (!additional.asBoolean() && !preserve) {
                unknown.add(fieldPath);
                entries.remove();
            }
        }
    }

    /** A null is replaced by the default, too, unless the field is nullable; without a default it is dropped. */
    private static void applyDefaults(JsonNode value, @Nullable JsonNode schema) {
        if (schema == null) {
            return;
        }
        if (value instanceof ObjectNode object) {
            JsonNode properties = schema.path("properties");
            properties.properties().forEach(property -> {
                JsonNode fallback = property.getValue().get("default");
                JsonNode present = object.get(property.getKey());
                boolean nullable = property.getValue().path("nullable").asBoolean();
                if (present != null && present.isNull() && !nullable) {
                    object.remove(property.getKey());
                    present = null;
                }
                if (present == null && fallback != null) {
                    object.set(property.getKey(), fallback.deepCopy());
                }
            });
            object.properties()
                    .forEach(entry -> applyDefaults(
                            entry.getValue(),
                            properties.has(entry.getKey())
                                    ? properties.get(entry.getKey())
                                    : schema.get("additionalProperties")));
        } else if (value.isArray()) {
            value.forEach(item -> applyDefaults(item, schema.get("items")));
        }
    }

    /** The schema that accepts any object. */
    public static StructuralSchema anything() {
        return new StructuralSchema(JsonNodeFactory.instance.objectNode());
    }
}
