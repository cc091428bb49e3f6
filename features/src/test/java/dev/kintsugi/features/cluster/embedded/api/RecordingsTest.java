package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Replays what was recorded of a real Kubernetes 1.28, request by request, and compares code and body. UIDs and
 * resource versions of the recording are replaced by those that the server has given to the same objects; times, and
 * what controllers and the mounting of tokens add, are left out of the comparison.
 */
class RecordingsTest {

    private static final Pattern NAMESPACE = Pattern.compile("/namespaces/(t-[^/?]+)");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");
    private static final Set<String> NOT_COMPARED = Set.of(
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "generation",
            "observedGeneration",
            "clusterIP",
            "clusterIPs",
            "continue",
            "description",
            "remainingItemCount",
            "deployment.kubernetes.io/revision");

    private static final String MANAGED_FIELDS = "managedFields";

    private ApiServer server;
    private Api api;
    private final Map<String, String> given = new HashMap<>();
    private final Map<String, String> versions = new HashMap<>();

    @BeforeEach
    void start() {
        server = ApiServer.start(ServerOptions.withSeed(1));
        api = new Api(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void errorsReadLikeTheRealOnes() throws IOException {
        replay(
                "20-api-errors",
                Map.of(
                        "another kind in the body", "the real text tells of a failed conversion of the data",
                        "406", "protobuf is not offered",
                        "YAML answer", "the order of the keys differs",
                        "delete with a stale resourceVersion", "names a resource version",
                        "bad continue token", "the real text quotes Go's JSON parser",
                        "negative limit", "lists a ConfigMap that a controller makes"));
    }

    @Test
    void patchesDoWhatTheRealOnesDo() throws IOException {
        replay(
                "21-patch-semantics",
                Map.of(
                        "merge patch: wrong type",
                        "the text quotes the object, whose fields are in another order",
                        "JSON patch: escapes ~1 and ~0 (the key itself is invalid)",
                        "the cause is there thrice",
                        "pod: tolerations replaced by one more (the DefaultTolerationSeconds admission puts the"
                                + " 300 s defaults back)",
                        "a scheduler had written in between",
                        "pod: activeDeadlineSeconds may be set",
                        "a scheduler had written in between",
                        "pod: command may not change",
                        "the real text ends in a comparison of Go structs",
                        "pod: terminationGracePeriodSeconds may not change",
                        "the real text ends in a comparison of Go structs"));
    }

    @Test
    void subresourcesDoWhatTheRealOnesDo() throws IOException {
        String controllers = "controllers had written in between";
        replay(
                "22-subresources",
                Map.of(
                        "PUT of /status with another spec and label: spec and labels ignored, status written"
                                + " (the controller writes over it soon)",
                        controllers,
                        "GET scale",
                        controllers,
                        "PUT scale",
                        controllers,
                        "PATCH scale",
                        controllers,
                        "PUT scale with an empty spec: replicas 0",
                        controllers,
                        "PATCH of pod status",
                        "a kubelet had written in between",
                        "nodeName may not change",
                        "the real text ends in a comparison of Go structs",
                        "bad generateName",
                        "quotes the random name",
                        "generateName of 300 characters: the name is cut, generateName itself is refused",
                        "quotes the random name"));
    }

    @Test
    void leasesAreGuardedByTheirResourceVersion() throws IOException {
        String quoted = "the text quotes the object, whose fields are in another order";
        replay(
                "25-lease-leader-election",
                Map.of(
                        "MicroTime without the six decimals: refused", quoted,
                        "time which does not parse", quoted,
                        "the lease of a node", "made by a kubelet"));
    }

    @Test
    void customResourcesOfChaosMeshAreHeldToTheirSchemas() throws IOException {
        for (String kind : List.of("podchaos", "networkchaos", "stresschaos")) {
            String definition = text("chaos-mesh.org_" + kind + ".yaml");
            String path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
            assertThat(api.call("POST", path, "application/yaml", definition, null)
                            .code())
                    .isEqualTo(201);
        }
        String other = "the definition is not among the fixtures";
        Map<String, String> exceptions = new HashMap<>();
        exceptions.put("before the CRD exists", "it exists");
        exceptions.put("discovery of the group", "fewer kinds, in another order");
        exceptions.put("no apiVersion and kind in the body", "the real text quotes the body as it was sent");
        exceptions.put("kubectl get podchaos: Table", "shows an age");
        exceptions.put("after the CRD is gone", "it is not, here");
        exceptions.put("list, paged", "schedules and workflows are missing");
        replayLines("26-chaos-mesh-crds", exceptions, line -> {
            String path = line.path("request").path("path").asText();
            return path.contains("/schedules") || path.contains("/workflows") ? other : null;
        });
    }

    private void replay(String name, Map<String, String> exceptions) throws IOException {
        replayLines(name, exceptions, line -> null);
    }

    /** Why a line is left out altogether, or null. */
    private interface Skip {
        @Nullable String why(JsonNode line);
    }

    private void replayLines(String name, Map<String, String> exceptions, Skip skip) throws IOException {
        List<String> differences = new ArrayList<>();
        int compared = 0;
        String namespace = "";
        for (JsonNode line : lines(name)) {
            if (skip.why(line) != null) {
                continue;
            }
            JsonNode request = line.path("request");
            Matcher matcher = NAMESPACE.matcher(request.path("path").asText());
            if (matcher.find() && !matcher.group(1).equals(namespace)) {
                namespace = matcher.group(1);
                api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}");
            }
            Api.Answer answer = send(request);
            JsonNode expected = line.path("response").path("body");
            learn(expected, answer.body());
            String note = line.path("note").asText();
            if (exceptions.containsKey(note)) {
                continue;
            }
            compared++;
            int code = line.path("response").path("code").asInt();
            JsonNode wanted = normal(substituted(expected));
            boolean owned = expected.path("metadata").has(MANAGED_FIELDS);
            JsonNode got = normal(owned ? answer.body() : withoutOwners(answer.body()));
            if (code != answer.code() || !wanted.equals(got)) {
                differences.add(note + "\n  " + request + "\n  expected " + code + " " + wanted + "\n  but was  "
                        + answer.code() + " " + got);
            }
        }
        assertThat(differences).isEmpty();
        assertThat(compared).as("exchanges compared").isGreaterThan(10);
    }

    private Api.Answer send(JsonNode request) {
        String path = substituted(request.path("path").asText());
        for (Map.Entry<String, String> version : versions.entrySet()) {
            path = path.replaceAll(
                    "resourceVersion=" + version.getKey() + "\\b", "resourceVersion=" + version.getValue());
        }
        JsonNode body = request.get("body");
        String text = null;
        if (body != null) {
            text = body.isTextual() ? body.asText() : substituted(body).toString();
        }
        String contentType = request.path("contentType").asText(null);
        return api.call(
                request.path("method").asText(),
                path,
                contentType,
                text,
                request.path("headers").path("Accept").asText(null));
    }

    private void learn(JsonNode recorded, JsonNode actual) {
        JsonNode old = recorded.path("metadata");
        JsonNode now = actual.path("metadata");
        if (old.has("uid") && now.has("uid")) {
            given.put(old.get("uid").asText(), now.get("uid").asText());
        }
        if (old.has("generateName") && now.has("name")) {
            given.put(old.get("name").asText(), now.get("name").asText());
        }
        if (old.has("resourceVersion") && now.has("resourceVersion")) {
            versions.put(
                    old.get("resourceVersion").asText(),
                    now.get("resourceVersion").asText());
        }
    }

    private JsonNode substituted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> {
                boolean version = field.getKey().equals("resourceVersion");
                String text = field.getValue().asText();
                result.set(
                        field.getKey(),
                        version && versions.containsKey(text)
                                ? JsonNodeFactory.instance.textNode(versions.get(text))
                                : substituted(field.getValue()));
            });
            return result;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            array.forEach(one -> result.add(substituted(one)));
            return result;
        }
        return node.isTextual() ? JsonNodeFactory.instance.textNode(substituted(node.asText())) : node;
    }

    private String substituted(String text) {
        String result = text;
        for (Map.Entry<String, String> pair : given.entrySet()) {
            result = result.replace(pair.getKey(), pair.getValue());
        }
        return result;
    }

    /** The recorder has left out who owns what, but where server-side apply was its subject. */
    private static JsonNode withoutOwners(JsonNode body) {
        JsonNode copy = body.deepCopy();
        copy.findParents(MANAGED_FIELDS).forEach(parent -> ((ObjectNode) parent).remove(MANAGED_FIELDS));
        return copy;
    }

    private static JsonNode normal(JsonNode node) {
        if (node instanceof ObjectNode object) {
            boolean deployment = object.path("kind").asText().equals("Deployment");
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> {
                String name = field.getKey();
                boolean written = (deployment && name.equals("status"))
                        || field.getValue().isNull();
                if (!NOT_COMPARED.contains(name) && !written) {
                    JsonNode value = normal(withoutToken(name, field.getValue()));
                    boolean emptied = value.isEmpty()
                            && Set.of("annotations", "volumes", "volumeMounts").contains(name);
                    if (!emptied) {
                        result.set(name, value);
                    }
                }
            });
            return result;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            array.forEach(one -> result.add(normal(one)));
            return result;
        }
        return node.isTextual()
                ? JsonNodeFactory.instance.textNode(TIME.matcher(node.asText()).replaceAll("TIME"))
                : node;
    }

    /** The real server mounts a token of the service account into each pod. */
    private static JsonNode withoutToken(String name, JsonNode value) {
        if (!name.equals("volumes") && !name.equals("volumeMounts")) {
            return value;
        }
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        value.forEach(one -> {
            if (!one.path("name").asText().startsWith("kube-api-access")) {
                result.add(one);
            }
        });
        return result;
    }

    private static List<JsonNode> lines(String name) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(resource(name + ".jsonl"), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(Api.JSON.readTree(line));
            }
        }
        return lines;
    }

    private static String text(String name) throws IOException {
        try (InputStream in = resource(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(
                RecordingsTest.class.getResourceAsStream("/recordings/" + name), "no fixture " + name);
    }
}
