package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.World;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Optional;

/**
 * What a pod's claims to storage say about where it may go: anywhere, or nowhere as long as one is not there ({@code VolumeBinding}). Claims
 * are bound for their first consumer, so that an unbound one holds nothing up.
 */
final class Claims {

    private Claims() {}

    /** Why no node takes the pod, in the scheduler's words; empty if its claims are all there. */
    static Optional<String> against(Pod pod, World world) {
        String namespace = pod.getMetadata().getNamespace();
        for (Volume volume : pod.getSpec().getVolumes()) {
            if (volume.getPersistentVolumeClaim() != null) {
                String name = volume.getPersistentVolumeClaim().getClaimName();
                PersistentVolumeClaim claim =
                        world.get(PersistentVolumeClaim.class, namespace, name).orElse(null);
                if (claim == null) {
                    return Optional.of("persistentvolumeclaim \"" + name + "\" not found");
                }
                if (claim.getMetadata().getDeletionTimestamp() != null) {
                    return Optional.of("persistentvolumeclaim \"" + name + "\" is being deleted");
                }
            }
        }
        return Optional.empty();
    }
}
