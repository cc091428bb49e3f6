package dev.kintsugi.healer.helm;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One object of a manifest.
 *
 * @param namespace as the manifest says; empty if it says none, which means the release's for namespaced kinds
 * @param body must not be changed
 */
public record ManifestObject(String apiVersion, String kind, String namespace, String name, ObjectNode body) {

    /** The annotation that says what becomes of an object that leaves the chart. */
    public static final String RESOURCE_POLICY = "helm.sh/resource-policy";

    /** The group, empty for the core kinds. */
    public String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /** Whether it is the same object in two manifests: Helm does not look at the version of the API. */
    public boolean isSameAs(ManifestObject other) {
        return group().equals(other.group())
                && kind.equals(other.kind)
                && namespace.equals(other.namespace)
                && name.equals(other.name);
    }

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
