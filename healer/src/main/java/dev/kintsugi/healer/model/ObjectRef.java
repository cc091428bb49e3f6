package dev.kintsugi.healer.model;

/**
 * One Kubernetes object and not its namesake: the UID tells an object from a later one of the same name.
 *
 * @param namespace empty for cluster-scoped objects
 */
public record ObjectRef(String apiVersion, String kind, String namespace, String name, String uid) {

    /** A pod. */
    public static ObjectRef pod(String namespace, String name, String uid) {
        return new ObjectRef("v1", "Pod", namespace, name, uid);
    }

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
