package dev.kintsugi.healer.helm.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.ManifestObject;
import dev.kintsugi.healer.helm.merge.MergePatch;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Requests on objects of any kind, as JSON, each with a deadline. Where a kind is found, the API server itself is asked. */
final class KubeApi {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String PLAIN = "application/json";
    private static final int REDIRECTION = 300;

    /** Helm's own name, so that its next upgrade and server-side apply find their fields. */
    private static final String FIELD_MANAGER = "?fieldManager=helm";

    private final HttpClient http;
    private final String server;
    private final Duration deadline;
    private final BooleanSupplier mayAct;
    private final Map<String, JsonNode> kinds = new HashMap<>();

    /**
     * Speaks through a client.
     *
     * @param mayAct asked before each write; without leave nothing is written
     */
    KubeApi(KubernetesClient client, Duration deadline, BooleanSupplier mayAct) {
        this.mayAct = mayAct;
        this.http = client.getHttpClient();
        String url = client.getMasterUrl().toString();
        this.server = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.deadline = deadline;
    }

    /** The collection that an object belongs to. A kind that the API server does not know is a problem. */
    String collection(ManifestObject object, String releaseNamespace) throws ApiProblem {
        JsonNode resource = resource(object.apiVersion(), object.kind());
        String base = (object.group().isEmpty() ? "/api/" : "/apis/") + object.apiVersion();
        String plural = "/" + resource.path("name").asText();
        return resource.path("namespaced").asBoolean()
                ? base + "/namespaces/" + encode(namespace(object, releaseNamespace)) + plural
                : base + plural;
    }

    /** The namespace that an object is in; empty for kinds that have none. */
    String namespaceOf(ManifestObject object, String releaseNamespace) throws ApiProblem {
        return resource(object.apiVersion(), object.kind()).path("namespaced").asBoolean()
                ? namespace(object, releaseNamespace)
                : "";
    }

    /** The object of that path; empty if there is none. */
    Optional<ObjectNode> find(String path) throws ApiProblem {
        try {
            return Optional.of(get(path));
        } catch (ApiProblem e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    ObjectNode get(String path) throws ApiProblem {
        return send("GET", path, PLAIN, null);
    }

    ObjectNode list(String collection, String labelSelector) throws ApiProblem {
        return get(collection + "?labelSelector=" + encode(labelSelector));
    }

    ObjectNode create(String collection, ObjectNode object) throws ApiProblem, CutOff {
        requireLeave();
        return send("POST", collection + FIELD_MANAGER, PLAIN, object);
    }

    ObjectNode replace(String path, ObjectNode object) throws ApiProblem, CutOff {
        requireLeave();
        return send("PUT", path, PLAIN, object);
    }

    ObjectNode patch(String path, MergePatch patch) throws ApiProblem, CutOff {
        requireLeave();
        return send("PATCH", path + FIELD_MANAGER, patch.contentType(), patch.body());
    }

    /**
     * Deletes an object in the background, as Helm does.
     *
     * @param uid the object is left alone if it has another
     */
    void delete(String path, String uid) throws ApiProblem, CutOff {
        requireLeave();
        ObjectNode options = JSON.createObjectNode().put("propagationPolicy", "Background");
        options.putObject("preconditions").put("uid", uid);
        send("DELETE", path, PLAIN, options);
    }

    private void requireLeave() throws CutOff {
        if (!mayAct.getAsBoolean()) {
            throw new CutOff("no longer allowed to act");
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String namespace(ManifestObject object, String releaseNamespace) {
        return object.namespace().isEmpty() ? releaseNamespace : object.namespace();
    }

    private JsonNode resource(String apiVersion, String kind) throws ApiProblem {
        String base = apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
        JsonNode list = kinds.get(base);
        if (list == null) {
            list = find(base).map(known -> known.path("resources")).orElse(JSON.createArrayNode());
            kinds.put(base, list);
        }
        for (JsonNode resource : list) {
            if (resource.path("kind").asText().equals(kind)
                    && !resource.path("name").asText().contains("/")) {
                return resource;
            }
        }
        throw new ApiProblem(400, "no matches for kind \"%s\" in version \"%s\"".formatted(kind, apiVersion));
    }

    private ObjectNode send(String method, String path, String type, @Nullable ObjectNode body) throws ApiProblem {
        HttpRequest.Builder builder =
                http.newHttpRequestBuilder().uri(server + path).timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
        if (body != null) {
            builder.method(method, type, body.toString());
        }
        CompletableFuture<HttpResponse<String>> sent = http.sendAsync(builder.build(), String.class);
        try {
            HttpResponse<String> response = sent.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            ObjectNode answer = parse(response.body());
            if (response.code() >= REDIRECTION) {
                String message = answer.path("message").asText();
                throw new ApiProblem(response.code(), message.isEmpty() ? "HTTP " + response.code() : message);
            }
            return answer;
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new ApiProblem(0, "no answer within %d ms to %s %s".formatted(deadline.toMillis(), method, path));
        } catch (ExecutionException e) {
            throw new ApiProblem(0, "no answer to %s %s: %s".formatted(method, path, e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiProblem(0, "interrupted before the answer to " + method + " " + path);
        }
    }

    private static ObjectNode parse(@Nullable String body) {
        try {
            return body != null && JSON.readTree(body) instanceof ObjectNode object ? object : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }
}
