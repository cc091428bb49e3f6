package dev.kintsugi.features.cluster.embedded.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A plain HTTP client of one server, without any idea of Kubernetes. */
final class Api {

    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The recordings were made under this name. */
    private static final String USER_AGENT = "trace-recorder";

    private static final String JSON_TYPE = "application/json";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ApiServer server;

    Api(ApiServer server) {
        this.server = server;
    }

    /** One answer; a body that is no JSON is a text. */
    record Answer(int code, JsonNode body, HttpResponse<?> response) {
        String at(String pointer) {
            return body.at(pointer).asText();
        }
    }

    Answer get(String path) {
        return call("GET", path, null, null, null);
    }

    Answer delete(String path) {
        return call("DELETE", path, null, null, null);
    }

    Answer post(String path, String body) {
        return call("POST", path, JSON_TYPE, body, null);
    }

    Answer put(String path, String body) {
        return call("PUT", path, JSON_TYPE, body, null);
    }

    Answer mergePatch(String path, String body) {
        return call("PATCH", path, "application/merge-patch+json", body, null);
    }

    Answer call(
            String method, String path, @Nullable String contentType, @Nullable String body, @Nullable String accept) {
        HttpRequest.Builder request = request(path)
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (accept != null) {
            request.header("Accept", accept);
        }
        HttpResponse<String> response = send(request.build());
        return new Answer(response.statusCode(), parse(response.body()), response);
    }

    /** A stream, e.g. of a watch; it begins when the headers are there. */
    InputStream open(String path) {
        try {
            return http.send(request(path).build(), BodyHandlers.ofInputStream())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("User-Agent", USER_AGENT)
                .header("Authorization", "Bearer " + server.token());
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode parse(String text) {
        try {
            return text.isEmpty() ? TextNode.valueOf("") : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }
}
