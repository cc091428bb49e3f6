package dev.kintsugi.features.cluster.embedded.api.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One rule of a role.
 *
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources">RBAC</a>
 */
record Rule(List<String> verbs, List<String> groups, List<String> resources, List<String> names, List<String> paths) {

    private static final String ANY = "*";

    static Rule of(JsonNode rule) {
        return new Rule(
                texts(rule.path("verbs")),
                texts(rule.path("apiGroups")),
                texts(rule.path("resources")),
                texts(rule.path("resourceNames")),
                texts(rule.path("nonResourceURLs")));
    }

    boolean allows(Attributes asked) {
        if (!has(verbs, asked.verb())) {
            return false;
        }
        return asked.path().isEmpty()
                ? allowsResource(asked)
                : paths.stream().anyMatch(path -> covers(path, asked.path()));
    }

    /** A rule about {@code pods} says nothing of {@code pods/log}; one about {@code *} is about everything. */
    private boolean allowsResource(Attributes asked) {
        boolean resource = has(resources, asked.resourceWithSub())
                || (!asked.subresource().isEmpty() && resources.contains("*/" + asked.subresource()));
        return resource && has(groups, asked.group()) && (names.isEmpty() || names.contains(asked.name()));
    }

    private static boolean covers(String pattern, String path) {
        return pattern.endsWith(ANY)
                ? path.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(path);
    }

    private static boolean has(List<String> allowed, String asked) {
        return allowed.contains(ANY) || allowed.contains(asked);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(one -> texts.add(one.asText()));
        return texts;
    }
}
