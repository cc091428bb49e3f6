package dev.kintsugi.features.cluster.embedded.api.access;

/**
 * What a request wants to do.
 *
 * @param verb e.g. {@code list}
 * @param group of the resource; empty for core
 * @param resource plural name; empty for a path that is no resource's
 * @param subresource empty if there is none
 * @param namespace empty for all, and at the cluster scope
 * @param name empty if it is about no object in particular
 * @param path of a request that is about no resource, else empty
 */
public record Attributes(
        String verb, String group, String resource, String subresource, String namespace, String name, String path) {

    public static Attributes resource(
            String verb, String group, String resource, String subresource, String namespace, String name) {
        return new Attributes(verb, group, resource, subresource, namespace, name, "");
    }

    public static Attributes path(String verb, String path) {
        return new Attributes(verb, "", "", "", "", "", path);
    }

    /** {@code pods/log}, or {@code pods} if it is about the object itself. */
    String resourceWithSub() {
        return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }
}
