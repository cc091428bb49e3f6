package dev.kintsugi.healer.helm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.Recording;
import dev.kintsugi.healer.helm.Release;
import dev.kintsugi.healer.helm.RollbackPlan;
import dev.kintsugi.healer.helm.StoredRevision;
import dev.kintsugi.healer.model.Attempt;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Our rollback beside Helm's own: the same state before, the same writes in the same order, the same record after. */
class RecordedRollbackTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pace AT_ONCE = new Pace() {
        @Override
        public Instant now() {
            return Instant.parse("2026-11-21T04:00:00.123456789Z");
        }

        @Override
        public void pause(Duration time) {
            throw new AssertionError("there is nothing to wait for");
        }
    };

    @Test
    void rollbackOfAnAtomicUpgradeIsHelmsOwn() throws Exception {
        Recording before = Recording.of("03-upgrade-fails-wait");
        Recording helm = Recording.of("04-upgrade-fails-atomic");
        try (FakeApi api = new FakeApi();
                var client = api.client()) {
            api.load(before);
            List<ObjectNode> expected = replayUntilRollback(api, helm, 5);
            api.put(helm.revision(4));

            HelmRollback.Outcome outcome = new HelmRollback(client, HelmRollback.Options.DEFAULT, AT_ONCE)
                    .run(plan(api, "helm-plain", 4, 2), () -> true);

            assertThat(outcome.message())
                    .isEqualTo("release helm-plain/web rolled back from revision 4 to 2, as revision 5");
            assertThat(outcome.result()).isEqualTo(Attempt.Result.DONE);
            assertThat(outcome.revision()).isEqualTo(5);
            assertThat(ours(api)).containsExactlyElementsOf(theirs(expected));

            assertSameRecord(api, helm, 5);
            assertSameRecord(api, helm, 2);
            assertSameRecord(api, helm, 4);
        }
    }

    @Test
    void rollbackThatHelmDidNotFinishBeginsLikeHelms() throws Exception {
        Recording before = Recording.of("20-install");
        Recording helm = Recording.of("21-rollback-killed");
        try (FakeApi api = new FakeApi();
                var client = api.client()) {
            api.load(before);
            List<ObjectNode> expected = replayUntilRollback(api, helm, 3);
            api.put(helm.revision(2));

            HelmRollback.Outcome outcome = new HelmRollback(client, HelmRollback.Options.DEFAULT, AT_ONCE)
                    .run(plan(api, "helm-pend", 2, 1), () -> true);

            assertThat(outcome.result()).as(outcome.message()).isEqualTo(Attempt.Result.DONE);
            assertThat(theirs(expected)).hasSize(2);
            assertThat(ours(api)).startsWith(theirs(expected).toArray(String[]::new));
            assertThat(api.has("/api/v1/namespaces/helm-pend/configmaps/web-extra-two"))
                    .isFalse();
        }
    }

    @Test
    void rollbackThatHelmLeftPendingIsFinishedAsAFurtherRevision() throws Exception {
        Recording helm = Recording.of("21-rollback-killed");
        try (FakeApi api = new FakeApi();
                var client = api.client()) {
            api.load(helm);
            HelmRollback.Outcome outcome = new HelmRollback(client, HelmRollback.Options.DEFAULT, AT_ONCE)
                    .run(plan(api, "helm-pend", 3, 1), () -> true);

            assertThat(outcome.result()).as(outcome.message()).isEqualTo(Attempt.Result.DONE);
            assertThat(status(api, 1)).isEqualTo("superseded");
            assertThat(status(api, 2)).isEqualTo("failed");
            assertThat(status(api, 4)).isEqualTo("deployed");
            String command = api.get("/apis/apps/v1/namespaces/helm-pend/deployments/web")
                    .at("/spec/template/spec/containers/0/command/2")
                    .asText();
            assertThat(command).contains("echo one");
        }
    }

    private static String status(FakeApi api, int version) {
        return api.get("/api/v1/namespaces/helm-pend/secrets/sh.helm.release.v1.web.v" + version)
                .at("/metadata/labels/status")
                .asText();
    }

    private static RollbackPlan plan(FakeApi api, String namespace, int from, int to) {
        String version = api.get("/api/v1/namespaces/" + namespace + "/secrets/sh.helm.release.v1.web.v" + from)
                .at("/metadata/resourceVersion")
                .asText();
        return new RollbackPlan("incident-1", namespace, "web", from, version, to, "test");
    }

    /** Brings the cluster to the instant at which Helm began its rollback; returns the writes that followed. */
    private static List<ObjectNode> replayUntilRollback(FakeApi api, Recording helm, int revision) {
        List<ObjectNode> after = new ArrayList<>();
        boolean begun = false;
        for (ObjectNode request : helm.requests()) {
            boolean secret = request.path("path").asText().contains("/secrets");
            begun |= secret && request.at("/body/release/version").asInt() == revision;
            if (!request.path("verb").asText().equals("GET")) {
                if (begun) {
                    after.add(request);
                } else if (!secret) {
                    api.replay(request);
                }
            }
        }
        return after;
    }

    private static List<String> theirs(List<ObjectNode> requests) {
        return requests.stream()
                .map(request -> line(
                        request.path("verb").asText(),
                        request.path("path").asText(),
                        request.path("body").has("release")
                                ? digest(request.at("/body/release"))
                                : request.get("body")))
                .toList();
    }

    private static List<String> ours(FakeApi api) throws Exception {
        List<String> lines = new ArrayList<>();
        for (FakeApi.Write write : api.writes()) {
            JsonNode body = write.body();
            if (write.path().contains("/secrets")) {
                body = digest(digestOf(unpack(body)));
            } else if (write.verb().equals("DELETE")) {
                // The UID is more than Helm asks for.
                assertThat(body.at("/preconditions/uid").asText()).isNotEmpty();
                body = ((ObjectNode) body.deepCopy()).without("preconditions");
            } else if (write.verb().equals("PATCH")) {
                assertThat(write.contentType()).startsWith("application/strategic-merge-patch+json");
            }
            lines.add(line(write.verb(), write.path(), body));
        }
        return lines;
    }

    private static String line(String verb, String path, JsonNode body) {
        return verb + " " + path + " " + sorted(body);
    }

    /** What the recording has of a release, but for the one time that is ours. */
    private static JsonNode digest(JsonNode release) {
        ObjectNode digest = release.deepCopy();
        int version = digest.path("version").asInt();
        boolean made = digest.at("/info/description").asText().startsWith("Rollback");
        if (made && version > 2) {
            ((ObjectNode) digest.path("info")).remove("last_deployed");
        }
        return digest;
    }

    private static ObjectNode digestOf(Release release) throws Exception {
        ObjectNode json = release.json();
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(release.manifest().getBytes(StandardCharsets.UTF_8));
        ObjectNode digest = JSON.createObjectNode();
        for (String field : List.of("name", "namespace", "version", "info", "config")) {
            digest.set(field, json.get(field));
        }
        digest.put("manifestSha256", HexFormat.of().formatHex(hash).substring(0, 12));
        digest.putArray("hooks");
        return digest;
    }

    private static Release unpack(JsonNode secret) throws Exception {
        Map<String, String> labels = JSON.convertValue(
                secret.at("/metadata/labels"),
                JSON.getTypeFactory().constructMapType(Map.class, String.class, String.class));
        return new StoredRevision(
                        secret.at("/metadata/namespace").asText(),
                        "s",
                        "u",
                        "1",
                        labels,
                        Map.of(),
                        secret.at("/data/release").asText())
                .read();
    }

    private static void assertSameRecord(FakeApi api, Recording helm, int version) throws Exception {
        ObjectNode secret = api.get("/api/v1/namespaces/helm-plain/secrets/sh.helm.release.v1.web.v" + version);
        StoredRevision recorded = helm.revision(version);
        assertThat(names(secret.at("/metadata/labels")))
                .containsExactlyElementsOf(new TreeSet<>(recorded.labels().keySet()));
        for (String label : List.of("name", "owner", "status", "version")) {
            assertThat(secret.at("/metadata/labels/" + label).asText())
                    .isEqualTo(recorded.labels().get(label));
        }
        assertThat(names(secret.at("/metadata/annotations"))).isEmpty();
        assertThat(secret.path("type").asText()).isEqualTo("helm.sh/release.v1");
        ObjectNode ours = unpack(secret).json();
        ObjectNode theirs = helm.release(version).deepCopy();
        if (version == 5) {
            ((ObjectNode) ours.path("info")).remove("last_deployed");
            ((ObjectNode) theirs.path("info")).remove("last_deployed");
        }
        assertThat((Object) ours).isEqualTo(theirs);
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            ObjectNode result = JSON.createObjectNode();
            names(node).forEach(name -> result.set(name, sorted(node.get(name))));
            return result;
        }
        if (node.isArray()) {
            ArrayNode result = JSON.createArrayNode();
            node.forEach(one -> result.add(sorted(one)));
            return result;
        }
        return node;
    }
}
