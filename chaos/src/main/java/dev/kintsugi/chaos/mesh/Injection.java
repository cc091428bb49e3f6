package dev.kintsugi.chaos.mesh;

import dev.kintsugi.chaos.model.PodInfo;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;

/**
 * A fault that is in force, and when it came to be so. All instants are readings of the driver's nanosecond clock.
 *
 * @param resource as it was sent, with its victims named
 * @param victims the pods that were chosen, as they were before the fault
 * @param requestedAtNanos just before the request that creates the resource was sent: no effect is older than this
 * @param acceptedAtNanos when the API server's answer to it arrived
 * @param injectedAtNanos when a status that says injected was first received
 * @param status that status
 */
public record Injection(
        Reference reference,
        GenericKubernetesResource resource,
        List<PodInfo> victims,
        long requestedAtNanos,
        long acceptedAtNanos,
        long injectedAtNanos,
        Status status) {

    public Injection {
        victims = List.copyOf(victims);
    }
}
