package dev.kintsugi.healer.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** When Helm 3 takes an object for ready ({@code kube.ReadyChecker}). Kinds that are not named here are ready once they exist. */
public final class Readiness {

    private Readiness() {}

    /** Whether its ReplicaSets have to be known, too. */
    public static boolean needsReplicaSets(ManifestObject object) {
        return object.kind().equals("Deployment") && object.group().equals("apps");
    }

    /**
     * Whether a live object is ready.
     *
     * @param replicaSets those that a Deployment controls; for other kinds they do not matter
     */
    public static boolean isReady(ObjectNode live, List<ObjectNode> replicaSets) {
        JsonNode spec = live.path("spec");
        JsonNode status = live.path("status");
        return switch (live.path("kind").asText()) {
            case "Pod" -> condition(live, "Ready").map(c -> isTrue(c)).orElse(false);
            case "Service" -> isServiceReady(spec, status);
            case "PersistentVolumeClaim" -> status.path("phase").asText().equals("Bound");
            case "Deployment" ->
                !spec.path("paused").asBoolean()
                        && isObserved(live)
                        && newReplicaSet(live, replicaSets)
                                .map(set -> isObserved(set)
                                        && set.path("status")
                                                        .path("readyReplicas")
                                                        .asInt()
                                                >= readyNeeded(spec))
                                .orElse(false);
            case "StatefulSet" -> isStatefulSetReady(live, spec, status);
            case "DaemonSet" -> isDaemonSetReady(live, spec, status);
            case "ReplicaSet", "ReplicationController" ->
                isObserved(live)
                        && status.path("readyReplicas").asInt()
                                >= spec.path("replicas").asInt(1);
            case "CustomResourceDefinition" ->
                condition(live, "Established").map(c -> isTrue(c)).orElse(false)
                        || condition(live, "NamesAccepted").map(c -> !isTrue(c)).orElse(false);
            default -> true;
        };
    }

    /** A condition of an object's status. */
    static Optional<JsonNode> condition(JsonNode live, String type) {
        for (JsonNode condition : live.path("status").path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return Optional.of(condition);
            }
        }
        return Optional.empty();
    }

    static boolean isTrue(JsonNode condition) {
        return condition.path("status").asText().equals("True");
    }

    static boolean isObserved(JsonNode live) {
        return live.path("status").path("observedGeneration").asLong()
                >= live.path("metadata").path("generation").asLong();
    }

    private static boolean isServiceReady(JsonNode spec, JsonNode status) {
        String type = spec.path("type").asText();
        if (type.equals("ExternalName")) {
            return true;
        }
        if (spec.path("clusterIP").asText().isEmpty()) {
            return false;
        }
        return !type.equals("LoadBalancer")
                || !spec.path("externalIPs").isEmpty()
                || !status.path("loadBalancer").path("ingress").isEmpty();
    }

    private static boolean isStatefulSetReady(ObjectNode live, JsonNode spec, JsonNode status) {
        if (!isObserved(live)) {
            return false;
        }
        if (!spec.path("updateStrategy").path("type").asText().equals("RollingUpdate")) {
            return true;
        }
        int partition = spec.path("updateStrategy")
                .path("rollingUpdate")
                .path("partition")
                .asInt();
        int replicas = spec.path("replicas").asInt(1);
        return status.path("updatedReplicas").asInt() >= replicas - partition
                && status.path("readyReplicas").asInt() == replicas
                && (partition > 0
                        || status.path("currentRevision")
                                .asText()
                                .equals(status.path("updateRevision").asText()));
    }

    private static boolean isDaemonSetReady(ObjectNode live, JsonNode spec, JsonNode status) {
        if (!isObserved(live)) {
            return false;
        }
        if (!spec.path("updateStrategy").path("type").asText().equals("RollingUpdate")) {
            return true;
        }
        int desired = status.path("desiredNumberScheduled").asInt();
        JsonNode unavailable = spec.path("updateStrategy").path("rollingUpdate").path("maxUnavailable");
        return status.path("updatedNumberScheduled").asInt() == desired
                && status.path("numberReady").asInt() >= desired - scaled(unavailable, desired, true, 1);
    }

    /** The oldest ReplicaSet of this very template, as the Deployment controller itself chooses. */
    private static Optional<ObjectNode> newReplicaSet(ObjectNode deployment, List<ObjectNode> replicaSets) {
        JsonNode template = deployment.path("spec").path("template");
        String uid = deployment.path("metadata").path("uid").asText();
        return replicaSets.stream()
                .filter(set -> controller(set).equals(uid))
                .filter(set -> withoutHash(set.path("spec").path("template")).equals(withoutHash(template)))
                .min(Comparator.comparing(
                        set -> set.path("metadata").path("creationTimestamp").asText()));
    }

    private static String controller(ObjectNode object) {
        for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return owner.path("uid").asText();
            }
        }
        return "";
    }

    private static JsonNode withoutHash(JsonNode template) {
        JsonNode copy = template.deepCopy();
        if (copy.path("metadata").path("labels") instanceof ObjectNode labels) {
            labels.remove("pod-template-hash");
        }
        return copy;
    }

    /** The replicas less what a rolling update may leave unavailable ({@code deploymentutil.MaxUnavailable}). */
    static int readyNeeded(JsonNode spec) {
        int replicas = spec.path("replicas").asInt(1);
        JsonNode strategy = spec.path("strategy");
        if (replicas == 0 || !strategy.path("type").asText().equals("RollingUpdate")) {
            return replicas;
        }
        int surge = scaled(strategy.path("rollingUpdate").path("maxSurge"), replicas, true, 0);
        int unavailable = scaled(strategy.path("rollingUpdate").path("maxUnavailable"), replicas, false, 0);
        if (surge == 0 && unavailable == 0) {
            unavailable = 1;
        }
        return replicas - Math.min(unavailable, replicas);
    }

    private static int scaled(JsonNode value, int of, boolean up, int otherwise) {
        String text = value.asText();
        if (!text.endsWith("%")) {
            return value.asInt(otherwise);
        }
        double share = Double.parseDouble(text.substring(0, text.length() - 1)) * of / 100;
        return (int) (up ? Math.ceil(share) : Math.floor(share));
    }
}
