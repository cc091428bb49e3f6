package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Supplier;

/** What a request is answered with. */
sealed interface Answer {

    String JSON_TYPE = "application/json";
    String TEXT_TYPE = "text/plain; charset=utf-8";

    /**
     * A whole answer.
     *
     * @param warnings each becomes a Warning header
     * @param headers further headers, name and value in turn
     */
    record Full(int code, String contentType, Buffer body, List<String> warnings, List<String> headers)
            implements Answer {}

    /** A watch, which goes on. */
    record Watching(WatchRequest request) implements Answer {}

    /** A log, which may go on. */
    record Logging(PodLogs.Request request) implements Answer {}

    /**
     * What a Service or a pod answers.
     *
     * @param path begins with a slash
     * @param body of the request
     */
    record Proxying(String host, int port, String path, Buffer body) implements Answer {}

    /** What is answered after a moment, in which others can see what has been written so far. */
    record Later(long millis, Supplier<Answer> rest) implements Answer {}

    static Full json(int code, JsonNode body) {
        return new Full(code, JSON_TYPE, Rendering.bytes(body), List.of(), List.of());
    }

    static Full text(int code, String text) {
        return new Full(code, TEXT_TYPE, Buffer.buffer(text), List.of(), List.of());
    }

    static Full failure(ApiException e) {
        List<String> headers =
                e.retryAfterSeconds() > 0 ? List.of("Retry-After", Integer.toString(e.retryAfterSeconds())) : List.of();
        return new Full(e.code(), JSON_TYPE, Rendering.bytes(e.status()), List.of(), headers);
    }
}
