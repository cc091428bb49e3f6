package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Events are stored once, in the shape of the core group; events.k8s.io sees the same objects under other names. */
final class EventShapes {

    static final Map<String, String> SELECTABLE = Map.ofEntries(
            Map.entry("involvedObject.kind", "involvedObject.kind"),
            Map.entry("involvedObject.namespace", "involvedObject.namespace"),
            Map.entry("involvedObject.name", "involvedObject.name"),
            Map.entry("involvedObject.uid", "involvedObject.uid"),
            Map.entry("involvedObject.apiVersion", "involvedObject.apiVersion"),
            Map.entry("involvedObject.resourceVersion", "involvedObject.resourceVersion"),
            Map.entry("involvedObject.fieldPath", "involvedObject.fieldPath"),
            Map.entry("regarding.kind", "involvedObject.kind"),
            Map.entry("regarding.namespace", "involvedObject.namespace"),
            Map.entry("regarding.name", "involvedObject.name"),
            Map.entry("regarding.uid", "involvedObject.uid"),
            Map.entry("regarding.apiVersion", "involvedObject.apiVersion"),
            Map.entry("reason", "reason"),
            Map.entry("reportingComponent", "reportingComponent"),
            Map.entry("reportingController", "reportingComponent"),
            Map.entry("source", "source.component"),
            Map.entry("type", "type"));

    /** Core name first, then the name in events.k8s.io. */
    private static final List<Map.Entry<String, String>> NAMES = List.of(
            Map.entry("involvedObject", "regarding"),
            Map.entry("message", "note"),
            Map.entry("reportingComponent", "reportingController"),
            Map.entry("source", "deprecatedSource"),
            Map.entry("firstTimestamp", "deprecatedFirstTimestamp"),
            Map.entry("lastTimestamp", "deprecatedLastTimestamp"),
            Map.entry("count", "deprecatedCount"));

    private EventShapes() {}

    static ObjectNode toCore(ObjectNode event) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        event.properties().forEach(field -> result.set(coreName(field.getKey()), field.getValue()));
        return result.put("apiVersion", "v1");
    }

    static ObjectNode toGroup(ObjectNode event) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        event.properties().forEach(field -> result.set(groupName(field.getKey()), field.getValue()));
        return result.put("apiVersion", "events.k8s.io/v1");
    }

    static boolean isGroupShape(JsonNode event) {
        return event.path("apiVersion").asText().startsWith("events.k8s.io/");
    }

    private static String coreName(String name) {
        return NAMES.stream()
                .filter(pair -> pair.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(name);
    }

    private static String groupName(String name) {
        return NAMES.stream()
                .filter(pair -> pair.getKey().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(name);
    }
}
