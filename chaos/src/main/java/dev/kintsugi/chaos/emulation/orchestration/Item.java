package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An object of the cluster, as far as orchestration looks at it.
 *
 * @param createdAt the API server's time, whole seconds
 * @param deleted its deletion has been asked for
 */
public record Item(
        String apiVersion,
        String kind,
        String namespace,
        String name,
        String uid,
        String resourceVersion,
        Instant createdAt,
        boolean deleted,
        Map<String, String> labels,
        Map<String, String> annotations,
        Tree spec,
        Tree status) {

    /** The older first. */
    static final Comparator<Item> BY_AGE = Comparator.comparing(Item::createdAt).thenComparing(Item::name);

    /** What owns other objects refers to itself so: as their controller, which they must outlive. */
    Map<String, Object> ownerReference() {
        Map<String, Object> reference = new LinkedHashMap<>();
        reference.put("apiVersion", apiVersion);
        reference.put("kind", kind);
        reference.put("name", name);
        reference.put("uid", uid);
        reference.put("controller", true);
        reference.put("blockOwnerDeletion", true);
        return reference;
    }

    Ref ref() {
        return new Ref(kind, namespace, name);
    }

    /** Where an object is. */
    public record Ref(String kind, String namespace, String name) {}
}
