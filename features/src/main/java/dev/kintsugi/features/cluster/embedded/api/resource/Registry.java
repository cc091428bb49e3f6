package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.metadata;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setOrRemove;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.ownership.ManagedFields;
import dev.kintsugi.features.cluster.embedded.api.ownership.Owner;
import dev.kintsugi.features.cluster.embedded.api.ownership.ServerSideApply;
import dev.kintsugi.features.cluster.embedded.api.patch.Patch;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Key;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes objects as Kubernetes' registry does: decode, default, admit, check, and store if nobody else has written in
 * between; else again from the start, or 409 if the client named the version it had read.
 */
public final class Registry {

    private static final int MAX_ATTEMPTS = 1_000;

    private final Store store;
    private final Catalog catalog;
    private final InstantSource clock;
    private final Identities identities;
    private final Preparation preparation;
    private final ClusterIps clusterIps;
    private final AdmissionChain admission;
    private final Deletion deletion;

    /**
     * A registry over a store that only it writes to.
     *
     * @param seed of names, UIDs and cluster addresses
     * @param admissions asked in this order about each write
     */
    public Registry(
            Store store,
            Catalog catalog,
            long seed,
            String serviceCidr,
            InstantSource clock,
            List<Admission> admissions) {
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
        this.identities = new Identities(seed);
        this.clusterIps = new ClusterIps(seed, serviceCidr);
        this.admission = new AdmissionChain(admissions);
        this.preparation = new Preparation(catalog, identities, admission, clock);
        this.deletion = new Deletion(store, catalog, clock, admission, clusterIps);
    }

    public Store store() {
        return store;
    }

    public Catalog catalog() {
        return catalog;
    }

    /** Adds one more admission, asked after those there are. */
    public void addAdmission(Admission more) {
        admission.add(more);
    }

    /** The object, or 404. */
    public Item get(ResourceType type, String namespace, String name) {
        Item item = store.get(new Key(type.storage(), namespace, name));
        if (item == null) {
            throw type.notFound(name);
        }
        return item;
    }

    /** Whether there is an object of that name. */
    public boolean has(ResourceType type, String namespace, String name) {
        return store.get(new Key(type.storage(), namespace, name)) != null;
    }

    /** An object as the version asked for shows it; its kind and version come first. */
    public static ObjectNode view(ResourceType type, ObjectNode stored) {
        ObjectNode view = Fields.JSON.objectNode().put("kind", type.kind()).put("apiVersion", type.apiVersion());
        Shapes.fromStored(type, stored).properties().forEach(field -> {
            if (!view.has(field.getKey())) {
                view.set(field.getKey(), field.getValue());
            }
        });
        return view;
    }

    /** Whether {@link #view} gives anything else than what is stored. */
    public static boolean isStoredAsSeen(ResourceType type) {
        return !Shapes.differ(type);
    }

