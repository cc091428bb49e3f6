package dev.kintsugi.features.cluster.embedded.api.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers the kinds that are only asked: who am I, whose token is this, and may I, or somebody else. */
public final class Reviews {

    private final Authorizer authorizer;
    private final Authenticator authenticator;

    public Reviews(Authorizer authorizer, Authenticator authenticator) {
        this.authorizer = authorizer;
        this.authenticator = authenticator;
    }

    /**
     * The review with its status filled in.
     *
     * @param user who asks
     * @param namespace of the path; empty for most reviews
     */
    public ObjectNode answer(ResourceType type, User user, String namespace, JsonNode body) {
        if (!(body instanceof ObjectNode asked)) {
            throw ApiException.badRequest("the object provided is unrecognized (must be of type " + type.kind() + ")");
        }
        ObjectNode review = asked.deepCopy();
        review.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        review.withObjectProperty("metadata");
        JsonNode spec = asked.path("spec");
        ObjectNode status = review.putObject("status");
        switch (type.plural()) {
            case "selfsubjectreviews" -> describe(user, status.putObject("userInfo"));
            case "tokenreviews" -> reviewToken(spec.path("token").asText(), status);
            case "selfsubjectrulesreviews" -> {
                String where = spec.path("namespace").asText();
                if (where.isEmpty()) {
                    throw ApiException.badRequest("no namespace on request");
                }
                listRules(user, where, status);
            }
            case "selfsubjectaccessreviews" -> status.put("allowed", authorizer.allows(user, attributes(type, spec)));
            default -> {
                if (!namespace.isEmpty()
                        && !spec.path("resourceAttributes")
                                .path("namespace")
                                .asText()
                                .equals(namespace)) {
                    throw ApiException.badRequest("namespace on resource attributes must match " + namespace);
                }
                status.put("allowed", authorizer.allows(subject(type, spec), attributes(type, spec)));
            }
        }
        return review;
    }

    private static Attributes attributes(ResourceType type, JsonNode spec) {
        JsonNode resource = spec.path("resourceAttributes");
        JsonNode path = spec.path("nonResourceAttributes");
        if (resource.isObject() == path.isObject()) {
            throw invalid(
                    type,
                    resource.isObject()
                            ? "cannot be specified in combination with resourceAttributes"
                            : "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        if (path.isObject()) {
            return Attributes.path(path.path("verb").asText(), path.path("path").asText());
        }
        return Attributes.resource(
                resource.path("verb").asText(),
                resource.path("group").asText(),
                resource.path("resource").asText(),
                resource.path("subresource").asText(),
                resource.path("namespace").asText(),
                resource.path("name").asText());
    }

    private static User subject(ResourceType type, JsonNode spec) {
        List<String> groups = new ArrayList<>();
        spec.path("groups").forEach(group -> groups.add(group.asText()));
        String name = spec.path("user").asText();
        if (name.isEmpty() && groups.isEmpty()) {
            throw invalid(type, "at least one of user or group must be specified");
        }
        return new User(name, spec.path("uid").asText(), groups, Map.of());
    }

    private static ApiException invalid(ResourceType type, String why) {
        return ApiException.invalid(
                type.group(), type.kind(), "", List.of(Cause.invalid("spec.resourceAttributes", "null", why)));
    }

    private void reviewToken(String token, ObjectNode status) {
        @Nullable User user = authenticator.ofToken(token);
        if (user == null) {
            status.put("error", "invalid bearer token").putObject("user");
        } else {
            status.put("authenticated", true);
            describe(user, status.putObject("user"));
        }
    }

    private void listRules(User user, String namespace, ObjectNode status) {
        ArrayNode resources = status.putArray("resourceRules");
        ArrayNode paths = status.putArray("nonResourceRules");
        List<Rule> rules = authorizer.rules(user, namespace);
        for (Rule rule : rules) {
            boolean ofPaths = !rule.paths().isEmpty();
            ObjectNode entry = (ofPaths ? paths : resources).addObject();
            put(entry, "verbs", rule.verbs());
            put(entry, "apiGroups", rule.groups());
            put(entry, "resources", rule.resources());
            put(entry, "resourceNames", rule.names());
            put(entry, "nonResourceURLs", rule.paths());
        }
        status.put("incomplete", false);
    }

    private static void describe(User user, ObjectNode info) {
        info.put("username", user.name());
        if (!user.uid().isEmpty()) {
            info.put("uid", user.uid());
        }
        put(info, "groups", user.groups());
        if (!user.extra().isEmpty()) {
            ObjectNode extra = info.putObject("extra");
            new LinkedHashMap<>(user.extra()).forEach((key, values) -> put(extra, key, values));
        }
    }

    private static void put(ObjectNode object, String name, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode list = object.putArray(name);
            values.forEach(list::add);
        }
    }
}
