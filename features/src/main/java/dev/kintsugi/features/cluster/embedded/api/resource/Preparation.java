package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.metadata;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setOrRemove;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.ownership.ManagedFields;
import dev.kintsugi.features.cluster.embedded.api.ownership.Owner;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Operation;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Key;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes of what a client sends the object to store: defaults, ownership, admission, checks; stores nothing. */
final class Preparation {

    private static final ObjectNode NOTHING = Fields.JSON.objectNode();

    private final Catalog catalog;
    private final Identities identities;
    private final AdmissionChain admission;
    private final InstantSource clock;

    Preparation(Catalog catalog, Identities identities, AdmissionChain admission, InstantSource clock) {
        this.catalog = catalog;
        this.identities = identities;
        this.admission = admission;
        this.clock = clock;
    }

    /**
     * A new object.
     *
     * @param object changed in place
     * @param applied who owns what, if it comes from server-side apply; else the writer owns all that it sends
     */
    void create(
            ResourceType type,
            String namespace,
            ObjectNode object,
            @Nullable ManagedFields applied,
            WriteOptions options) {
        String name = text(object.path("metadata"), "name");
        Strategy strategy = Strategies.of(type);
        boolean reset = ManagedFields.isReset(object);
        ManagedFields given = ManagedFields.take(object);
        ObjectNode metadata = metadata(object);
        for (String owned : new String[] {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"}) {
            metadata.remove(owned);
        }
        metadata.put("uid", identities.uid(new Key(type.storage(), namespace, name)));
        metadata.put(
                "creationTimestamp",
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        if (type.has(Trait.GENERATION)) {
            metadata.put("generation", 1);
        }
        if (type.has(Trait.STATUS) && !type.kind().equals("Node")) {
            object.remove("status");
        }
        type.schema().applyDefaults(object);
        strategy.setDefaults(object);
        ManagedFields fields = applied;
        if (fields == null) {
            Owner writer = owner(type, Owner.Operation.UPDATE, "", options);
            fields = reset
                    ? ManagedFields.NONE
                    : given.afterUpdate(writer, NOTHING, object, tree(type), clock.instant());
        }
        strategy.prepareCreate(object);
        ObjectNode admitted =
                admission.review(type, Operation.CREATE, "", namespace, name, object, null, options.dryRun());
        if (admitted != null) {
            object.removeAll();
            object.setAll(admitted.deepCopy());
            strategy.setDefaults(object);
        }
        List<Cause> causes = new ArrayList<>();
        NameRules.metadata(type, metadata(object), causes);
        causes.addAll(type.schema().validate(object));
        strategy.validate(object, causes);
        throwIfInvalid(type, name, causes);
        admission.validate(type, Operation.CREATE, "", namespace, name, object, null, options);
        fields.putInto(object);
    }

    /**
     * The next state of an object.
     *
     * @param given what the client wants; not changed
     * @param applied who owns what afterwards, if it comes from server-side apply
     */
    ObjectNode update(
            ResourceType type,
            String namespace,
            String name,
            String subresource,
            ObjectNode given,
            Item read,
            @Nullable ManagedFields applied,
            WriteOptions options) {
        ObjectNode old = read.object();
        UpdateRules.requireVersion(type, name, given, old);
        Strategy strategy = Strategies.of(type);
        ObjectNode object = given.deepCopy();
        ManagedFields before = ownedBefore(subresource, object, old);
        List<Cause> causes = new ArrayList<>();
        UpdateRules.keepSystemFields(type, object, old, causes);
        boolean ofStatus = subresource.equals("status");
        if (ofStatus) {
            object = withStatusOf(type, old, object);
        } else {
            if (type.has(Trait.STATUS)) {
                setOrRemove(object, "status", old.get("status"));
            }
            type.schema().applyDefaults(object);
            strategy.setDefaults(object);
        }
        ManagedFields fields = applied;
        if (fields == null) {
            Owner writer = owner(type, Owner.Operation.UPDATE, subresource, options);
            fields = before.isEmpty() ? before : before.afterUpdate(writer, old, object, tree(type), clock.instant());
        }
        if (!ofStatus) {
            strategy.prepareUpdate(object, old);
        }
        ObjectNode seen = ManagedFields.without(old);
        ObjectNode admitted =
                admission.review(type, Operation.UPDATE, subresource, namespace, name, object, seen, options.dryRun());
        if (admitted != null) {
            object = admitted.deepCopy();
        }
        NameRules.metadata(type, metadata(object), causes);
        Finalizers.validate(object, old, causes);
        causes.addAll(List.copyOf(causes)); // the real server checks the metadata of an update twice, and says so
        causes.addAll(type.schema().validate(object));
        if (!ofStatus) {
            strategy.validate(object, causes);
            strategy.validateUpdate(object, old, causes);
            UpdateRules.countGeneration(type, strategy, object, old);
        }
        throwIfInvalid(type, name, causes);
        admission.validate(type, Operation.UPDATE, subresource, namespace, name, object, seen, options);
        fields.putInto(object);
        return object;
    }

    /** The writer, in the version that objects are stored in, which is also the one their fields are named in. */
    Owner owner(ResourceType type, Owner.Operation operation, String subresource, WriteOptions options) {
        return new Owner(options.manager(), operation, storedType(type).apiVersion(), subresource);
    }

    /** What of an object of this kind can be owned apart, in its stored shape. */
    FieldTree tree(ResourceType type) {
        return storedType(type).schema().tree();
    }

    private ResourceType storedType(ResourceType type) {
        return Shapes.differ(type) ? catalog.storedAs(type) : type;
    }

    /** A client may write who owns what itself, but not through a subresource; and not by leaving it out. */
    private static ManagedFields ownedBefore(String subresource, ObjectNode given, ObjectNode old) {
        ManagedFields live = ManagedFields.of(old);
        boolean reset = ManagedFields.isReset(given);
        ManagedFields sent = ManagedFields.take(given);
        if (!subresource.isEmpty()) {
            return live;
        }
        if (reset) {
            return ManagedFields.NONE;
        }
        return sent.isEmpty() || sent.equals(live) ? live : sent;
    }

    /** Of a write to the status only that counts; of built-in kinds the annotations too, e.g. a Deployment's revision. */
    private static ObjectNode withStatusOf(ResourceType type, ObjectNode old, ObjectNode given) {
        ObjectNode object = old.deepCopy();
        setOrRemove(object, "status", given.get("status"));
        if (!type.has(Trait.CUSTOM)) {
            setOrRemove(metadata(object), "annotations", metadata(given).get("annotations"));
        }
        metadata(object).put("resourceVersion", text(old.path("metadata"), "resourceVersion"));
        ManagedFields.take(object);
        return object;
    }

    private static void throwIfInvalid(ResourceType type, String name, List<Cause> causes) {
        if (!causes.isEmpty()) {
            throw ApiException.invalid(type.group(), type.kind(), name, causes);
        }
    }
}
