package dev.kintsugi.features.contract;

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
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A plain HTTP client of one API server, without any idea of Kubernetes. */
final class Http {

    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    static final String MERGE = "application/merge-patch+json";
    static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final Duration PATIENCE = Duration.ofSeconds(80);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final String token;

    Http(String url, String token) {
        this.url = url;
        this.token = token;
    }

    /** One answer; a body that is no JSON is a text. */
    record Answer(int code, JsonNode body, Map<String, String> headers) {}

    Answer call(
            String method,
            String path,
            @Nullable String contentType,
            @Nullable String body,
            Map<String, String> headers) {
        HttpRequest.Builder request = request(path)
                .timeout(PATIENCE)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (contentType != null) {
            request.setHeader("Content-Type", contentType);
        }
        headers.forEach(request::setHeader);
        HttpResponse<String> response = send(request.build(), BodyHandlers.ofString());
        Map<String, String> answered = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        response.headers().map().forEach((name, values) -> answered.put(name, String.join(", ", values)));
        return new Answer(response.statusCode(), parse(response.body()), answered);
    }

    /**
     * The body of a successful call.
     *
     * @throws IllegalStateException when the answer's code is not 2xx
     */
    JsonNode ask(String method, String path, @Nullable String contentType, @Nullable JsonNode body) {
        Answer answer = call(method, path, contentType, body == null ? null : body.toString(), Map.of());
        if (answer.code() / 100 != 2) {
            throw new IllegalStateException(
                    method + " " + path + " was answered " + answer.code() + " " + answer.body());
        }
        return answer.body();
    }

    JsonNode get(String path) {
        return ask("GET", path, null, null);
    }

    /** A stream, e.g. of a watch; it begins when the headers are there. */
    InputStream open(String path) {
        return send(request(path).build(), BodyHandlers.ofInputStream()).body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + token)
                .header("User-Agent", "trace-recorder");
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(String text) {
        return parse(text);
    }

    private static JsonNode parse(String text) {
        try {
            return text.isEmpty() ? TextNode.valueOf("") : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }
}
