package dev.kintsugi.features.recording;

/**
 * An instant of the recording and how sure it is: the truth lies in {@code [atNanos - boundNanos, atNanos]}.
 *
 * @param evidence what showed it, for a person
 */
record Sighting(long atNanos, long boundNanos, String evidence) {

    /** The later of the two: when several things must have happened, the last one counts. */
    Sighting andThen(Sighting other) {
        return other.atNanos >= atNanos ? other : this;
    }
}
