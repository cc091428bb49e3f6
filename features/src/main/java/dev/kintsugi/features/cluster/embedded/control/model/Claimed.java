package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * What belongs to a controller.
 *
 * @param mine  what it controls and its selector matches
 * @param claims the writes that make it so: adoptions of orphans, releases of what no longer matches
 */
public record Claimed<T extends HasMetadata>(List<T> mine, List<Write> claims) {

    /**
     * Kubernetes' rule of claiming: what names the controller and matches is its own, what names it and does not match is released, what
     * has no controller and matches is adopted, unless either is being deleted. What is being adopted counts only once it is written.
     *
     * @param mayAdopt whether an object is worth adopting
     * @param with makes a copy of an object with other metadata
     */
    public static <T extends HasMetadata> Claimed<T> by(
            HasMetadata owner,
            LabelSelector selector,
            Class<T> kind,
            World world,
            Predicate<T> mayAdopt,
            BiFunction<T, ObjectMeta, T> with) {
        List<T> mine = new ArrayList<>();
        List<Write> claims = new ArrayList<>();
        boolean ownerGoes = owner.getMetadata().getDeletionTimestamp() != null;
        for (T object : world.ownedBy(owner.getMetadata().getUid(), kind)) {
            if (!Owners.controls(owner, object)) {
                continue;
            }
            if (Selectors.selects(selector, object)) {
                mine.add(object);
            } else if (!ownerGoes) {
                claims.add(new Write.Replace(with.apply(object, released(object, owner))));
            }
        }
        if (!ownerGoes) {
            world.withoutController(kind, owner.getMetadata().getNamespace()).stream()
                    .filter(object -> object.getMetadata().getDeletionTimestamp() == null
                            && Selectors.selects(selector, object)
                            && mayAdopt.test(object))
                    .forEach(object -> claims.add(new Write.Replace(with.apply(object, adopted(object, owner)))));
        }
        return new Claimed<>(mine, claims);
    }

    private static ObjectMeta released(HasMetadata object, HasMetadata owner) {
        List<OwnerReference> others = Owners.of(object).stream()
                .filter(reference ->
                        !reference.getUid().equals(owner.getMetadata().getUid()))
                .toList();
        return new ObjectMetaBuilder(object.getMetadata())
                .withOwnerReferences(others)
                .build();
    }

    private static ObjectMeta adopted(HasMetadata object, HasMetadata owner) {
        return new ObjectMetaBuilder(object.getMetadata())
                .addToOwnerReferences(Owners.referenceTo(owner))
                .build();
    }
}
