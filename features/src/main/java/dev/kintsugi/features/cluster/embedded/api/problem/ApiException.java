package dev.kintsugi.features.cluster.embedded.api.problem;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that failed, as the {@code Status} the client gets. The texts are those of Kubernetes 1.28, since clients
 * match on them.
 */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final transient ObjectNode status;
    private final int code;
    private final int retryAfterSeconds;

    private ApiException(ObjectNode status, int code, int retryAfterSeconds) {
        super(status.path("message").asText(), null, false, false);
        this.status = status;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** The body of the answer. */
    public ObjectNode status() {
        return status.deepCopy();
    }

    /** The HTTP code of the answer. */
    public int code() {
        return code;
    }

    /** Seconds for the Retry-After header; 0 for none. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** Whether this is the conflict of a stale resourceVersion, which a patch without one tries again. */
    public boolean isConflict() {
        return code == 409 && "Conflict".equals(status.path("reason").asText());
    }

    /** Any failure: an empty reason is left out, as the real server does for its 500s. */
    public static ApiException of(int code, String reason, String message) {
        return new ApiException(body(code, reason, message, null), code, 0);
    }

    /** Any failure with empty {@code details}, which the real server sends for what its handlers refuse. */
    private static ApiException bare(int code, String reason, String message) {
        return new ApiException(body(code, reason, message, JSON.objectNode()), code, 0);
    }

    public static ApiException badRequest(String message) {
        return of(400, "BadRequest", message);
    }

    public static ApiException internal(String message) {
        return of(500, "", message);
    }

    public static ApiException unauthorized() {
        return of(401, "Unauthorized", "Unauthorized");
    }

    /** A path that leads nowhere within a group the server knows. */
    public static ApiException unknownPath() {
        return bare(404, "NotFound", "the server could not find the requested resource");
    }

    public static ApiException methodNotAllowed() {
        return bare(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }

    /** The generic answer to a patch that cannot be applied. */
    public static ApiException unprocessable() {
        return bare(422, "Invalid", "the server rejected our request due to an error in our request");
    }

    public static ApiException notAcceptable() {
        return bare(
                406,
                "NotAcceptable",
                "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml");
    }

    public static ApiException unsupportedMediaType(String accepted) {
        return of(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: " + accepted);
    }

    /** What this server cannot do at all, and why. */
    public static ApiException notImplemented(String what, String why) {
        return bare(501, "NotImplemented", what + " is not offered by the embedded cluster: " + why);
    }

    public static ApiException notFound(String group, String resource, String name) {
        return about(
                404, "NotFound", qualified(group, resource) + " \"" + name + "\" not found", group, resource, name);
    }

    public static ApiException alreadyExists(String group, String resource, String name) {
        return about(
                409,
                "AlreadyExists",
                qualified(group, resource) + " \"" + name + "\" already exists",
                group,
                resource,
                name);
    }

    /** The same for a name whose bearer is waiting for its finalizers. */
    public static ApiException beingDeleted(String group, String resource, String name) {
        return about(
                409,
                "AlreadyExists",
                "object is being deleted: " + qualified(group, resource) + " \"" + name + "\" already exists",
                group,
                resource,
                name);
    }

    public static ApiException forbidden(String group, String resource, String name, String why) {
        String subject = name.isEmpty() ? "" : " \"" + name + "\"";
        return about(
                403,
                "Forbidden",
                qualified(group, resource) + subject + " is forbidden: " + why,
                group,
                resource,
                name);
    }

    /** A path that is no resource's and that somebody may not ask for. */
    public static ApiException forbiddenPath(String why) {
        return bare(403, "Forbidden", "forbidden: " + why);
    }

    public static ApiException conflict(String group, String resource, String name, String why) {
        return about(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + qualified(group, resource) + " \"" + name + "\": " + why,
                group,
                resource,
                name);
    }

    public static ApiException stale(String group, String resource, String name) {
        return conflict(
                group,
                resource,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    /** A server-side apply that would change what others own; with a cause for each field. */
    public static ApiException applyConflict(String message, List<Cause> causes) {
        ObjectNode details = JSON.objectNode();
        causes.forEach(cause -> details.withArray("causes").add(cause.toJson()));
        return new ApiException(body(409, "Conflict", message, details), 409, 0);
    }

    /** 422 with its causes; {@code causes} must not be empty. The message names a cause once that is there twice. */
    public static ApiException invalid(String group, String kind, String name, List<Cause> causes) {
        List<String> texts = causes.stream().map(Cause::text).distinct().toList();
        String text = texts.size() == 1 ? texts.get(0) : "[" + String.join(", ", texts) + "]";
        ObjectNode details = details(group, kind, name);
        causes.forEach(cause -> details.withArray("causes").add(cause.toJson()));
        String message = qualified(group, kind) + " \"" + name + "\" is invalid: " + text;
        return new ApiException(body(422, "Invalid", message, details), 422, 0);
    }

    /** A patch whose content type is none of those there are. */
    public static ApiException unknownPatchType() {
        return bare(415, "UnsupportedMediaType", "415: Unsupported Media Type");
    }

    /** A resourceVersion that is no longer in the history. */
    public static ApiException expired(String message) {
        return of(410, "Expired", message);
    }

    /** A resourceVersion that does not exist yet. */
    public static ApiException tooLarge(long asked, long current) {
        ObjectNode details = JSON.objectNode();
        details.withArray("causes")
                .addObject()
                .put("reason", "ResourceVersionTooLarge")
                .put("message", "Too large resource version");
        details.put("retryAfterSeconds", 1);
        String message = "Timeout: Too large resource version: " + asked + ", current: " + current;
        return new ApiException(body(504, "Timeout", message, details), 504, 1);
    }

    /**
     * An eviction that a disruption budget forbids (429); with {@code retryAfterSeconds} above 0 it is the kind that
     * only waits for the budget to be observed.
     */
    public static ApiException disruptionBudget(String cause, int retryAfterSeconds) {
        ObjectNode details = JSON.objectNode();
        details.withArray("causes")
                .addObject()
                .put("reason", "DisruptionBudget")
                .put("message", cause);
        if (retryAfterSeconds > 0) {
            details.put("retryAfterSeconds", retryAfterSeconds);
        }
        String message = "Cannot evict pod as it would violate the pod's disruption budget.";
        return new ApiException(body(429, "TooManyRequests", message, details), 429, retryAfterSeconds);
    }

    private static ApiException about(
            int code, String reason, String message, String group, String resource, String name) {
        return new ApiException(body(code, reason, message, details(group, resource, name)), code, 0);
    }

    private static String qualified(String group, String resource) {
        return group.isEmpty() ? resource : resource + "." + group;
    }

    private static ObjectNode details(String group, String kind, String name) {
        ObjectNode details = JSON.objectNode();
        if (!name.isEmpty()) {
            details.put("name", name);
        }
        if (!group.isEmpty()) {
            details.put("group", group);
        }
        if (!kind.isEmpty()) {
            details.put("kind", kind);
        }
        return details;
    }

    private static ObjectNode body(int code, String reason, String message, @Nullable ObjectNode details) {
        ObjectNode status = JSON.objectNode().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", message);
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        if (details != null) {
            status.set("details", details);
        }
        return status.put("code", code);
    }
}
