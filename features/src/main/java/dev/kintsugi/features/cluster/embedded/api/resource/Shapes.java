package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Between the shape in which a kind is stored and that of the version asked for. They differ only for events
 * (events.k8s.io) and autoscalers (autoscaling/v1); custom resources have one shape in all versions (strategy None).
 */
final class Shapes {

    private static final String CPU_PERCENT = "targetCPUUtilizationPercentage";

    private Shapes() {}

    static boolean differ(ResourceType type) {
        return type.group().equals("events.k8s.io") || isOldAutoscaler(type);
    }

    static ObjectNode toStored(ResourceType type, ObjectNode object) {
        if (type.group().equals("events.k8s.io")) {
            return EventShapes.toCore(object);
        }
        return isOldAutoscaler(type) ? toMetrics(object) : object;
    }

    static ObjectNode fromStored(ResourceType type, ObjectNode object) {
        if (type.group().equals("events.k8s.io")) {
            return EventShapes.toGroup(object);
        }
        return isOldAutoscaler(type) ? toCpuPercent(object) : object;
    }

    private static boolean isOldAutoscaler(ResourceType type) {
        return type.group().equals("autoscaling") && type.version().equals("v1");
    }

    private static ObjectNode toMetrics(ObjectNode object) {
        ObjectNode result = object.deepCopy().put("apiVersion", "autoscaling/v2");
        if (result.get("spec") instanceof ObjectNode spec && spec.has(CPU_PERCENT)) {
            JsonNode percent = spec.get(CPU_PERCENT);
            spec.remove(CPU_PERCENT);
            ObjectNode resource = spec.putArray("metrics").addObject().put("type", "Resource").putObject("resource");
            resource.put("name", "cpu")
                    .putObject("target")
                    .put("type", "Utilization")
                    .set("averageUtilization", percent);
        }
        return result;
    }

    private static ObjectNode toCpuPercent(ObjectNode object) {
        ObjectNode result = object.deepCopy().put("apiVersion", "autoscaling/v1");
        if (result.get("spec") instanceof ObjectNode spec) {
            JsonNode metrics = spec.path("metrics");
            spec.remove("metrics");
            spec.remove("behavior");
            metrics.forEach(metric -> {
                JsonNode resource = metric.path("resource");
                JsonNode percent = resource.path("target").path("averageUtilization");
                if (text(resource, "name").equals("cpu") && percent.isNumber()) {
                    spec.set(CPU_PERCENT, percent);
                }
            });
        }
        return result;
    }
}
