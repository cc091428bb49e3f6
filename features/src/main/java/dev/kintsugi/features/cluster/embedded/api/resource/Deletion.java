package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.metadata;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Operation;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Key;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes objects: at once, or in two steps when a grace period, finalizers or the content of a namespace have to be
 * waited for. The rules are those of {@code BeforeDelete} and {@code deletionFinalizersForGarbageCollection} of
 * k8s.io/apiserver 1.28 and of the pods' and namespaces' own strategies.
 */
public final class Deletion {

    /**
     * What came of a delete.
     *
     * @param object the last or the present state
     * @param gone whether it is no longer there
     */
    public record Outcome(ObjectNode object, boolean gone) {}

    private static final Set<String> UNDELETABLE = Set.of("default", "kube-system", "kube-public");
    private static final String CRD_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    private final Store store;
    private final Catalog catalog;
    private final InstantSource clock;
    private final AdmissionChain admission;
    private final ClusterIps clusterIps;

    Deletion(Store store, Catalog catalog, InstantSource clock, AdmissionChain admission, ClusterIps clusterIps) {
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
        this.admission = admission;
        this.clusterIps = clusterIps;
    }

    /** One attempt; null if somebody else has written the object in between. */
    @Nullable Outcome tryDelete(ResourceType type, Item read, DeleteOptions options) {
        ObjectNode object = read.object();
        Key key = read.key();
        requirePreconditions(type, object, options);
        if (type.kind().equals("Namespace") && UNDELETABLE.contains(key.name())) {
            throw ApiException.forbidden("", "namespaces", key.name(), "this namespace may not be deleted");
        }
        admission.review(type, Operation.DELETE, "", key.namespace(), key.name(), object, object, options.dryRun());
        ObjectNode marked = mark(type, object, options);
        if (options.dryRun()) {
            return new Outcome(marked, !waits(marked));
        }
        if (marked.equals(object) && waits(object)) {
            return new Outcome(object, false);
        }
        Item item = read;
        // The real server lets watches see the mark also when nothing has to be waited for, but only on pods.
        if (waits(marked) || (type.kind().equals("Pod") && !marked.equals(object))) {
            Item written = store.replace(read, marked);
            if (written == null) {
                return null;
            }
            item = written;
        }
        if (waits(marked)) {
            if (Catalog.isDefinition(type)) {
                deleteInstances(item.object());
                Item left = store.get(key);
                return left == null ? new Outcome(item.object(), true) : new Outcome(left.object(), false);
            }
            return new Outcome(item.object(), false);
        }
        Item gone = remove(type, item, item.object());
        return gone == null ? null : new Outcome(gone.object(), true);
    }

    /**
     * The first of the two writes in which a pod that runs is deleted without grace: only the mark, which watches and controllers see.
     *
     * @return whether there was one to write
     */
    boolean announce(ResourceType type, Item read, DeleteOptions options) {
        ObjectNode object = read.object();
        boolean runs = type.kind().equals("Pod")
                && !object.path("metadata").has("deletionTimestamp")
                && text(object.path("status"), "phase").equals("Running");
        if (!runs || options.dryRun()) {
            return false;
        }
        requirePreconditions(type, object, options);
        ObjectNode marked = mark(type, object, options);
        return !waits(marked) && store.replace(read, marked) != null;
    }

    /**
     * Stores a changed object; or removes it, if it was only waiting for finalizers and the change took the last.
     *
     * @return the last or the new state; null if somebody else has written the object in between
     */
    @Nullable Item storeOrFinish(ResourceType type, Item read, ObjectNode changed) {
        boolean deleting = changed.path("metadata").has("deletionTimestamp");
        if (deleting && !waits(changed)) {
            return remove(type, read, changed);
        }
        return store.replace(read, changed);
    }

    private @Nullable Item remove(ResourceType type, Item read, ObjectNode last) {
        Item gone = store.delete(read, last.deepCopy());
        if (gone == null) {
            return null;
        }
        if (type.storage().equals("services")) {
            clusterIps.release(text(last.path("spec"), "clusterIP"));
        } else if (Catalog.isDefinition(type)) {
            catalog.undefine(read.key().name());
        } else if (type.has(ResourceType.Trait.CUSTOM)) {
            finishDefinition(type);
        }
        return gone;
    }

    /** Whether a marked object has to stay for now. */
    private static boolean waits(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        boolean namespaceContent = text(object, "kind").equals("Namespace")
                && !object.path("spec").path("finalizers").isEmpty();
        return !Finalizers.of(object).isEmpty()
                || metadata.path("deletionGracePeriodSeconds").asLong() > 0
                || namespaceContent;
    }

