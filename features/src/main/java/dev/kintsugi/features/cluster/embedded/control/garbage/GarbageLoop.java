package dev.kintsugi.features.cluster.embedded.control.garbage;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Metadata;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Deletes objects of any kind whose owners are all gone (background). An object deleted in the foreground stays until the dependents
 * that block its deletion are gone; one deleted with the policy Orphan stays until its dependents no longer name it. An object's key
 * is its UID.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/architecture/garbage-collection/">Garbage collection</a>
 */
public final class GarbageLoop implements Loop {

    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";
    private static final Duration DOUBT = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "garbage";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of();
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        HasMetadata object = change.object();
        String uid = object.getMetadata().getUid();
        boolean going = change.gone() || isDeletedIn(object, FOREGROUND);
        Stream<String> dependents =
                going ? world.ownedBy(uid).stream().map(one -> one.getMetadata().getUid()) : Stream.empty();
        Stream<String> owners = Owners.of(object).stream()
                .map(OwnerReference::getUid)
                .filter(owner -> world.withUid(owner)
                        .filter(present -> isDeletedIn(present, FOREGROUND) || isDeletedIn(present, ORPHAN))
                        .isPresent());
        boolean concerned = !Owners.of(object).isEmpty() || object.getMetadata().getDeletionTimestamp() != null;
        Stream<String> own = concerned && !change.gone() ? Stream.of(uid) : Stream.empty();
        return Stream.of(dependents, owners, own)
                .flatMap(uids -> uids)
                .distinct()
                .map(one -> new Key("", one));
    }

    private static boolean isDeletedIn(HasMetadata object, String finalizer) {
        return object.getMetadata().getDeletionTimestamp() != null
                && object.getMetadata().getFinalizers() != null
                && object.getMetadata().getFinalizers().contains(finalizer);
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        HasMetadata object = world.withUid(key.name()).orElse(null);
        if (object == null) {
            return Reaction.none();
        }
        if (isDeletedIn(object, ORPHAN)) {
            return orphan(object, world);
        }
        if (isDeletedIn(object, FOREGROUND)) {
            return blocking(object, world) ? Reaction.none() : without(object, FOREGROUND);
        }
        if (object.getMetadata().getDeletionTimestamp() != null) {
            return Reaction.none();
        }
        return collect(object, world);
    }

    /** An owner that is not known may only not be known yet; so the server is asked, and again a little later. */
    private static Reaction collect(HasMetadata object, World world) {
        List<OwnerReference> owners = Owners.of(object);
        List<HasMetadata> known = owners.stream()
                .flatMap(owner -> world.withUid(owner.getUid()).stream())
                .toList();
        List<HasMetadata> waiting =
                known.stream().filter(owner -> isDeletedIn(owner, FOREGROUND)).toList();
        if (owners.isEmpty()) {
            return Reaction.none();
        }
        if (known.size() > waiting.size()) {
            return waiting.isEmpty() ? Reaction.none() : released(object, waiting);
        }
        if (waiting.isEmpty()) {
            return new Reaction(List.of(new Write.Collect(object)), DOUBT);
        }
        boolean hasDependents = !world.ownedBy(object.getMetadata().getUid()).isEmpty();
        return Reaction.of(
                new Write.Delete(object, hasDependents ? Write.Propagation.FOREGROUND : Write.Propagation.BACKGROUND));
    }

    /** What still has an owner does not go with another one, which therefore need not wait for it. */
    private static Reaction released(HasMetadata object, List<HasMetadata> waiting) {
        Set<String> going =
                waiting.stream().map(owner -> owner.getMetadata().getUid()).collect(Collectors.toSet());
        return Reaction.of(new Write.Replace(Metadata.changed(
                object,
                metadata -> metadata.withOwnerReferences(Owners.of(object).stream()
                        .filter(reference -> !going.contains(reference.getUid()))
                        .toList()))));
    }

    private static boolean blocking(HasMetadata owner, World world) {
        String uid = owner.getMetadata().getUid();
        return world.ownedBy(uid).stream()
                .flatMap(dependent -> Owners.of(dependent).stream())
                .anyMatch(reference ->
                        reference.getUid().equals(uid) && Boolean.TRUE.equals(reference.getBlockOwnerDeletion()));
    }

    private static Reaction orphan(HasMetadata owner, World world) {
        String uid = owner.getMetadata().getUid();
        List<Write> writes = new ArrayList<>();
        for (HasMetadata dependent : world.ownedBy(uid)) {
            writes.add(new Write.Replace(Metadata.changed(
                    dependent,
                    metadata -> metadata.withOwnerReferences(Owners.of(dependent).stream()
                            .filter(reference -> !reference.getUid().equals(uid))
                            .toList()))));
        }
        return writes.isEmpty() ? without(owner, ORPHAN) : Reaction.of(writes);
    }

    private static Reaction without(HasMetadata object, String finalizer) {
        return Reaction.of(
                new Write.Replace(Metadata.changed(object, metadata -> metadata.removeFromFinalizers(finalizer))));
    }
}
