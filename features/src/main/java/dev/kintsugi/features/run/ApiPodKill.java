package dev.kintsugi.features.run;

import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.recording.Inconclusive;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Kills pods by the Kubernetes API alone, in the way that Chaos Mesh's {@code pod-kill} does: each is deleted with the grace
 * period asked for.
 *
 * @param victims the pods as they were before
 * @param requestedNanos just before the first request was sent
 * @param answeredNanos when the last was answered
 */
public record ApiPodKill(List<PodInfo> victims, long requestedNanos, long answeredNanos) {

    public ApiPodKill {
        victims = List.copyOf(victims);
    }

    /**
     * Kills them, and nobody who has taken their names since.
     *
     * @throws Inconclusive when the cluster refuses one
     */
    static ApiPodKill of(KubernetesClient client, List<PodInfo> victims, long graceSeconds, LongSupplier nanoTime) {
        long requested = nanoTime.getAsLong();
        for (PodInfo victim : victims) {
            try {
                client.raw(
                        "/api/v1/namespaces/" + victim.namespace() + "/pods/" + victim.name(),
                        "DELETE",
                        new DeleteOptionsBuilder()
                                .withApiVersion("v1")
                                .withKind("DeleteOptions")
                                .withGracePeriodSeconds(graceSeconds)
                                .withNewPreconditions()
                                .withUid(victim.uid())
                                .endPreconditions()
                                .build());
            } catch (KubernetesClientException e) {
                throw new Inconclusive(
                        "pod " + victim.namespace() + "/" + victim.name() + " cannot be killed: " + e.getMessage(), e);
            }
        }
        return new ApiPodKill(victims, requested, nanoTime.getAsLong());
    }

    /** What was done, for a person. */
    public String describe() {
        return victims.stream().map(victim -> "pod " + victim.name()).toList() + " deleted by the Kubernetes API";
    }
}
