package dev.kintsugi.chaos.emulation;

import java.util.Optional;

/**
 * A step of one record.
 *
 * @param record its index
 * @param verb which way it goes
 * @param effect what has to be done for it
 * @param phase the record's phase once that is done
 */
record Operation(int record, Verb verb, Effect effect, String phase) {

    /** The two ways of a record. */
    enum Verb {
        APPLY("Apply", "apply chaos"),
        RECOVER("Recover", "recover chaos");

        private final String text;
        private final String activity;

        Verb(String text, String activity) {
            this.text = text;
            this.activity = activity;
        }

        /** In a record's events. */
        String text() {
            return text;
        }

        /** In Events. */
        String activity() {
            return activity;
        }
    }

    /**
     * How it went.
     *
     * @param instance the name of what was started, else empty
     * @param failure why it did not work
     */
    record Result(Operation operation, String instance, Optional<String> failure) {}
}