    /** The object with deletion time, grace period and finalizers as this delete makes them. */
    private ObjectNode mark(ResourceType type, ObjectNode object, DeleteOptions options) {
        ObjectNode marked = object.deepCopy();
        ObjectNode metadata = metadata(marked);
        Finalizers.set(marked, Finalizers.withPolicy(Finalizers.of(object), options.propagationPolicy()));
        long grace = gracePeriod(type, object, options);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        if (!metadata.has("deletionTimestamp")) {
            metadata.put("deletionTimestamp", now.plusSeconds(grace).toString());
            metadata.put("deletionGracePeriodSeconds", grace);
        } else {
            long present = metadata.path("deletionGracePeriodSeconds").asLong();
            if (options.gracePeriodSeconds() != null && grace < present) {
                Instant begun =
                        Instant.parse(text(metadata, "deletionTimestamp")).minusSeconds(present);
                metadata.put("deletionTimestamp", begun.plusSeconds(grace).toString());
                metadata.put("deletionGracePeriodSeconds", grace);
            }
        }
        if (type.kind().equals("Namespace")) {
            Fields.child(marked, "status").put("phase", "Terminating");
        }
        if (Catalog.isDefinition(type) && hasInstances(marked)) {
            List<String> finalizers = new ArrayList<>(Finalizers.of(marked));
            if (!finalizers.contains(CRD_FINALIZER)) {
                finalizers.add(CRD_FINALIZER);
            }
            Finalizers.set(marked, finalizers);
        }
        return marked;
    }

    /** Only pods have one: what is asked for, else their own; 0 for those that no node has or that have ended. */
    private static long gracePeriod(ResourceType type, ObjectNode object, DeleteOptions options) {
        if (!type.kind().equals("Pod")) {
            return 0;
        }
        String phase = text(object.path("status"), "phase");
        boolean unscheduled = text(object.path("spec"), "nodeName").isEmpty();
        if (unscheduled || phase.equals("Succeeded") || phase.equals("Failed")) {
            return 0;
        }
        Long asked = options.gracePeriodSeconds();
        if (asked == null) {
            return object.path("spec").path("terminationGracePeriodSeconds").asLong(30);
        }
        return asked < 0 ? 1 : asked;
    }

    private static void requirePreconditions(ResourceType type, ObjectNode object, DeleteOptions options) {
        String uid = text(object.path("metadata"), "uid");
        String version = text(object.path("metadata"), "resourceVersion");
        String name = text(object.path("metadata"), "name");
        if (!options.uid().isEmpty() && !options.uid().equals(uid)) {
            throw ApiException.conflict(
                    type.group(),
                    type.kind(),
                    name,
                    "the UID in the precondition (" + options.uid() + ") does not match the UID in record (" + uid
                            + "). The object might have been deleted and then recreated");
        }
        if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals(version)) {
            throw ApiException.conflict(
                    type.group(),
                    type.kind(),
                    name,
                    "the ResourceVersion in the precondition (" + options.resourceVersion()
                            + ") does not match the ResourceVersion in record (" + version
                            + "). The object might have been modified");
        }
    }

    private boolean hasInstances(ObjectNode definition) {
        return store.count(text(definition.path("metadata"), "name")) > 0;
    }

    private void deleteInstances(ObjectNode definition) {
        String storage = text(definition.path("metadata"), "name");
        catalog.stored().stream()
                .filter(type -> type.storage().equals(storage))
                .forEach(type -> store.list(storage, "").items().forEach(item -> deleteInstance(type, item.key())));
    }

    private void deleteInstance(ResourceType type, Key key) {
        Item present = store.get(key);
        while (present != null && tryDelete(type, present, DeleteOptions.DEFAULT) == null) {
            present = store.get(key);
        }
    }

    /** The definition of a custom resource goes when it is being deleted and its last object has gone. */
    private void finishDefinition(ResourceType type) {
        Key key = new Key("customresourcedefinitions.apiextensions.k8s.io", "", type.storage());
        ResourceType definitions = catalog.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
        while (definitions != null && store.count(type.storage()) == 0) {
            Item read = store.get(key);
            if (read == null) {
                return;
            }
            List<String> finalizers = new ArrayList<>(Finalizers.of(read.object()));
            if (!read.object().path("metadata").has("deletionTimestamp") || !finalizers.remove(CRD_FINALIZER)) {
                return;
            }
            ObjectNode changed = read.object().deepCopy();
            Finalizers.set(changed, finalizers);
            if (storeOrFinish(definitions, read, changed) != null) {
                return;
            }
        }
    }
}
