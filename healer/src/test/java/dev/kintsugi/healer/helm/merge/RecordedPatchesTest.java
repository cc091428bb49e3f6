package dev.kintsugi.healer.helm.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.Manifest;
import dev.kintsugi.healer.helm.ManifestObject;
import dev.kintsugi.healer.helm.Recording;
import dev.kintsugi.healer.helm.ReleaseStatus;
import dev.kintsugi.healer.helm.StoredRevision;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For each object that a recorded upgrade touched first: the patch that Helm sent, or none where Helm sent none. */
class RecordedPatchesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "01-install | 02-upgrade-good | 2 | 2",
                "02-upgrade-good | 03-upgrade-fails-wait | 3 | 2",
                "03-upgrade-fails-wait | 04-upgrade-fails-atomic | 4 | 1",
                "04-upgrade-fails-atomic | 05-upgrade-killed | 6 | 2",
                "10-install-fails-wait | 11-upgrade-fails-atomic-no-good-revision | 2 | 2",
                "11-upgrade-fails-atomic-no-good-revision | 12-upgrade-good-after-failures | 3 | 2",
                "20-install | 21-rollback-killed | 2 | 2",
                "30-install-hooks-keep | 31-upgrade-drops-kept | 2 | 1",
                "31-upgrade-drops-kept | 32-upgrade-readds-kept | 3 | 2",
                "32-upgrade-readds-kept | 33-upgrade-hook-fails | 4 | 2",
                "33-upgrade-hook-fails | 34-upgrade-fails-cleanup-on-fail | 5 | 2"
            })
    void patchIsHelms(String stepBefore, String step, int revision, int patches) throws Exception {
        Recording before = Recording.of(stepBefore);
        Recording after = Recording.of(step);
        Map<String, ObjectNode> sent = new TreeMap<>();
        for (ObjectNode request : after.requests()) {
            if (request.path("verb").asText().equals("PATCH")) {
                assertThat(request.path("contentType").asText()).isEqualTo("application/strategic-merge-patch+json");
                String[] path = request.path("path").asText().split("/", -1);
                sent.putIfAbsent(path[path.length - 2] + "/" + path[path.length - 1], (ObjectNode) request.get("body"));
            }
        }
        // Helm compares with the last deployed revision, or with the newest if none is deployed.
        StoredRevision old = before.revisions().stream()
                .filter(one -> one.status() == ReleaseStatus.DEPLOYED)
                .findFirst()
                .orElseGet(() -> before.revisions().stream()
                        .max(Comparator.comparingInt(StoredRevision::version))
                        .orElseThrow());
        Map<String, ObjectNode> ours = new TreeMap<>();
        for (ManifestObject object :
                Manifest.parse(after.revision(revision).read().manifest())) {
            ObjectNode live = before.object(object.kind(), object.name()).orElse(null);
            if (live != null) {
                ObjectNode to = owned(object, before);
                ObjectNode from = Manifest.parse(old.read().manifest()).stream()
                        .filter(object::isSameAs)
                        .map(ManifestObject::body)
                        .findFirst()
                        .orElse(to);
                MergePatch patch = MergePatch.of(from, to, live);
                if (!patch.isEmpty()) {
                    ours.put(object.kind().toLowerCase(Locale.ROOT) + "s/" + object.name(), patch.body());
                }
            }
        }
        assertThat(ours).isEqualTo(sent).hasSize(patches);
    }

    private static ObjectNode owned(ManifestObject object, Recording recording) {
        ObjectNode body = object.body().deepCopy();
        ObjectNode metadata = (ObjectNode) body.path("metadata");
        metadata.put("namespace", recording.namespace());
        metadata.withObjectProperty("labels").put("app.kubernetes.io/managed-by", "Helm");
        metadata.withObjectProperty("annotations")
                .put("meta.helm.sh/release-name", "web")
                .put("meta.helm.sh/release-namespace", recording.namespace());
        return body;
    }
}
