package dev.kintsugi.features.cluster.embedded.api.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.resource.Catalog;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Subresource;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the server offers: the documents at {@code /version}, {@code /api} and {@code /apis}, one by one and aggregated.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api">Discovery API</a>
 */
public final class Discovery {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Subresource STATUS = new Subresource("", "", "", List.of("get", "patch", "update"));
    private static final Subresource SCALE =
            new Subresource("Scale", "autoscaling", "v1", List.of("get", "patch", "update"));

    private final Catalog catalog;

    public Discovery(Catalog catalog) {
        this.catalog = catalog;
    }

    /** The version of Kubernetes that is spoken here. */
    public static ObjectNode version() {
        return JSON.objectNode()
                .put("major", "1")
                .put("minor", "28")
                .put("gitVersion", "v1.28.0")
                .put("gitCommit", "")
                .put("gitTreeState", "clean")
                .put("buildDate", "2023-08-15T10:21:44Z")
                .put("goVersion", "go1.20.7")
                .put("compiler", "gc")
                .put("platform", "linux/amd64");
    }

    /** {@code /api}; {@code address} is where the server listens. */
    public ObjectNode coreVersions(String address) {
        ObjectNode versions = JSON.objectNode().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        versions.putArray("serverAddressByClientCIDRs")
                .addObject()
                .put("clientCIDR", "0.0.0.0/0")
                .put("serverAddress", address);
        return versions;
    }

    /** {@code /apis}. */
    public ObjectNode groups() {
        ObjectNode list = JSON.objectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        catalog.groups().forEach((group, versions) -> groups.add(group(group, versions)));
        return list;
    }

    /** {@code /apis/GROUP} of a group that there is. */
    public ObjectNode group(String group) {
        ObjectNode document = JSON.objectNode().put("kind", "APIGroup").put("apiVersion", "v1");
        document.setAll(group(group, catalog.groups().getOrDefault(group, List.of())));
        return document;
    }

    /** {@code /apis/GROUP/VERSION}, or {@code /api/v1} for the empty group. */
    public ObjectNode resources(String group, String version) {
        ObjectNode list = JSON.objectNode().put("kind", "APIResourceList");
        if (!group.isEmpty()) {
            list.put("apiVersion", "v1");
        }
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        for (ResourceType type : catalog.types(group, version)) {
            resources.add(resource(type));
            subresources(type).forEach((name, subresource) -> resources.add(subresource(type, name, subresource)));
        }
        return list;
    }

    /** {@code /api} or {@code /apis} with all kinds in one document. */
    public ObjectNode aggregated(boolean core) {
        ObjectNode list = JSON.objectNode()
                .put("kind", "APIGroupDiscoveryList")
                .put("apiVersion", "apidiscovery.k8s.io/v2beta1");
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        Map<String, List<String>> groups = core ? Map.of("", List.of("v1")) : catalog.groups();
        groups.forEach((group, versions) -> {
            ObjectNode item = items.addObject();
            ObjectNode metadata = item.putObject("metadata");
            if (!group.isEmpty()) {
                metadata.put("name", group);
            }
            metadata.putNull("creationTimestamp");
            ArrayNode versionList = item.putArray("versions");
            versions.forEach(version -> versionList.add(aggregatedVersion(group, version)));
        });
        return list;
    }

    private ObjectNode aggregatedVersion(String group, String version) {
        ObjectNode document = JSON.objectNode().put("version", version);
        ArrayNode resources = document.putArray("resources");
        for (ResourceType type : catalog.types(group, version)) {
            ObjectNode resource = resources.addObject().put("resource", type.plural());
            responseKind(resource, type, new Subresource(type.kind(), "", "", List.of()));
            resource.put("scope", type.namespaced() ? "Namespaced" : "Cluster");
            resource.put("singularResource", type.singular());
            resource.set("verbs", array(type.verbs()));
            names(resource, type);
            subresources(type).forEach((name, subresource) -> {
                ObjectNode entry = resource.withArray("subresources").addObject().put("subresource", name);
                responseKind(entry, type, subresource);
                entry.set("verbs", array(subresource.verbs()));
            });
        }
        return document.put("freshness", "Current");
    }

    /** An empty group and version of the answer's kind means those of the resource. */
    private static void responseKind(ObjectNode entry, ResourceType type, Subresource subresource) {
        entry.putObject("responseKind")
                .put("group", subresource.group())
                .put("version", subresource.version())
                .put("kind", subresource.kind().isEmpty() ? type.kind() : subresource.kind());
    }

    private static ObjectNode group(String group, List<String> versions) {
        ObjectNode document = JSON.objectNode().put("name", group);
        ArrayNode list = document.putArray("versions");
        versions.forEach(version -> list.add(groupVersion(group, version)));
        if (!versions.isEmpty()) {
            document.set("preferredVersion", groupVersion(group, versions.get(0)));
        }
        return document;
    }

    private static ObjectNode groupVersion(String group, String version) {
        return JSON.objectNode().put("groupVersion", group + "/" + version).put("version", version);
    }

    private static ObjectNode resource(ResourceType type) {
        ObjectNode resource = JSON.objectNode()
                .put("name", type.plural())
                .put("singularName", type.singular())
                .put("namespaced", type.namespaced())
                .put("kind", type.kind());
        resource.set("verbs", array(type.verbs()));
        names(resource, type);
        return resource;
    }

    private static ObjectNode subresource(ResourceType type, String name, Subresource subresource) {
        ObjectNode resource = JSON.objectNode()
                .put("name", type.plural() + "/" + name)
                .put("singularName", "")
                .put("namespaced", type.namespaced());
        if (!subresource.version().isEmpty()) {
            resource.put("group", subresource.group()).put("version", subresource.version());
        }
        resource.put("kind", subresource.kind().isEmpty() ? type.kind() : subresource.kind());
        resource.set("verbs", array(subresource.verbs()));
        return resource;
    }

    private static Map<String, Subresource> subresources(ResourceType type) {
        Map<String, Subresource> all = new TreeMap<>(type.subresources());
        if (type.has(Trait.STATUS)) {
            all.put("status", STATUS);
        }
        if (type.scale() != null) {
            all.put("scale", SCALE);
        }
        return all;
    }

    private static void names(ObjectNode resource, ResourceType type) {
        if (!type.shortNames().isEmpty()) {
            resource.set("shortNames", array(type.shortNames()));
        }
        if (!type.categories().isEmpty()) {
            resource.set("categories", array(type.categories()));
        }
    }

    private static ArrayNode array(List<String> values) {
        ArrayNode array = JSON.arrayNode();
        values.forEach(array::add);
        return array;
    }
}
