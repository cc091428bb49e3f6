package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.metadata;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.patch.Patch;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.ScalePaths;
import dev.kintsugi.features.cluster.embedded.api.selector.LabelSelector;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import java.util.List;
import java.util.function.UnaryOperator;

/** The {@code scale} subresource: the replicas of a workload as an {@code autoscaling/v1 Scale}. */
public final class ScaleSubresource {

    private final Registry registry;

    public ScaleSubresource(Registry registry) {
        this.registry = registry;
    }

    public ObjectNode get(ResourceType type, String namespace, String name) {
        return read(type, require(type, namespace, name).object());
    }

    /** An empty spec means 0 replicas, as in the real server. */
    public ObjectNode replace(ResourceType type, String namespace, String name, JsonNode body, WriteOptions options) {
        if (!(body instanceof ObjectNode given)) {
            throw ApiException.badRequest("Scale in version \"v1\" cannot be handled as a Scale: not an object");
        }
        return write(type, namespace, name, present -> given, options);
    }

    public ObjectNode patch(ResourceType type, String namespace, String name, Patch patch, WriteOptions options) {
        return write(type, namespace, name, patch::apply, options);
    }

    private ObjectNode write(
            ResourceType type, String namespace, String name, UnaryOperator<ObjectNode> change, WriteOptions options) {
        ScalePaths paths = paths(type);
        require(type, namespace, name);
        Patch toObject = object -> {
            ObjectNode scale = change.apply(read(type, object));
            JsonNode replicas = scale.path("spec").path("replicas");
            if (!replicas.isMissingNode() && !replicas.canConvertToInt()) {
                throw ApiException.badRequest("Scale in version \"v1\" cannot be handled as a Scale: json: cannot"
                        + " unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32");
            }
            if (replicas.asInt() < 0) {
                throw ApiException.invalid(
                        "autoscaling", "Scale", name, List.of(PodRules.notNegative("spec.replicas", replicas)));
            }
            ObjectNode changed = object.deepCopy();
            Fields.setAt(changed, paths.specReplicas(), Fields.JSON.numberNode(replicas.asInt()));
            String version = text(scale.path("metadata"), "resourceVersion");
            String uid = text(scale.path("metadata"), "uid");
            if (!version.isEmpty()) {
                metadata(changed).put("resourceVersion", version);
            }
            if (!uid.isEmpty() && !uid.equals(text(object.path("metadata"), "uid"))) {
                throw type.conflict(
                        name,
                        "Precondition failed: UID in precondition: " + uid + ", UID in object meta: "
                                + text(object.path("metadata"), "uid"));
            }
            return changed;
        };
        return read(
                type,
                registry.patch(type, namespace, name, "scale", toObject, options)
                        .object());
    }

    private ObjectNode read(ResourceType type, ObjectNode object) {
        ScalePaths paths = paths(type);
        ObjectNode scale = Fields.JSON.objectNode().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode metadata = metadata(scale);
        for (String field : new String[] {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
            Fields.setOrRemove(metadata, field, object.path("metadata").get(field));
        }
        ObjectNode spec = scale.putObject("spec");
        int replicas = Fields.at(object, paths.specReplicas()).asInt();
        if (replicas > 0) {
            spec.put("replicas", replicas);
        }
        ObjectNode status = scale.putObject("status");
        status.put("replicas", Fields.at(object, paths.statusReplicas()).asInt());
        if (!paths.selector().isEmpty()) {
            status.put("selector", selector(Fields.at(object, paths.selector())));
        }
        return scale;
    }

    private static String selector(JsonNode selector) {
        if (selector.isTextual()) {
            return selector.asText();
        }
        boolean plainLabels = selector.isObject() && !selector.has("matchLabels") && !selector.has("matchExpressions");
        return (plainLabels ? LabelSelector.ofLabels(selector) : LabelSelector.of(selector)).toString();
    }

    private Item require(ResourceType type, String namespace, String name) {
        try {
            return registry.get(type, namespace, name);
        } catch (ApiException e) {
            throw ApiException.notFound(type.group(), type.plural() + "/scale", name);
        }
    }

    private static ScalePaths paths(ResourceType type) {
        ScalePaths paths = type.scale();
        if (paths == null) {
            throw ApiException.unknownPath();
        }
        return paths;
    }
}