    /** Stores a new object. */
    public Written create(ResourceType type, String namespace, Body body, WriteOptions options) {
        List<String> warnings = new ArrayList<>();
        ObjectNode given = Decoder.decode(type, body, options.validation(), warnings);
        UpdateRules.requireNamespace(namespace, given);
        if (type.namespaced()) {
            metadata(given).put("namespace", namespace);
        } else {
            metadata(given).remove("namespace");
        }
        if (!text(given.path("metadata"), "resourceVersion").isEmpty()) {
            throw ApiException.internal("resourceVersion should not be set on objects to be created");
        }
        requireActiveNamespace(type, given);
        String prefix = text(given.path("metadata"), "generateName");
        boolean generate = text(given.path("metadata"), "name").isEmpty() && !prefix.isEmpty();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            ObjectNode object = Shapes.toStored(type, given).deepCopy();
            if (generate) {
                metadata(object).put("name", identities.generateName(type.storage(), namespace, prefix));
            }
            Item created = tryCreate(type, namespace, object, null, options);
            if (created != null) {
                return Written.stored(created, true, warnings);
            }
            if (options.dryRun()) {
                return Written.tried(object, true, warnings);
            }
            if (!generate) {
                throw taken(type, new Key(type.storage(), namespace, text(object.path("metadata"), "name")));
            }
        }
        throw ApiException.internal("no free name found that begins with " + prefix);
    }

    /** Replaces an object, or one side of it; {@code subresource} is {@code status} or empty. */
    public Written replace(
            ResourceType type, String namespace, String name, String subresource, Body body, WriteOptions options) {
        List<String> warnings = new ArrayList<>();
        ObjectNode given = Decoder.decode(type, body, options.validation(), warnings);
        UpdateRules.requireNamespace(namespace, given);
        UpdateRules.requireName(name, given);
        if (type.namespaced()) {
            metadata(given).put("namespace", namespace);
        }
        String version = text(given.path("metadata"), "resourceVersion");
        if (version.isEmpty() && type.has(Trait.VERSIONED_UPDATE)) {
            get(type, namespace, name);
            throw ApiException.invalid(
                    type.group(),
                    type.plural(),
                    name,
                    List.of(Cause.invalid("metadata.resourceVersion", "0x0", "must be specified for an update")));
        }
        ObjectNode object = Shapes.toStored(type, given);
        String uid = text(given.path("metadata"), "uid");
        Function<ObjectNode, ObjectNode> change = old -> {
            UpdateRules.requireUid(type, namespace, name, uid, old);
            return object;
        };
        return update(type, namespace, name, subresource, change, options, warnings);
    }

    /** Patches an object, or one side of it; tried again when another write comes in between. */
    public Written patch(
            ResourceType type, String namespace, String name, String subresource, Patch patch, WriteOptions options) {
        List<String> warnings = new ArrayList<>();
        Function<ObjectNode, ObjectNode> change = old -> {
            ObjectNode patched = patch.apply(Shapes.fromStored(type, old));
            patched.put("kind", type.kind()).put("apiVersion", type.apiVersion());
            warnings.clear();
            ObjectNode decoded = Decoder.decodePatched(type, patched, options.validation(), warnings);
            UpdateRules.requireName(name, decoded);
            UpdateRules.requireNamespace(namespace, decoded);
            return Shapes.toStored(type, decoded);
        };
        return update(type, namespace, name, subresource, change, options, warnings);
    }

    /**
     * Server-side apply: merges a configuration into an object, or makes the object.
     *
     * @param configuration with kind and version; what else it names is what the applier wants
     * @param force whether fields are taken from those who own them
     */
    public Written apply(
            ResourceType type,
            String namespace,
            String name,
            String subresource,
            Body configuration,
            boolean force,
            WriteOptions options) {
        List<String> warnings = new ArrayList<>();
        ObjectNode wanted = Decoder.decodeApplied(type, configuration, options.validation(), warnings);
        UpdateRules.requireName(name, wanted);
        UpdateRules.requireNamespace(namespace, wanted);
        if (type.namespaced()) {
            metadata(wanted).put("namespace", namespace);
        }
        Owner owner = preparation.owner(type, Owner.Operation.APPLY, subresource, options);
        ServerSideApply apply = new ServerSideApply(owner, Shapes.toStored(type, wanted), force);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Item read = store.get(new Key(type.storage(), namespace, name));
            Written written = read == null
                    ? createApplied(type, namespace, name, subresource, apply, options, warnings)
                    : updateApplied(type, namespace, name, subresource, apply, read, options, warnings);
            if (written != null) {
                return written;
            }
        }
        throw type.stale(name);
    }

    private @Nullable Written createApplied(
            ResourceType type,
            String namespace,
            String name,
            String subresource,
            ServerSideApply apply,
            WriteOptions options,
            List<String> warnings) {
        String uid = text(apply.configuration().path("metadata"), "uid");
        if (!subresource.isEmpty()) {
            throw type.notFound(name);
        }
        if (!uid.isEmpty()) {
            throw type.conflict(
                    name,
                    "uid mismatch: the provided object specified uid " + uid + ", and no existing object was found");
        }
        requireActiveNamespace(type, apply.configuration());
        ObjectNode empty = Fields.JSON.objectNode();
        empty.put("kind", type.kind()).put("apiVersion", text(apply.configuration(), "apiVersion"));
        ServerSideApply.Result result = applied(type, name, subresource, apply, empty);
        ObjectNode object = result.object();
        Item created = tryCreate(type, namespace, object, result.fields(), options);
        if (created != null) {
            return Written.stored(created, true, warnings);
        }
        return options.dryRun() ? Written.tried(object, true, warnings) : null;
    }

    private @Nullable Written updateApplied(
            ResourceType type,
            String namespace,
            String name,
            String subresource,
            ServerSideApply apply,
            Item read,
            WriteOptions options,
            List<String> warnings) {
        ServerSideApply.Result result = applied(type, name, subresource, apply, read.object());
        ObjectNode object =
                preparation.update(type, namespace, name, subresource, result.object(), read, result.fields(), options);
        return write(type, read, object, options, warnings);
    }

    private ServerSideApply.Result applied(
            ResourceType type, String name, String subresource, ServerSideApply apply, ObjectNode live) {
        String ignored = subresource.equals("status") ? "spec" : type.has(Trait.STATUS) ? "status" : "";
        try {
            return apply.apply(
                    ManagedFields.without(live),
                    ManagedFields.of(live),
                    preparation.tree(type),
                    ignored,
                    clock.instant());
        } catch (IllegalArgumentException e) {
            throw ApiException.internal("failed to create typed patch object ("
                    + text(apply.configuration().path("metadata"), "namespace") + "/" + name + "; "
                    + type.apiVersion() + ", Kind=" + type.kind() + "): " + e.getMessage());
        }
    }

    /** Changes an object in the server's own name, e.g. for a subresource; without field validation. */
    Item change(ResourceType type, String namespace, String name, Function<ObjectNode, ObjectNode> change) {
        Item read = get(type, namespace, name);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            ObjectNode changed = change.apply(read.object());
            Item written = changed.equals(read.object()) ? read : store.replace(read, changed);
            if (written != null) {
                return written;
            }
            read = get(type, namespace, name);
        }
        throw type.stale(name);
    }

    /** Deletes an object, or begins to. */
    public Deletion.Outcome delete(ResourceType type, String namespace, String name, DeleteOptions options) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Deletion.Outcome outcome = deletion.tryDelete(type, get(type, namespace, name), options);
            if (outcome != null) {
                return outcome;
            }
        }
        throw type.stale(name);
    }

    /**
     * Marks a running pod that is to go without grace as deleted, which the real server writes before it removes it.
     *
     * @return whether it is marked now, and has still to be deleted
     */
    public boolean announceDeletion(ResourceType type, String namespace, String name, DeleteOptions options) {
        return deletion.announce(type, get(type, namespace, name), options);
    }

    /** Lets {@code namespaces/finalize} set the finalizers of a namespace's spec. */
    public Written finalizeNamespace(ResourceType type, String name, Body body) {
        ObjectNode given = Decoder.decode(type, body, WriteOptions.Validation.IGNORE, new ArrayList<>());
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Item read = get(type, "", name);
            UpdateRules.requireVersion(type, name, given, read.object());
            ObjectNode changed = read.object().deepCopy();
            setOrRemove(Fields.spec(changed), "finalizers", given.path("spec").get("finalizers"));
            Item written = deletion.storeOrFinish(type, read, changed);
            if (written != null) {
                return Written.stored(written, false, List.of());
            }
        }
        throw type.stale(name);
    }

    /** Removes events that nobody has written to for an hour, as the real server does; returns how many. */
    public int expireEvents() {
        return EventExpiry.run(store, clock.instant());
    }

    /** Null if there is one of that name already, and for a dry run. */
    private @Nullable Item tryCreate(
            ResourceType type,
            String namespace,
            ObjectNode object,
            @Nullable ManagedFields applied,
            WriteOptions options) {
        Key key = new Key(type.storage(), namespace, text(object.path("metadata"), "name"));
        preparation.create(type, namespace, object, applied, options);
        if (options.dryRun()) {
            if (store.get(key) != null) {
                throw taken(type, key);
            }
            return null;
        }
        return storeNew(type, key, object);
    }

    private ApiException taken(ResourceType type, Key key) {
        Item present = store.get(key);
        boolean deleting = present != null && present.object().path("metadata").has("deletionTimestamp");
        return deleting
                ? ApiException.beingDeleted(type.group(), type.plural(), key.name())
                : ApiException.alreadyExists(type.group(), type.plural(), key.name());
    }

    private @Nullable Item storeNew(ResourceType type, Key key, ObjectNode object) {
        String address =
                type.storage().equals("services") && store.get(key) == null ? clusterIps.reserve(key, object) : "";
        Item created = store.create(key, object);
        if (created == null) {
            clusterIps.release(address);
        } else if (Catalog.isDefinition(type)) {
            catalog.define(created.object());
        }
        return created;
    }

    private Written update(
            ResourceType type,
            String namespace,
            String name,
            String subresource,
            Function<ObjectNode, ObjectNode> change,
            WriteOptions options,
            List<String> warnings) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Item read = get(type, namespace, name);
            ObjectNode given = change.apply(read.object());
            ObjectNode object = preparation.update(type, namespace, name, subresource, given, read, null, options);
            Written written = write(type, read, object, options, warnings);
            if (written != null) {
                return written;
            }
        }
        throw type.stale(name);
    }

    /** Null if somebody else has written since. */
    private @Nullable Written write(
            ResourceType type, Item read, ObjectNode object, WriteOptions options, List<String> warnings) {
        if (object.equals(read.object())) {
            return Written.stored(read, false, warnings);
        }
        if (options.dryRun()) {
            return Written.tried(object, false, warnings);
        }
        Item written = deletion.storeOrFinish(type, read, object);
        if (written == null) {
            return null;
        }
        if (Catalog.isDefinition(type) && store.get(written.key()) == written) {
            catalog.define(written.object());
        }
        return Written.stored(written, false, warnings);
    }

    /** As the admission plugin NamespaceLifecycle. */
    private void requireActiveNamespace(ResourceType type, ObjectNode object) {
        if (!type.namespaced()) {
            return;
        }
        String namespace = text(object.path("metadata"), "namespace");
        Item item = store.get(new Key("namespaces", "", namespace));
        if (item == null) {
            throw ApiException.notFound("", "namespaces", namespace);
        }
        if (item.object().path("metadata").has("deletionTimestamp")) {
            throw ApiException.forbidden(
                    type.group(),
                    type.plural(),
                    text(object.path("metadata"), "name"),
                    "unable to create new content in namespace " + namespace + " because it is being terminated");
        }
    }
}
