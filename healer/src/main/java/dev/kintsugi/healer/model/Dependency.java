package dev.kintsugi.healer.model;

/**
 * A Service that a target says it needs.
 *
 * @param service {@code namespace/name}
 * @param readyEndpoints over all of its EndpointSlices
 */
public record Dependency(String service, int readyEndpoints) {}
