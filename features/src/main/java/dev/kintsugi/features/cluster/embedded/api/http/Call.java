package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kintsugi.features.cluster.embedded.api.access.User;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.resource.Body;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request, read completely.
 *
 * @param user who asks
 * @param method e.g. {@code GET}
 * @param path without the query
 * @param query parameters, decoded
 * @param accept the Accept header; empty if there is none
 * @param userAgent the User-Agent header; empty if there is none
 * @param contentType of the body, without parameters, in lower case; empty if there is none
 * @param body empty if there is none
 */
record Call(
        User user,
        String method,
        String path,
        Map<String, List<String>> query,
        String accept,
        String userAgent,
        String contentType,
        Buffer body) {

    static final String JSON = "application/json";
    static final String YAML = "application/yaml";
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

    static Call of(User user, HttpServerRequest request, Buffer body) {
        QueryStringDecoder decoder = new QueryStringDecoder(request.uri());
        String contentType = header(request, "Content-Type").split(";", 2)[0].trim();
        try {
            return new Call(
                    user,
                    request.method().name(),
                    decoder.rawPath(),
                    Map.copyOf(decoder.parameters()),
                    header(request, "Accept"),
                    header(request, "User-Agent"),
                    contentType.toLowerCase(Locale.ROOT),
                    body);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("malformed query: " + e.getMessage());
        }
    }

    private static String header(HttpServerRequest request, String name) {
        String value = request.getHeader(name);
        return value == null ? "" : value;
    }

    /** The first value of a parameter; empty if it is not given. */
    String parameter(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.get(0);
    }

    List<String> parameters(String name) {
        return query.getOrDefault(name, List.of());
    }

    /** Whether a parameter is on, as Kubernetes reads booleans: everything but {@code false} and {@code 0} is. */
    boolean flag(String name) {
        if (!query.containsKey(name)) {
            return false;
        }
        String value = parameter(name);
        return !value.equals("0") && !value.equalsIgnoreCase("false");
    }

    /** A whole number, or null if the parameter is not given. */
    @Nullable Long number(String name) {
        String value = parameter(name);
        if (value.isEmpty()) {
            return null;
        }
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("unable to parse query parameter " + name + ": strconv.ParseInt: parsing \""
                    + value + "\": invalid syntax");
        }
    }

    /** A resource version; null if the parameter is not given. */
    @Nullable Long resourceVersion() {
        String value = parameter("resourceVersion");
        if (value.isEmpty()) {
            return null;
        }
        try {
            return Long.parseUnsignedLong(value);
        } catch (NumberFormatException e) {
            throw ApiException.internal("resourceVersion: Invalid value: \"" + value
                    + "\": strconv.ParseUint: parsing \"" + value + "\": invalid syntax");
        }
    }

    /** The body as an object of a kind; JSON, YAML or protobuf. */
    Body objectBody(String kind) {
        try {
            if (contentType.isEmpty() || contentType.equals(JSON)) {
                return JsonReader.readJson(body.getBytes());
            }
            if (contentType.equals(YAML)) {
                return JsonReader.readYaml(body.getBytes());
            }
            if (contentType.equals(PROTOBUF)) {
                return ProtobufReader.read(body.getBytes());
            }
        } catch (JsonReader.Unreadable e) {
            if (contentType.equals(PROTOBUF)) {
                throw ApiException.badRequest(String.valueOf(e.getMessage()));
            }
            throw ApiException.badRequest("the object provided is unrecognized (must be of type " + kind
                    + "): couldn't get version/kind; json parse error: " + e.getMessage() + " ("
                    + Body.summary(body.toString()) + ")");
        }
        throw ApiException.unsupportedMediaType(String.join(", ", JSON, YAML, PROTOBUF));
    }

    /** The body of a delete; an empty object if there is none. */
    JsonNode optionsBody() {
        return body.length() == 0
                ? JsonNodeFactory.instance.objectNode()
                : objectBody("DeleteOptions").tree();
    }

    /** The body as what is to be applied; YAML, which JSON is a part of. */
    Body appliedBody() {
        try {
            return JsonReader.readYaml(body.getBytes());
        } catch (JsonReader.Unreadable e) {
            throw ApiException.badRequest("error decoding YAML: " + e.getMessage());
        }
    }

    /** The body as a patch document. */
    JsonNode patchBody() {
        try {
            return JsonReader.readJson(body.getBytes()).tree();
        } catch (JsonReader.Unreadable e) {
            throw ApiException.badRequest("error decoding patch: " + e.getMessage());
        }
    }
}
