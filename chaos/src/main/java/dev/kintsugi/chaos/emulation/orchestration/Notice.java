package dev.kintsugi.chaos.emulation.orchestration;

/**
 * An Event that a controller writes about the object.
 *
 * @param component the controller
 * @param warning else it is normal
 */
public record Notice(String component, boolean warning, String reason, String message) {

    static Notice normal(String component, String reason, String message) {
        return new Notice(component, false, reason, message);
    }

    static Notice warning(String component, String reason, String message) {
        return new Notice(component, true, reason, message);
    }

    static Notice failed(String component, String activity, String error) {
        return warning(component, "Failed", "Failed to " + activity + ": " + error);
    }

    static Notice updated(String component, String field) {
        return normal(component, "Updated", "Successfully update " + field + " of resource");
    }
}
