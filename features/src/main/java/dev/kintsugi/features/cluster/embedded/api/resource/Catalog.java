package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.ScalePaths;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import dev.kintsugi.features.cluster.embedded.api.schema.StructuralSchema;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** All kinds that are served now: the built-in ones and those of custom resource definitions. Safe for any thread. */
public final class Catalog {

    private static final String DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

    /** An immutable state; {@code generation} counts the changes, for the hashes of discovery. */
    private record State(Map<String, ResourceType> byPath, Map<String, ObjectNode> definitions, long generation) {}

    private final List<ResourceType> builtins = Builtins.all();
    private volatile State state = build(Map.of(), 0);

    /** The kind at {@code /apis/GROUP/VERSION/PLURAL}, or null. */
    public @Nullable ResourceType find(String group, String version, String plural) {
        return state.byPath().get(path(group, version, plural));
    }

    /** All kinds, groups together, in the order of discovery. */
    public List<ResourceType> all() {
        return List.copyOf(state.byPath().values());
    }

    /** The groups but the core one, with their versions, the preferred one first. */
    public Map<String, List<String>> groups() {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (ResourceType type : state.byPath().values()) {
            if (!type.group().isEmpty()) {
                List<String> versions = groups.computeIfAbsent(type.group(), group -> new ArrayList<>());
                if (!versions.contains(type.version())) {
                    versions.add(type.version());
                }
            }
        }
        return groups;
    }

    /** The kinds of one group and version. */
    public List<ResourceType> types(String group, String version) {
        return state.byPath().values().stream()
                .filter(type -> type.group().equals(group) && type.version().equals(version))
                .toList();
    }

    /** Changes whenever the kinds do. */
    public long generation() {
        return state.generation();
    }

    /** All kinds by the name of their storage, one version of each. */
    List<ResourceType> stored() {
        Map<String, ResourceType> result = new LinkedHashMap<>();
        state.byPath().values().forEach(type -> {
            if (!type.has(Trait.ANSWER_ONLY)) {
                result.putIfAbsent(type.storage(), type);
            }
        });
        return List.copyOf(result.values());
    }

    /** The version of a kind in whose shape its objects are stored. */
    ResourceType storedAs(ResourceType type) {
        for (ResourceType other : state.byPath().values()) {
            if (other.storage().equals(type.storage()) && !Shapes.differ(other)) {
                return other;
            }
        }
        return type;
    }

    static boolean isDefinition(ResourceType type) {
        return type.storage().equals(DEFINITIONS);
    }

    void define(ObjectNode definition) {
        change(definitions -> {
            definitions.put(text(definition.path("metadata"), "name"), definition);
            return definitions;
        });
    }

    void undefine(String name) {
        change(definitions -> {
            definitions.remove(name);
            return definitions;
        });
    }

    private synchronized void change(UnaryOperator<Map<String, ObjectNode>> edit) {
        State before = state;
        state = build(edit.apply(new LinkedHashMap<>(before.definitions())), before.generation() + 1);
    }

    private State build(Map<String, ObjectNode> definitions, long generation) {
        Map<String, ResourceType> byPath = new LinkedHashMap<>();
        for (ResourceType type : builtins) {
            byPath.put(path(type.group(), type.version(), type.plural()), type);
        }
        for (ObjectNode definition : definitions.values()) {
            for (ResourceType type : customTypes(definition)) {
                byPath.put(path(type.group(), type.version(), type.plural()), type);
            }
        }
        return new State(byPath, Map.copyOf(definitions), generation);
    }

    private static String path(String group, String version, String plural) {
        return group + "/" + version + "/" + plural;
    }

    /** Served versions, the storage version first. */
    private static List<ResourceType> customTypes(ObjectNode definition) {
        List<ResourceType> types = new ArrayList<>();
        JsonNode spec = definition.path("spec");
        for (JsonNode version : spec.path("versions")) {
            if (version.path("served").asBoolean()) {
                types.add(version.path("storage").asBoolean() ? 0 : types.size(), customType(spec, version));
            }
        }
        return types;
    }

    private static ResourceType customType(JsonNode spec, JsonNode version) {
        JsonNode names = spec.path("names");
        JsonNode subresources = version.path("subresources");
        Set<Trait> traits = EnumSet.of(Trait.CUSTOM, Trait.GENERATION, Trait.VERSIONED_UPDATE);
        if (subresources.has("status")) {
            traits.add(Trait.STATUS);
        }
        ScalePaths scale = null;
        if (subresources.path("scale").isObject()) {
            JsonNode paths = subresources.path("scale");
            scale = new ScalePaths(
                    dotted(paths, "specReplicasPath"),
                    dotted(paths, "statusReplicasPath"),
                    dotted(paths, "labelSelectorPath"));
        }
        List<ObjectNode> columns = new ArrayList<>();
        Fields.eachObject(version.path("additionalPrinterColumns"), columns::add);
        String group = text(spec, "group");
        String plural = text(names, "plural");
        boolean open = spec.path("preserveUnknownFields").asBoolean();
        return new ResourceType(
                group,
                text(version, "name"),
                plural,
                text(names, "singular"),
                text(names, "kind"),
                text(spec, "scope").equals("Namespaced"),
                Fields.texts(names.path("shortNames")),
                Fields.texts(names.path("categories")),
                plural + "." + group,
                !open && version.path("schema").path("openAPIV3Schema") instanceof ObjectNode schema
                        ? new StructuralSchema(schema)
                        : StructuralSchema.anything(),
                Set.copyOf(traits),
                Map.of(),
                Builtins.NAME_AND_NAMESPACE,
                scale,
                List.copyOf(columns));
    }

    private static String dotted(JsonNode paths, String name) {
        String path = text(paths, name);
        return path.startsWith(".") ? path.substring(1) : path;
    }
}
