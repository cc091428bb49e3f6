package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Optional;

/**
 * Owner references.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/">Owners and dependents</a>
 */
public final class Owners {

    private Owners() {}

    /** All owners; empty if there are none. */
    public static List<OwnerReference> of(HasMetadata object) {
        List<OwnerReference> owners = object.getMetadata().getOwnerReferences();
        return owners == null ? List.of() : owners;
    }

    /** The one owner that controls the object. */
    public static Optional<OwnerReference> controller(HasMetadata object) {
        return of(object).stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
    }

    /** Whether the owner controls the object. */
    public static boolean controls(HasMetadata owner, HasMetadata object) {
        return controller(object)
                .filter(reference ->
                        reference.getUid().equals(owner.getMetadata().getUid()))
                .isPresent();
    }

    /** The key of the controller, if it is of this kind. */
    public static Optional<Key> controllerKey(HasMetadata object, String kind) {
        return controller(object)
                .filter(owner -> owner.getKind().equals(kind))
                .map(owner -> new Key(object.getMetadata().getNamespace(), owner.getName()));
    }

    /** A reference of a controller whose foreground deletion waits for the dependent. */
    public static OwnerReference referenceTo(HasMetadata controller) {
        return new OwnerReferenceBuilder()
                .withApiVersion(controller.getApiVersion())
                .withKind(controller.getKind())
                .withName(controller.getMetadata().getName())
                .withUid(controller.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /** A reference of an owner that does not control the dependent and does not wait for it. */
    public static OwnerReference dependentOf(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .build();
    }
}
