package dev.kintsugi.healer.helm.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.MalformedManifestException;
import dev.kintsugi.healer.helm.Manifest;
import dev.kintsugi.healer.helm.ManifestObject;
import dev.kintsugi.healer.helm.Release;
import java.util.ArrayList;
import java.util.List;

/**
 * An object of a manifest, and where it is in the cluster.
 *
 * @param object with its namespace, if its kind has one
 */
record Located(ManifestObject object, String collection) {

    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    private static final String RELEASE_NAME = "meta.helm.sh/release-name";
    private static final String RELEASE_NAMESPACE = "meta.helm.sh/release-namespace";

    /** Finds out where each object of a manifest is. */
    static List<Located> in(String manifest, String releaseNamespace, KubeApi api)
            throws MalformedManifestException, ApiProblem {
        List<Located> located = new ArrayList<>();
        for (ManifestObject object : Manifest.parse(manifest)) {
            String namespace = api.namespaceOf(object, releaseNamespace);
            ObjectNode body = object.body().deepCopy();
            if (!namespace.isEmpty()) {
                ((ObjectNode) body.path("metadata")).put("namespace", namespace);
            }
            ManifestObject placed =
                    new ManifestObject(object.apiVersion(), object.kind(), namespace, object.name(), body);
            located.add(new Located(placed, api.collection(object, releaseNamespace)));
        }
        return List.copyOf(located);
    }

    String path() {
        return collection + "/" + KubeApi.encode(object.name());
    }

    /** The object with the label and annotations by which Helm knows what belongs to a release. */
    ObjectNode ownedBy(Release release) {
        ObjectNode body = object.body().deepCopy();
        ObjectNode metadata = (ObjectNode) body.path("metadata");
        child(metadata, "labels").put(MANAGED_BY, "Helm");
        child(metadata, "annotations").put(RELEASE_NAME, release.name()).put(RELEASE_NAMESPACE, release.namespace());
        return body;
    }

    /** Whether a live object belongs to a release, by Helm's own rule. */
    static boolean belongsTo(Release release, JsonNode live) {
        JsonNode metadata = live.path("metadata");
        return metadata.path("labels").path(MANAGED_BY).asText().equals("Helm")
                && metadata.path("annotations").path(RELEASE_NAME).asText().equals(release.name())
                && metadata.path("annotations").path(RELEASE_NAMESPACE).asText().equals(release.namespace());
    }

    /** Whether a live object belongs to another release. */
    static boolean belongsToAnother(Release release, JsonNode live) {
        return live.path("metadata").path("annotations").has(RELEASE_NAME) && !belongsTo(release, live);
    }

    private static ObjectNode child(ObjectNode object, String field) {
        return object.get(field) instanceof ObjectNode present ? present : object.putObject(field);
    }
}
