package dev.kintsugi.chaos.lint;

/**
 * Something about an experiment that its author should know before it runs.
 *
 * @param severity how bad
 * @param field path in the manifest
 * @param problem what is so
 * @param fix what to do about it
 */
public record Finding(Severity severity, String field, String problem, String fix) {

    /** How bad a finding is. */
    public enum Severity {
        /** The experiment cannot have an effect, so that nothing can be learnt from it. */
        CANNOT_BITE,
        /** It does not do all that is written. */
        WARNING
    }

    @Override
    public String toString() {
        return field + ": " + problem + "; " + fix;
    }
}
