package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks requests for {@code pods/log} against the pod, with the texts of the real server. */
final class LogRequests {

    private final Registry registry;
    private final InstantSource clock;

    LogRequests(Registry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
    }

    Answer parse(Route route, Call call) {
        ObjectNode pod =
                registry.get(route.type(), route.namespace(), route.name()).object();
        Long tailLines = atLeast(call, "tailLines", 0);
        Long limitBytes = atLeast(call, "limitBytes", 1);
        String container = container(route.name(), pod, call.parameter("container"));
        boolean previous = call.flag("previous");
        if (pod.path("spec").path("nodeName").asText().isEmpty()) {
            throw ApiException.badRequest("pod " + route.name() + " does not have a host assigned");
        }
        requireStarted(route.name(), pod, container, previous);
        return new Answer.Logging(new PodLogs.Request(
                route.namespace(),
                route.name(),
                pod.path("metadata").path("uid").asText(),
                container,
                previous,
                call.flag("follow"),
                call.flag("timestamps"),
                tailLines,
                since(call),
                limitBytes));
    }

    /** The one container there is, if none is named. */
    private static String container(String pod, ObjectNode object, String asked) {
        List<String> names = new ArrayList<>();
        object.path("spec")
                .path("containers")
                .forEach(one -> names.add(one.path("name").asText()));
        List<String> initNames = new ArrayList<>();
        object.path("spec")
                .path("initContainers")
                .forEach(one -> initNames.add(one.path("name").asText()));
        if (asked.isEmpty()) {
            String fallback = object.path("metadata")
                    .path("annotations")
                    .path("kubectl.kubernetes.io/default-container")
                    .asText("");
            if (names.contains(fallback)) {
                return fallback;
            }
            if (names.size() == 1) {
                return names.get(0);
            }
            String choice = "a container name must be specified for pod " + pod + ", choose one of: ["
                    + String.join(" ", names) + "]";
            throw ApiException.badRequest(
                    initNames.isEmpty()
                            ? choice
                            : choice + " or one of the init containers: [" + String.join(" ", initNames) + "]");
        }
        if (!names.contains(asked) && !initNames.contains(asked)) {
            throw ApiException.badRequest("container " + asked + " is not valid for pod " + pod);
        }
        return asked;
    }

    private static void requireStarted(String pod, ObjectNode object, String container, boolean previous) {
        JsonNode status = status(object, container);
        JsonNode state = status == null ? object.path("none") : status.path("state");
        JsonNode last = status == null ? object.path("none") : status.path("lastState");
        String subject = "container \"" + container + "\" in pod \"" + pod + "\"";
        if (previous) {
            if (!last.has("terminated")) {
                throw ApiException.badRequest("previous terminated " + subject + " not found");
            }
        } else if (state.has("waiting") && !last.has("terminated")) {
            throw ApiException.badRequest(subject + " is waiting to start: "
                    + state.path("waiting").path("reason").asText("no reason given"));
        } else if (status == null) {
            throw ApiException.badRequest(subject + " is not available");
        }
    }

    private static @Nullable JsonNode status(ObjectNode pod, String container) {
        for (String list : new String[] {"containerStatuses", "initContainerStatuses"}) {
            for (JsonNode status : pod.path("status").path(list)) {
                if (status.path("name").asText().equals(container)) {
                    return status;
                }
            }
        }
        return null;
    }

    private @Nullable Instant since(Call call) {
        Long seconds = atLeast(call, "sinceSeconds", 1);
        String time = call.parameter("sinceTime");
        if (seconds != null && !time.isEmpty()) {
            throw invalid(
                    Cause.forbidden("sinceSeconds", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        }
        if (seconds != null) {
            return clock.instant().minusSeconds(seconds);
        }
        try {
            return time.isEmpty() ? null : Instant.parse(time);
        } catch (DateTimeParseException e) {
            throw ApiException.badRequest("unable to parse query parameter sinceTime: " + time);
        }
    }

    private static @Nullable Long atLeast(Call call, String name, long least) {
        Long value = call.number(name);
        if (value != null && value < least) {
            throw invalid(Cause.invalid(
                    name,
                    value.toString(),
                    least == 0 ? "must be greater than or equal to 0" : "must be greater than 0"));
        }
        return value;
    }

    private static ApiException invalid(Cause cause) {
        return ApiException.invalid("", "PodLogOptions", "", List.of(cause));
    }
}
