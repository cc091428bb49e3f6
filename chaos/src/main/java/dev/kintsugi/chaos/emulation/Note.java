package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.orchestration.Notice;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An Event that the controllers write about an experiment.
 *
 * @param component the controller that writes it
 * @param type {@code Normal} or {@code Warning}
 * @param fields what the Event's annotations carry beside its own type
 */
record Note(String component, String type, String reason, String message, Map<String, String> fields) {

    static Note finalizerInited() {
        return normal("finalizer", "FinalizerInited", "Finalizer has been inited", "finalizer-inited", Map.of());
    }

    /** Has the same reason as the one before; only its message tells. */
    static Note finalizerRemoved() {
        return normal("finalizer", "FinalizerInited", "Finalizer has been removed", "finalizer-removed", Map.of());
    }

    static Note started() {
        return normal("desiredphase", "Started", "Experiment has started", "started", Map.of());
    }

    static Note timeUp() {
        return normal("desiredphase", "TimeUp", "Time up according to the duration", "time-up", Map.of());
    }

    static Note paused() {
        return normal("desiredphase", "Paused", "Experiment has been paused", "paused", Map.of());
    }

    static Note deleted() {
        return normal("desiredphase", "Deleted", "Experiment has been deleted", "deleted", Map.of());
    }

    static Note applied(String id) {
        return normal("records", "Applied", "Successfully apply chaos for " + id, "applied", Map.of("id", id));
    }

    static Note recovered(String id) {
        return normal("records", "Recovered", "Successfully recover chaos for " + id, "recovered", Map.of("id", id));
    }

    static Note updated(String component, String field) {
        return normal(
                component,
                "Updated",
                "Successfully update " + field + " of resource",
                "updated",
                Map.of("field", field));
    }

    static Note failed(String activity, String error) {
        return new Note(
                "records",
                "Warning",
                "Failed",
                "Failed to " + activity + ": " + error,
                annotations("failed", Map.of("activity", activity, "err", error)));
    }

    /** What orchestration has to say. */
    static Note of(Notice notice) {
        return new Note(
                notice.component(),
                notice.warning() ? "Warning" : "Normal",
                notice.reason(),
                notice.message(),
                annotations(notice.reason(), Map.of()));
    }

    private static Note normal(
            String component, String reason, String message, String kind, Map<String, String> fields) {
        return new Note(component, "Normal", reason, message, annotations(kind, fields));
    }

    private static Map<String, String> annotations(String kind, Map<String, String> fields) {
        Map<String, String> annotations = new LinkedHashMap<>();
        fields.forEach((key, value) -> annotations.put("chaos-mesh.org/" + key, value));
        annotations.put("chaos-mesh.org/type", kind);
        return annotations;
    }
}
