package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * What a loop looks at: the name of one object of its own kind.
 *
 * @param namespace empty for objects without one
 */
public record Key(String namespace, String name) {

    /** The key of an object. */
    public static Key of(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return new Key(namespace == null ? "" : namespace, object.getMetadata().getName());
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
