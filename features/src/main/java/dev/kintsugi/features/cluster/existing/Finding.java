package dev.kintsugi.features.cluster.existing;

/**
 * What the doctor found out about one thing.
 *
 * @param subject what was looked at
 * @param found what there is
 * @param fix what would help; empty when nothing needs to
 */
public record Finding(Level level, String subject, String found, String fix) {

    /** How bad it is. */
    public enum Level {
        OK,
        /** A run can take place, but not all of it, or not as one might think. */
        WARN,
        /** No run can take place. */
        FAIL
    }

    static Finding ok(String subject, String found) {
        return new Finding(Level.OK, subject, found, "");
    }

    static Finding warn(String subject, String found, String fix) {
        return new Finding(Level.WARN, subject, found, fix);
    }

    static Finding fail(String subject, String found, String fix) {
        return new Finding(Level.FAIL, subject, found, fix);
    }
}
