package dev.kintsugi.features.cluster.embedded.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.selector.LabelSelector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Texts that columns of built-in kinds are made of. */
final class Cells {

    private static final String NONE = "<none>";

    private Cells() {}

    static JsonNode jobDuration(ObjectNode job, Instant now) {
        String start = at(job, "/status/startTime");
        String end = at(job, "/status/completionTime");
        String text = start.isEmpty() ? "" : Durations.since(start, end.isEmpty() ? now : Instant.parse(end));
        return JsonNodeFactory.instance.textNode(text);
    }

    static String nodeStatus(ObjectNode node) {
        String status = "Unknown";
        for (JsonNode condition : node.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                status = condition.path("status").asText().equals("True") ? "Ready" : "NotReady";
            }
        }
        return node.at("/spec/unschedulable").asBoolean() ? status + ",SchedulingDisabled" : status;
    }

    static String nodeRoles(ObjectNode node) {
        String prefix = "node-role.kubernetes.io/";
        String roles = node.at("/metadata/labels")
                .propertyStream()
                .map(Map.Entry::getKey)
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(prefix.length()))
                .sorted()
                .collect(Collectors.joining(","));
        return or(roles, NONE);
    }

    static String eventTime(ObjectNode event, String field) {
        return or(
                event.path(field).asText(""),
                or(event.path("eventTime").asText(""), at(event, "/metadata/creationTimestamp")));
    }

    static String object(JsonNode reference) {
        return reference.path("kind").asText().toLowerCase(Locale.ROOT) + "/"
                + reference.path("name").asText();
    }

    static String endpointAddresses(ObjectNode endpoints) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode subset : endpoints.path("subsets")) {
            for (JsonNode address : subset.path("addresses")) {
                String ip = address.path("ip").asText();
                if (subset.path("ports").isEmpty()) {
                    addresses.add(ip);
                }
                subset.path("ports")
                        .forEach(port ->
                                addresses.add(ip + ":" + port.path("port").asText()));
            }
        }
        return shortened(addresses, NONE);
    }

    static String sliceAddresses(ObjectNode slice) {
        List<String> addresses = new ArrayList<>();
        slice.path("endpoints").forEach(one -> one.path("addresses").forEach(a -> addresses.add(a.asText())));
        return shortened(addresses, "<unset>");
    }

    private static String shortened(List<String> all, String none) {
        if (all.isEmpty()) {
            return none;
        }
        String first = String.join(",", all.subList(0, Math.min(3, all.size())));
        return all.size() > 3 ? first + " + " + (all.size() - 3) + " more..." : first;
    }

    static String address(ObjectNode node, String type) {
        for (JsonNode address : node.at("/status/addresses")) {
            if (address.path("type").asText().equals(type)) {
                return address.path("address").asText();
            }
        }
        return NONE;
    }

    static String containers(ObjectNode object, String path) {
        return join(object.at(path), container -> container.path("name").asText(), "");
    }

    static String images(ObjectNode object, String path) {
        return join(object.at(path), container -> container.path("image").asText(), "");
    }

    static String selector(ObjectNode object, String path) {
        JsonNode selector = object.at(path);
        boolean plain = selector.isObject() && !selector.has("matchLabels") && !selector.has("matchExpressions");
        return plain ? labels(selector) : or(LabelSelector.of(selector).toString(), NONE);
    }

    static String labels(JsonNode labels) {
        return or(LabelSelector.ofLabels(labels).toString(), NONE);
    }

    static String join(JsonNode list, Function<JsonNode, String> text, String none) {
        return or(StreamSupport.stream(list.spliterator(), false).map(text).collect(Collectors.joining(",")), none);
    }

    static String at(ObjectNode object, String pointer) {
        return object.at(pointer).asText("");
    }

    static long count(ObjectNode object, String pointer) {
        return object.at(pointer).asLong();
    }

    static String or(String text, String fallback) {
        return text.isEmpty() ? fallback : text;
    }
}
