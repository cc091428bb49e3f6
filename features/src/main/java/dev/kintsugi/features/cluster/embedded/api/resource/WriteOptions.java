package dev.kintsugi.features.cluster.embedded.api.resource;

import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;
import java.util.Locale;

/**
 * How a write is to be done.
 *
 * @param dryRun only tried, with all checks, and answered as if done
 * @param validation what becomes of unknown and duplicate fields
 */
public record WriteOptions(boolean dryRun, Validation validation) {

    /** The values of the query parameter {@code fieldValidation}; the default of the server is to warn. */
    public enum Validation {
        IGNORE,
        WARN,
        STRICT
    }

    public static final WriteOptions DEFAULT = new WriteOptions(false, Validation.WARN);

    /**
     * Reads the options of a request.
     *
     * @param optionsKind for the error, e.g. {@code CreateOptions}
     * @throws ApiException 422 if a value is not one of those supported
     */
    public static WriteOptions parse(String optionsKind, List<String> dryRun, String fieldValidation) {
        Validation validation = Validation.WARN;
        if (!fieldValidation.isEmpty()) {
            if (!List.of("Ignore", "Warn", "Strict").contains(fieldValidation)) {
                throw ApiException.invalid(
                        "meta.k8s.io",
                        optionsKind,
                        "",
                        List.of(Cause.unsupported(
                                "fieldValidation",
                                Fields.quoted(fieldValidation),
                                "\"\", \"Ignore\", \"Strict\", \"Warn\"")));
            }
            validation = Validation.valueOf(fieldValidation.toUpperCase(Locale.ROOT));
        }
        for (String value : dryRun) {
            if (!value.equals("All")) {
                throw ApiException.invalid(
                        "meta.k8s.io",
                        optionsKind,
                        "",
                        List.of(Cause.unsupported("dryRun", "[]string{" + Fields.quoted(value) + "}", "\"All\"")));
            }
        }
        return new WriteOptions(!dryRun.isEmpty(), validation);
    }
}
