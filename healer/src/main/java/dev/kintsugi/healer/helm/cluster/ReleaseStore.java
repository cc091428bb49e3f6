package dev.kintsugi.healer.helm.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.Release;
import dev.kintsugi.healer.helm.ReleasePayload;
import dev.kintsugi.healer.helm.ReleaseStatus;
import dev.kintsugi.healer.helm.StoredRevision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The Secrets in which Helm keeps releases ({@code storage/driver.Secrets}). Helm writes them blindly; here each write is guarded. */
final class ReleaseStore {

    /** On a Secret of ours while the rollback is pending: the id of its plan. */
    static final String ROLLBACK = "kintsugi.dev/rollback";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> SYSTEM_LABELS =
            Set.of("name", "owner", "status", "version", "createdAt", "modifiedAt");

    /** Secrets in one answer, each of at most 1 MiB. */
    private static final int PAGE = 20;

    private final KubeApi api;
    private final Pace pace;

    ReleaseStore(KubeApi api, Pace pace) {
        this.api = api;
        this.pace = pace;
    }

    /** All revisions of a release, found by the labels by which Helm finds them. */
    List<StoredRevision> revisions(String namespace, String release) throws ApiProblem {
        List<StoredRevision> revisions = new ArrayList<>();
        for (JsonNode secret : api.list(collection(namespace), "name=" + release + ",owner=helm")
                .path("items")) {
            if (secret.path("type").asText().equals(StoredRevision.TYPE)) {
                revisions.add(read(secret));
            }
        }
        return revisions;
    }

    /** Shows all revisions of all releases, a page at a time. */
    void forEachRevision(Consumer<StoredRevision> consumer) throws ApiProblem {
        String pages = "/api/v1/secrets?labelSelector=owner%3Dhelm&limit=" + PAGE;
        String next = "";
        do {
            ObjectNode page = api.get(pages + (next.isEmpty() ? "" : "&continue=" + KubeApi.encode(next)));
            for (JsonNode secret : page.path("items")) {
                if (secret.path("type").asText().equals(StoredRevision.TYPE)) {
                    consumer.accept(read(secret));
                }
            }
            next = page.path("metadata").path("continue").asText();
        } while (!next.isEmpty());
    }

    /** Writes a new revision. A problem with a conflict if there is one of that number already. */
    StoredRevision create(Release release, Map<String, String> labelsOfTarget, String rollback)
            throws ApiProblem, CutOff {
        String name = "sh.helm.release.v1.%s.v%d".formatted(release.name(), release.version());
        Map<String, String> labels = new HashMap<>(labelsOfTarget);
        labels.keySet().removeAll(SYSTEM_LABELS);
        labels.put("createdAt", Long.toString(pace.now().getEpochSecond()));
        ObjectNode secret = secret(release, labels);
        ObjectNode metadata = secret.withObjectProperty("metadata").put("name", name);
        metadata.putObject("annotations").put(ROLLBACK, rollback);
        return read(api.create(collection(release.namespace()), secret));
    }

    /**
     * Writes over a revision, unless somebody else has written it since it was read. The annotation stays while it is pending, so
     * that a healer that takes over knows it.
     */
    StoredRevision update(StoredRevision stored, Release release) throws ApiProblem, CutOff {
        Map<String, String> labels = new HashMap<>(stored.labels());
        labels.remove("createdAt");
        labels.put("modifiedAt", Long.toString(pace.now().getEpochSecond()));
        ObjectNode secret = secret(release, labels);
        ObjectNode metadata = secret.withObjectProperty("metadata")
                .put("name", stored.secret())
                .put("uid", stored.uid())
                .put("resourceVersion", stored.resourceVersion());
        Map<String, String> annotations = new HashMap<>(stored.annotations());
        if (!release.status().isPending()) {
            annotations.remove(ROLLBACK);
        }
        if (!annotations.isEmpty()) {
            metadata.set("annotations", JSON.valueToTree(annotations));
        }
        return read(api.replace(path(stored), secret));
    }

    /** The same with another status, and nothing else: of what is inside, too. */
    StoredRevision supersede(StoredRevision stored, Release release) throws ApiProblem, CutOff {
        return update(stored, release.with(ReleaseStatus.SUPERSEDED));
    }

    void delete(StoredRevision stored) throws ApiProblem, CutOff {
        api.delete(path(stored), stored.uid());
    }

    private static ObjectNode secret(Release release, Map<String, String> labels) {
        ObjectNode secret = JSON.createObjectNode();
        secret.put("apiVersion", "v1").put("kind", "Secret").put("type", StoredRevision.TYPE);
        Map<String, String> all = new HashMap<>(labels);
        all.put("name", release.name());
        all.put("owner", "helm");
        all.put("status", release.status().toString());
        all.put("version", Integer.toString(release.version()));
        ObjectNode metadata = secret.putObject("metadata").put("namespace", release.namespace());
        metadata.set("labels", JSON.valueToTree(all));
        secret.putObject("data").put("release", ReleasePayload.encode(release));
        return secret;
    }

    private static StoredRevision read(JsonNode secret) {
        JsonNode metadata = secret.path("metadata");
        return new StoredRevision(
                metadata.path("namespace").asText(),
                metadata.path("name").asText(),
                metadata.path("uid").asText(),
                metadata.path("resourceVersion").asText(),
                texts(metadata.path("labels")),
                texts(metadata.path("annotations")),
                secret.path("data").path("release").asText());
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }

    private static String collection(String namespace) {
        return "/api/v1/namespaces/" + KubeApi.encode(namespace) + "/secrets";
    }

    private static String path(StoredRevision stored) {
        return collection(stored.namespace()) + "/" + KubeApi.encode(stored.secret());
    }
}
