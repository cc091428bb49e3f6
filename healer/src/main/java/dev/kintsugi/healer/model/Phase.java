package dev.kintsugi.healer.model;

/** Where an incident stands. */
public enum Phase {
    /** Something is wrong; nothing has been done yet. */
    DETECTED("Detected"),
    /** An action is on its way. */
    ACTING("Acting"),
    /** At least one action has been answered; its effect is being looked at. */
    VERIFYING("Verifying"),
    /** Verified good after an action. */
    HEALED("Healed"),
    /** Verified good, and nothing had been done. */
    UNTOUCHED("Untouched"),
    /** Not good in time, or nothing more that may be done. */
    GAVE_UP("GaveUp");

    private final String published;

    Phase(String published) {
        this.published = published;
    }

    /** The name as it stands in the {@code Recovery} resource. */
    public String published() {
        return published;
    }

    /** Whether this is the end. */
    public boolean closed() {
        return this == HEALED || this == UNTOUCHED || this == GAVE_UP;
    }

    /**
     * The phase of a published name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Phase of(String published) {
        for (Phase phase : values()) {
            if (phase.published.equals(published)) {
                return phase;
            }
        }
        throw new IllegalArgumentException("no phase is called " + published);
    }
}
