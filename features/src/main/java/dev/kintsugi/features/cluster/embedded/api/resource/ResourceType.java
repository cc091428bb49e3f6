package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.schema.ObjectSchema;
import dev.kintsugi.features.cluster.embedded.api.selector.FieldSelector;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One kind in one version, as the server offers it.
 *
 * @param group API group, empty for core
 * @param version e.g. {@code v1}
 * @param plural the name in paths
 * @param singular for people
 * @param kind e.g. {@code Pod}
 * @param namespaced whether its objects live in namespaces
 * @param shortNames e.g. {@code po}
 * @param categories e.g. {@code all}
 * @param storage names the objects in the store, for all versions of the kind
 * @param schema the shape of its objects
 * @param traits how it differs from others
 * @param subresources beyond {@code status} and {@code scale}, with the verbs of each
 * @param selectable the fields that clients may select by, and where they are in the stored object
 * @param scale where the numbers of the scale subresource are; null if there is none
 * @param columns printer columns of a custom resource, as declared; empty for built-in kinds
 */
public record ResourceType(
        String group,
        String version,
        String plural,
        String singular,
        String kind,
        boolean namespaced,
        List<String> shortNames,
        List<String> categories,
        String storage,
        ObjectSchema schema,
        Set<Trait> traits,
        Map<String, Subresource> subresources,
        Map<String, String> selectable,
        @Nullable ScalePaths scale,
        List<ObjectNode> columns) {

    /** What distinguishes kinds. */
    public enum Trait {
        /** Has a status subresource: the object's own writes leave the status alone, and status writes all else. */
        STATUS,
        /** {@code metadata.generation} counts the changes of the spec. */
        GENERATION,
        /** A replace must name the resourceVersion that it replaces. */
        VERSIONED_UPDATE,
        /** Comes from a CustomResourceDefinition. */
        CUSTOM,
        /** Is only ever posted and answered, never stored: reviews and bindings. */
        ANSWER_ONLY
    }

    /**
     * A subresource that is not the same for all kinds.
     *
     * @param kind of its body, e.g. {@code Eviction}
     * @param group of that kind; empty for the group of the resource
     * @param version of that kind; empty for the version of the resource
     * @param verbs in the order of discovery
     */
    public record Subresource(String kind, String group, String version, List<String> verbs) {}

    /** JSON paths (dotted, without a leading dot) of the scale subresource; {@code selector} may be empty. */
    public record ScalePaths(String specReplicas, String statusReplicas, String selector) {}

    public boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** {@code apps/v1}, or {@code v1} in the core group. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    public String listKind() {
        return kind + "List";
    }

    /** The verbs of discovery. */
    public List<String> verbs() {
        if (has(Trait.ANSWER_ONLY)) {
            return List.of("create");
        }
        return deletesCollections()
                ? List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
                : List.of("create", "delete", "get", "list", "patch", "update", "watch");
    }

    /** Namespaces are deleted one by one only. */
    public boolean deletesCollections() {
        return !kind.equals("Namespace") || !group.isEmpty();
    }

    /** Parses a field selector for this kind. */
    public FieldSelector fieldSelector(String text) {
        return FieldSelector.parse(text, selectable::get, this::unsupportedField);
    }

    /** Three texts, since kinds with own fields, kinds without and custom resources each have their own in 1.28. */
    private ApiException unsupportedField(String field) {
        if (has(Trait.CUSTOM) || selectable.size() > 2) {
            return ApiException.badRequest("field label not supported: " + field);
        }
        return ApiException.badRequest(
                "\"" + field + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
    }

    public ApiException notFound(String name) {
        return ApiException.notFound(group, plural, name);
    }

    public ApiException stale(String name) {
        return ApiException.stale(group, plural, name);
    }

    public ApiException conflict(String name, String why) {
        return ApiException.conflict(group, plural, name, why);
    }
}
