package dev.kintsugi.features.cluster.embedded.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** The columns of a pod that take some thought; the rules are those of {@code printPod} in Kubernetes 1.28. */
final class PodCells {

    private PodCells() {}

    static String ready(ObjectNode pod) {
        int ready = 0;
        for (JsonNode status : pod.path("status").path("containerStatuses")) {
            boolean running = status.path("state").has("running");
            ready += status.path("ready").asBoolean() && running ? 1 : 0;
        }
        return ready + "/" + pod.path("spec").path("containers").size();
    }

    static String restarts(ObjectNode pod, Instant now) {
        long restarts = 0;
        Instant last = null;
        for (JsonNode status : pod.path("status").path("containerStatuses")) {
            restarts += status.path("restartCount").asLong();
            Instant finished = time(status.path("lastState").path("terminated").path("finishedAt"));
            if (finished != null && (last == null || finished.isAfter(last))) {
                last = finished;
            }
        }
        return restarts == 0 || last == null
                ? Long.toString(restarts)
                : restarts + " (" + Durations.since(last.toString(), now) + " ago)";
    }

    /** The phase, unless a container or the deletion says something more telling. */
    static String status(ObjectNode pod) {
        JsonNode status = pod.path("status");
        String reason = status.path("reason").asText(status.path("phase").asText());
        String init = initStatus(pod);
        if (init != null) {
            reason = init;
        } else {
            reason = containerStatus(status, reason);
        }
        if (pod.path("metadata").has("deletionTimestamp")) {
            return status.path("reason").asText().equals("NodeLost") ? "Unknown" : "Terminating";
        }
        return reason;
    }

    private static String containerStatus(JsonNode status, String phase) {
        String reason = phase;
        boolean running = false;
        JsonNode containers = status.path("containerStatuses");
        for (int i = containers.size() - 1; i >= 0; i--) {
            JsonNode state = containers.get(i).path("state");
            JsonNode terminated = state.path("terminated");
            String waiting = state.path("waiting").path("reason").asText();
            if (!waiting.isEmpty()) {
                reason = waiting;
            } else if (terminated.isObject()) {
                reason = ended(terminated);
            } else if (containers.get(i).path("ready").asBoolean() && state.has("running")) {
                running = true;
            }
        }
        if (reason.equals("Completed") && running) {
            for (JsonNode condition : status.path("conditions")) {
                boolean ready = condition.path("type").asText().equals("Ready");
                if (ready && condition.path("status").asText().equals("True")) {
                    return "Running";
                }
            }
            return "NotReady";
        }
        return reason;
    }

    /** What an init container is doing; null when all have done their part. */
    private static @Nullable String initStatus(ObjectNode pod) {
        JsonNode containers = pod.path("status").path("initContainerStatuses");
        for (int i = 0; i < containers.size(); i++) {
            JsonNode state = containers.get(i).path("state");
            JsonNode terminated = state.path("terminated");
            String waiting = state.path("waiting").path("reason").asText();
            if (terminated.isObject() && terminated.path("exitCode").asInt() == 0) {
                continue;
            }
            if (terminated.isObject()) {
                return "Init:" + ended(terminated);
            }
            if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
                return "Init:" + waiting;
            }
            return "Init:" + i + "/" + pod.path("spec").path("initContainers").size();
        }
        return null;
    }

    private static String ended(JsonNode terminated) {
        String reason = terminated.path("reason").asText();
        if (!reason.isEmpty()) {
            return reason;
        }
        int signal = terminated.path("signal").asInt();
        return signal != 0
                ? "Signal:" + signal
                : "ExitCode:" + terminated.path("exitCode").asInt();
    }

    private static @Nullable Instant time(JsonNode timestamp) {
        try {
            return timestamp.isTextual() ? Instant.parse(timestamp.asText()) : null;
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
