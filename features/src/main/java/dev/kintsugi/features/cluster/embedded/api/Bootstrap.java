package dev.kintsugi.features.cluster.embedded.api;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kintsugi.features.cluster.embedded.api.resource.Body;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.resource.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Makes the objects that every cluster has from the beginning: namespaces, priority classes, roles and bindings. */
final class Bootstrap {

    private static final String POLICY = "bootstrap-policy.yaml";

    private final Registry registry;

    Bootstrap(Registry registry) {
        this.registry = registry;
    }

    /** The service accounts of further namespaces come from a controller. */
    void run() {
        for (String namespace : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
            create("", "namespaces", "", named(namespace));
            create("", "serviceaccounts", namespace, named("default"));
        }
        create(
                "scheduling.k8s.io",
                "priorityclasses",
                "",
                named("system-node-critical").put("value", 2_000_001_000));
        create(
                "scheduling.k8s.io",
                "priorityclasses",
                "",
                named("system-cluster-critical").put("value", 2_000_000_000));
        try (InputStream in = Objects.requireNonNull(Bootstrap.class.getResourceAsStream(POLICY), POLICY);
                MappingIterator<ObjectNode> objects =
                        new YAMLMapper().readerFor(ObjectNode.class).readValues(in)) {
            while (objects.hasNext()) {
                ObjectNode object = objects.next();
                String plural = object.path("kind").asText().toLowerCase(Locale.ROOT) + "s";
                create("rbac.authorization.k8s.io", plural, "", object);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void create(String group, String plural, String namespace, ObjectNode object) {
        ResourceType type = registry.catalog().find(group, "v1", plural);
        if (type == null) {
            throw new IllegalStateException("no built-in kind " + plural);
        }
        registry.create(type, namespace, Body.of(object), WriteOptions.DEFAULT);
    }

    private static ObjectNode named(String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata").put("name", name);
        return object;
    }
}
