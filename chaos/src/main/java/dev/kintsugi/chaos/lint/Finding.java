package dev.kintsugi.chaos.lint;

import java.util.Locale;

/**
 * Something about a manifest that its author should know before it runs.
 *
 * @param file where it is written
 * @param line counted from 1
 * @param severity how bad
 * @param field path in the manifest, empty for all of it
 * @param problem what is so
 * @param fix what to do about it
 */
public record Finding(String file, int line, Severity severity, String field, String problem, String fix) {

    /** How bad a finding is. */
    public enum Severity {
        /** The manifest is refused, has no effect or never ends, so that nothing can be learnt from it. */
        ERROR,
        /** It does not do all that is written, or may do more than is wanted. */
        WARNING
    }

    /** The form of compilers, which editors can follow: {@code file:line: severity: what — fix}. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + severity.name().toLowerCase(Locale.ROOT) + ": "
                + (field.isEmpty() ? "" : field + ": ") + problem + " — " + fix;
    }
}
