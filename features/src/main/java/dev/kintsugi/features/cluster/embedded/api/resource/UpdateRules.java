package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.metadata;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setOrRemove;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import java.util.List;

/** What an update may not change, and what it must say: names, versions, and the metadata that only the server sets. */
final class UpdateRules {

    private UpdateRules() {}

    static void keepSystemFields(ResourceType type, ObjectNode object, ObjectNode old, List<Cause> causes) {
        ObjectNode metadata = metadata(object);
        ObjectNode before = metadata(old);
        String uid = text(metadata, "uid");
        if (!uid.isEmpty() && !uid.equals(text(before, "uid"))) {
            causes.add(Cause.invalid("metadata.uid", Fields.quoted(uid), "field is immutable"));
        }
        for (String kept : new String[] {
            "name",
            "namespace",
            "uid",
            "creationTimestamp",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generateName",
            "resourceVersion"
        }) {
            setOrRemove(metadata, kept, before.get(kept));
        }
        metadata.remove("selfLink");
        metadata.remove("managedFields");
        for (String optional : new String[] {"labels", "annotations", "finalizers", "ownerReferences"}) {
            if (metadata.path(optional).isEmpty()) {
                metadata.remove(optional);
            }
        }
        object.put("kind", type.kind()).put("apiVersion", text(old, "apiVersion"));
    }

    /** Counts a change of anything but metadata and, where that is a side of its own, status. */
    static void countGeneration(ResourceType type, Strategy strategy, ObjectNode object, ObjectNode old) {
        if (!type.has(Trait.GENERATION)) {
            return;
        }
        boolean annotated = strategy.countsAnnotations()
                && !object.path("metadata")
                        .path("annotations")
                        .equals(old.path("metadata").path("annotations"));
        if (annotated || !counted(type, object).equals(counted(type, old))) {
            metadata(object)
                    .put("generation", old.path("metadata").path("generation").asLong() + 1);
        }
    }

    private static ObjectNode counted(ResourceType type, ObjectNode object) {
        ObjectNode counted = Fields.JSON.objectNode();
        object.properties().forEach(field -> {
            boolean statusApart = type.has(Trait.STATUS) && field.getKey().equals("status");
            if (!field.getKey().equals("metadata") && !field.getKey().equals("apiVersion") && !statusApart) {
                counted.set(field.getKey(), field.getValue());
            }
        });
        return counted;
    }

    static void requireVersion(ResourceType type, String name, ObjectNode given, ObjectNode old) {
        String asked = text(given.path("metadata"), "resourceVersion");
        if (!asked.isEmpty() && !asked.equals("0") && !asked.equals(text(old.path("metadata"), "resourceVersion"))) {
            throw type.stale(name);
        }
    }

    /** The text is the one of the real server's storage. */
    static void requireUid(ResourceType type, String namespace, String name, String uid, ObjectNode old) {
        String present = text(old.path("metadata"), "uid");
        if (!uid.isEmpty() && !uid.equals(present)) {
            String place = namespace.isEmpty() ? name : namespace + "/" + name;
            throw type.conflict(
                    name,
                    "StorageError: invalid object, Code: 4, Key: /registry/" + type.plural() + "/" + place
                            + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
                            + uid + ", UID in object meta: " + present);
        }
    }

    static void requireName(String name, ObjectNode given) {
        String inBody = text(given.path("metadata"), "name");
        if (!inBody.isEmpty() && !inBody.equals(name)) {
            throw ApiException.badRequest(
                    "the name of the object (" + inBody + ") does not match the name on the URL (" + name + ")");
        }
        metadata(given).put("name", name);
    }

    static void requireNamespace(String namespace, ObjectNode given) {
        String inBody = text(given.path("metadata"), "namespace");
        if (!inBody.isEmpty() && !namespace.isEmpty() && !inBody.equals(namespace)) {
            throw ApiException.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
    }
}
