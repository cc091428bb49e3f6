package dev.kintsugi.healer.helm.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kintsugi.healer.helm.Recording;
import dev.kintsugi.healer.helm.StoredRevision;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Just enough of an API server to hold a recorded state, and to show what was written to it. */
final class FakeApi implements AutoCloseable {

    /** One write as it arrived. */
    record Write(String verb, String path, String contentType, JsonNode body) {}

    /** What a script answers instead of the store: a code and a message. */
    record Refusal(int code, String message) {}

    static {
        // Else each answer waits some 40 ms for the acknowledgement of its headers.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, List<String>> KINDS = Map.of(
            "/api/v1", List.of("configmaps ConfigMap", "services Service", "secrets Secret", "pods Pod"),
            "/apis/apps/v1", List.of("deployments Deployment", "replicasets ReplicaSet"),
            "/apis/batch/v1", List.of("jobs Job"),
            "/apis/example.com/v1", List.of("widgets Widget"));

    private final HttpServer server;
    private final Map<String, ObjectNode> objects = new TreeMap<>();
    private final List<Write> writes = new ArrayList<>();
    private Function<Write, @Nullable Refusal> script = write -> null;
    private String jobCondition = "Complete";
    private String jobReason = "";
    private boolean rollsOut;
    private int version = 100_000;

    FakeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
    }

    KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    synchronized void answerBy(Function<Write, @Nullable Refusal> newScript) {
        script = newScript;
    }

    /** From now on a Deployment that is patched has a ready ReplicaSet of its new template at once. */
    synchronized void rollOut() {
        rollsOut = true;
    }

    /** How jobs end as soon as they are made: the condition and its reason. */
    synchronized void endJobs(String condition, String reason) {
        jobCondition = condition;
        jobReason = reason;
    }

    synchronized List<Write> writes() {
        return List.copyOf(writes);
    }

    synchronized boolean has(String path) {
        return objects.containsKey(path);
    }

    synchronized ObjectNode get(String path) {
        return Objects.requireNonNull(objects.get(path), path);
    }

    synchronized void put(ObjectNode object) {
        String apiVersion = object.path("apiVersion").asText();
        String base = (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
        String plural = Objects.requireNonNull(KINDS.get(base), base).stream()
                .map(kind -> kind.split(" ", 2))
                .filter(kind -> kind[1].equals(object.path("kind").asText()))
                .findFirst()
                .orElseThrow()[0];
        JsonNode metadata = object.path("metadata");
        store(
                base + "/namespaces/" + metadata.path("namespace").asText() + "/" + plural + "/"
                        + metadata.path("name").asText(),
                object);
    }

    void load(Recording recording) {
        recording.objects().forEach(this::put);
        recording.revisions().forEach(this::put);
    }

    void put(StoredRevision stored) {
        ObjectNode secret = JSON.createObjectNode();
        secret.put("apiVersion", "v1").put("kind", "Secret").put("type", StoredRevision.TYPE);
        ObjectNode metadata = secret.putObject("metadata")
                .put("name", stored.secret())
                .put("namespace", stored.namespace())
                .put("uid", stored.uid());
        metadata.set("labels", JSON.valueToTree(stored.labels()));
        metadata.set("annotations", JSON.valueToTree(stored.annotations()));
        secret.putObject("data").put("release", stored.data());
        put(secret);
    }

    /** Does what a recorded request did, without counting it as a write. */
    synchronized void replay(ObjectNode request) {
        apply(request.path("verb").asText(), request.path("path").asText(), (ObjectNode)
                request.path("body").deepCopy());
    }

    private synchronized void serve(HttpExchange exchange) throws IOException {
        String verb = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        byte[] sent = exchange.getRequestBody().readAllBytes();
        if (verb.equals("GET")) {
            answer(exchange, read(path, exchange.getRequestURI().getRawQuery()));
            return;
        }
        ObjectNode body = (ObjectNode) JSON.readTree(sent);
        Write write = new Write(verb, path, exchange.getRequestHeaders().getFirst("Content-Type"), body);
        Refusal refusal = script.apply(write);
        if (refusal != null) {
            answer(exchange, status(refusal.code(), refusal.message()));
            return;
        }
        ObjectNode result = apply(verb, path, body.deepCopy());
        if (!result.path("kind").asText().equals("Status") || verb.equals("DELETE")) {
            writes.add(write);
        }
        answer(exchange, result);
    }

    private ObjectNode read(String path, @Nullable String query) {
        if (KINDS.containsKey(path)) {
            ObjectNode list = JSON.createObjectNode().put("kind", "APIResourceList");
            ArrayNode resources = list.putArray("resources");
            Objects.requireNonNull(KINDS.get(path)).forEach(kind -> resources
                    .addObject()
                    .put("name", kind.split(" ", 2)[0])
                    .put("kind", kind.split(" ", 2)[1])
                    .put("namespaced", true));
            return list;
        }
        ObjectNode object = objects.get(path);
        if (object != null) {
            return object;
        }
        if (query == null || !query.startsWith("labelSelector=")) {
            return status(404, path + " not found");
        }
        String selector = URLDecoder.decode(query.substring("labelSelector=".length()), StandardCharsets.UTF_8);
        ObjectNode list = JSON.createObjectNode().put("kind", "List");
        ArrayNode items = list.putArray("items");
        objects.forEach((where, one) -> {
            if (where.startsWith(path + "/") && matches(one, selector)) {
                items.add(one);
            }
        });
        return list;
    }

    private static boolean matches(ObjectNode object, String selector) {
        for (String term : selector.split(",", -1)) {
            String[] parts = term.split("=", 2);
            if (!object.path("metadata").path("labels").path(parts[0]).asText().equals(parts[1])) {
                return false;
            }
        }
        return true;
    }

    private ObjectNode apply(String verb, String path, ObjectNode body) {
        if (verb.equals("POST")) {
            String at = path + "/" + body.path("metadata").path("name").asText();
            if (objects.containsKey(at)) {
                return status(409, at + " already exists");
            }
            ((ObjectNode) body.path("metadata")).put("uid", "uid-" + version);
            if (path.endsWith("/jobs")) {
                body.putObject("status")
                        .putArray("conditions")
                        .addObject()
                        .put("type", jobCondition)
                        .put("status", "True")
                        .put("reason", jobReason);
            }
            return store(at, body);
        }
        ObjectNode present = objects.get(path);
        if (present == null) {
            return status(404, path + " not found");
        }
        switch (verb) {
            case "DELETE" -> {
                String uid = body.path("preconditions").path("uid").asText();
                if (!uid.isEmpty()
                        && !uid.equals(present.path("metadata").path("uid").asText())) {
                    return status(409, "the UID in the precondition does not match");
                }
                objects.remove(path);
                return status(200, "");
            }
            case "PUT" -> {
                String expected = body.path("metadata").path("resourceVersion").asText();
                if (!expected.equals(
                        present.path("metadata").path("resourceVersion").asText())) {
                    return status(409, "the object has been modified");
                }
                return store(path, body);
            }
            default -> {
                merge(present, body);
                if (rollsOut && path.contains("/deployments/")) {
                    store(path.replace("/deployments/", "/replicasets/") + "-new", replicaSet(present));
                }
                return store(path, present);
            }
        }
    }

    /** As much of a strategic merge as the recordings need: lists of named things are merged by name. */
    private static void merge(ObjectNode object, ObjectNode patch) {
        patch.properties().forEach(field -> {
            JsonNode present = object.get(field.getKey());
            if (field.getKey().startsWith("$")) {
                return;
            }
            if (field.getValue().isNull()) {
                object.remove(field.getKey());
            } else if (present instanceof ObjectNode nested && field.getValue() instanceof ObjectNode change) {
                merge(nested, change);
            } else if (field.getKey().equals("containers") && present instanceof ArrayNode containers) {
                merge((ObjectNode) containers.get(0), (ObjectNode)
                        field.getValue().get(0));
            } else {
                object.set(field.getKey(), field.getValue());
            }
        });
    }

    private static ObjectNode replicaSet(ObjectNode deployment) {
        ObjectNode set = JSON.createObjectNode().put("apiVersion", "apps/v1").put("kind", "ReplicaSet");
        ObjectNode metadata = set.putObject("metadata");
        metadata.set("labels", deployment.at("/spec/selector/matchLabels"));
        metadata.putArray("ownerReferences")
                .addObject()
                .put("controller", true)
                .set("uid", deployment.at("/metadata/uid"));
        set.putObject("spec").set("template", deployment.at("/spec/template").deepCopy());
        set.putObject("status").set("readyReplicas", deployment.at("/spec/replicas"));
        return set;
    }

    private ObjectNode store(String path, ObjectNode object) {
        ((ObjectNode) object.path("metadata")).put("resourceVersion", Integer.toString(version++));
        objects.put(path, object);
        return object;
    }

    private static ObjectNode status(int code, String message) {
        return JSON.createObjectNode().put("kind", "Status").put("code", code).put("message", message);
    }

    private static void answer(HttpExchange exchange, ObjectNode body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        int code =
                body.path("kind").asText().equals("Status") ? body.path("code").asInt() : 200;
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
