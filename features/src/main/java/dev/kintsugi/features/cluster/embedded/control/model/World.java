package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;

/**
 * The objects of a cluster as far as they are known: never older than the reader's own last write. What it gives must not be changed.
 * All lists are in the order of namespace and name.
 */
public interface World {

    /** All objects of a kind. */
    <T extends HasMetadata> List<T> all(Class<T> kind);

    /** All objects of a kind in a namespace. */
    <T extends HasMetadata> List<T> in(Class<T> kind, String namespace);

    /** One object; the namespace is empty for kinds without one. */
    <T extends HasMetadata> Optional<T> get(Class<T> kind, String namespace, String name);

    /** The object with a UID, of whatever kind. */
    Optional<HasMetadata> withUid(String uid);

    /** All objects, of whatever kind, that name the UID in their owner references. */
    List<HasMetadata> ownedBy(String uid);

    /** The objects of a kind in a namespace that no controller has. */
    <T extends HasMetadata> List<T> withoutController(Class<T> kind, String namespace);

    /** Pods by what they have in common. */
    PodIndex pods();

    /** All objects in a namespace, of whatever kind but Events. */
    List<HasMetadata> contents(String namespace);

    /** The object that a key stands for. */
    default <T extends HasMetadata> Optional<T> get(Class<T> kind, Key key) {
        return get(kind, key.namespace(), key.name());
    }

    /** The objects of a kind that name the UID in their owner references. */
    default <T extends HasMetadata> List<T> ownedBy(String uid, Class<T> kind) {
        return ownedBy(uid).stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
