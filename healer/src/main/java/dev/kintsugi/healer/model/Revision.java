package dev.kintsugi.healer.model;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One revision of a workload's pod template: a ReplicaSet of a Deployment, or a ControllerRevision of a StatefulSet or
 * DaemonSet.
 *
 * @param number as Kubernetes counts them, growing; a revision that is gone back to gets a new number
 * @param hash what its pods carry as label {@code controller-revision-hash}; null for a ReplicaSet, which owns its pods
 * @param verifiedAt when the healer has last seen it good everywhere; null if never
 */
public record Revision(
        ObjectRef ref,
        long number,
        @Nullable String hash,
        @Nullable Instant verifiedAt) {

    /** The label of pods of StatefulSets and DaemonSets that tells their revision. */
    public static final String HASH_LABEL = "controller-revision-hash";

    /** Whether a pod is of this revision. */
    public boolean has(PodState pod) {
        ObjectRef controller = pod.controller();
        if (controller != null && controller.uid().equals(ref.uid())) {
            return true;
        }
        Map<String, String> labels = pod.labels();
        return hash != null && hash.equals(labels.get(HASH_LABEL));
    }
}
