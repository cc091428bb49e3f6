package dev.kintsugi.healer.model;

import org.jspecify.annotations.Nullable;

/**
 * Where a pod says it can be asked whether it is ready: the address of its readiness probe, or else its first port.
 *
 * @param scheme {@code http}, {@code https} or {@code tcp}
 * @param path of the request, null for {@code tcp}
 */
public record Endpoint(
        String host, int port, String scheme, @Nullable String path) {

    @Override
    public String toString() {
        return scheme + "://" + host + ":" + port + (path == null ? "" : path);
    }
}
