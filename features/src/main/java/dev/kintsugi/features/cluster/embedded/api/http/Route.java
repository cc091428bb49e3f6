package dev.kintsugi.features.cluster.embedded.api.http;

import dev.kintsugi.features.cluster.embedded.api.access.Attributes;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.resource.Catalog;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the path of a request names.
 *
 * @param type the kind
 * @param namespace empty if the path names none
 * @param name empty for the collection
 * @param subresource empty for the object itself
 * @param watch whether it is one of the old {@code /watch/} paths
 */
record Route(ResourceType type, String namespace, String name, String subresource, boolean watch) {

    private static final Set<String> OF_NAMESPACES = Set.of("status", "finalize");

    /** What a request on it with that verb wants to do; a namespace itself is taken to be in itself. */
    Attributes attributes(String verb) {
        String in = type.plural().equals("namespaces") && type.group().isEmpty() ? name : namespace;
        return Attributes.resource(verb, type.group(), type.plural(), subresource, in, name);
    }

    /** The segments of a path, decoded; an empty last one is dropped. */
    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.substring(1).split("/", -1)) {
            try {
                segments.add(QueryStringDecoder.decodeComponent(segment.replace("+", "%2B")));
            } catch (IllegalArgumentException e) {
                throw ApiException.badRequest("malformed path segment: " + segment);
            }
        }
        if (segments.get(segments.size() - 1).isEmpty()) {
            segments.remove(segments.size() - 1);
        }
        return segments;
    }

    /**
     * Finds what comes after a group and version.
     *
     * @throws ApiException 404 if there is nothing there
     */
    static Route of(Catalog catalog, String group, String version, List<String> segments) {
        List<String> rest = segments;
        boolean watch = rest.get(0).equals("watch");
        if (watch) {
            rest = rest.subList(1, rest.size());
        }
        if (rest.isEmpty() || rest.contains("")) {
            throw ApiException.unknownPath();
        }
        String namespace = "";
        boolean namespaceItself = rest.size() == 3 && group.isEmpty() && OF_NAMESPACES.contains(rest.get(2));
        if (rest.get(0).equals("namespaces") && rest.size() >= 3 && !namespaceItself) {
            namespace = rest.get(1);
            rest = rest.subList(2, rest.size());
        }
        ResourceType type = catalog.find(group, version, rest.get(0));
        if (type == null || rest.size() > 3) {
            throw ApiException.unknownPath();
        }
        String name = rest.size() > 1 ? rest.get(1) : "";
        String subresource = rest.size() > 2 ? rest.get(2) : "";
        requireScope(type, namespace, name);
        return new Route(type, namespace, name, subresource, watch);
    }

    /** Objects of namespaced kinds are reached through their namespace only; collections also without. */
    private static void requireScope(ResourceType type, String namespace, String name) {
        boolean hasNamespace = !namespace.isEmpty();
        if (type.namespaced() ? !hasNamespace && !name.isEmpty() : hasNamespace) {
            throw ApiException.unknownPath();
        }
    }
}
