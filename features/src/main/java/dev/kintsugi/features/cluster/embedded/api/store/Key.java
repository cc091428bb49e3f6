package dev.kintsugi.features.cluster.embedded.api.store;

/**
 * Names one object.
 *
 * @param resource what kind of object, one for all its versions, e.g. {@code deployments.apps}
 * @param namespace empty for cluster-scoped objects
 * @param name of the object
 */
public record Key(String resource, String namespace, String name) {}
