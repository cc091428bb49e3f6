package dev.kintsugi.healer.model;

/**
 * Something to tell.
 *
 * @param correlationId the incident it belongs to
 * @param about the object it is about
 * @param key tells it from other notices of the same reason and incident, e.g. the attempt's number
 */
public record Notice(Reason reason, String correlationId, ObjectRef about, String key, String message) {

    /** What kind of thing. */
    public enum Reason {
        DETECTED("RecoveryDetected", true),
        ACTED("RecoveryActed", false),
        VERIFIED("RecoveryVerified", false),
        GAVE_UP("RecoveryGaveUp", true),
        REFUSED("ActionRefused", true),
        CONFIG_INVALID("ConfigInvalid", true);

        private final String published;
        private final boolean warning;

        Reason(String published, boolean warning) {
            this.published = published;
            this.warning = warning;
        }

        /** The reason as it stands in a Kubernetes Event. */
        public String published() {
            return published;
        }

        /** Whether it is something to worry about. */
        public boolean warning() {
            return warning;
        }
    }
}
