package dev.kintsugi.healer.model;

/**
 * A Service that a target says it needs.
 *
 * @param service {@code namespace/name}
 * @param readyEndpoints over all of its EndpointSlices
 * @param own it is the target's own Service, which can have none while the target is ill
 */
public record Dependency(String service, int readyEndpoints, boolean own) {

    /** A Service of others. */
    public Dependency(String service, int readyEndpoints) {
        this(service, readyEndpoints, false);
    }
}
