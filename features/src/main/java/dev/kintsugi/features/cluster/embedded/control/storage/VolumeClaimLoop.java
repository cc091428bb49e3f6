package dev.kintsugi.features.cluster.embedded.control.storage;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says of every claim that it is bound and as large as was asked for, so that workloads with claims run. The storage is simulated: no
 * volume is behind the claim, nothing that a container writes there outlives it. An Event on the claim says so.
 */
public final class VolumeClaimLoop implements Loop {

    @Override
    public String name() {
        return "volume-claim";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(PersistentVolumeClaim.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        return change.after() instanceof PersistentVolumeClaim claim ? Stream.of(Key.of(claim)) : Stream.empty();
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        PersistentVolumeClaim claim =
                world.get(PersistentVolumeClaim.class, key).orElse(null);
        if (claim == null
                || claim.getMetadata().getDeletionTimestamp() != null
                || (claim.getStatus() != null
                        && "Bound".equals(claim.getStatus().getPhase()))) {
            return Reaction.none();
        }
        Map<String, Quantity> asked = claim.getSpec().getResources() == null
                ? null
                : claim.getSpec().getResources().getRequests();
        PersistentVolumeClaim bound = new PersistentVolumeClaimBuilder(claim)
                .editOrNewStatus()
                .withPhase("Bound")
                .withAccessModes(claim.getSpec().getAccessModes())
                .withCapacity(asked)
                .endStatus()
                .build();
        return Reaction.of(
                new Write.ReplaceStatus(bound),
                Write.Tell.normal(
                        claim,
                        "kintsugi-storage",
                        "SimulatedStorage",
                        "Bound without a volume: storage is simulated in this cluster and keeps no data"));
    }
}
