package dev.kintsugi.features.cluster.embedded.api.resource;

import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Requester;
import java.util.List;
import java.util.Locale;

/**
 * How a write is to be done.
 *
 * @param dryRun only tried, with all checks, and answered as if done
 * @param validation what becomes of unknown and duplicate fields
 * @param manager the name under which the writer owns what it writes
 * @param requester who writes, as admission is told
 */
public record WriteOptions(boolean dryRun, Validation validation, String manager, Requester requester) {

    /** The values of the query parameter {@code fieldValidation}; the default of the server is to warn. */
    public enum Validation {
        IGNORE,
        WARN,
        STRICT
    }

    /** Those of the server itself. */
    public static final WriteOptions DEFAULT = new WriteOptions(
            false, Validation.WARN, "kube-apiserver", new Requester("system:apiserver", List.of("system:masters")));

    private static final int MAX_MANAGER = 128;

    /**
     * Reads the options of a request.
     *
     * @param optionsKind for the error, e.g. {@code CreateOptions}
     * @param fieldManager who writes, if the client says so; else the first word of its {@code userAgent}
     * @throws ApiException 422 if a value is not one of those supported
     */
    public static WriteOptions parse(
            String optionsKind, List<String> dryRun, String fieldValidation, String fieldManager, String userAgent) {
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
        if (fieldManager.length() > MAX_MANAGER) {
            throw ApiException.invalid(
                    "meta.k8s.io",
                    optionsKind,
                    "",
                    List.of(Cause.tooLong("fieldManager", "may not be longer than " + MAX_MANAGER)));
        }
        return new WriteOptions(
                !dryRun.isEmpty(),
                validation,
                fieldManager.isEmpty() ? firstWord(userAgent) : fieldManager,
                DEFAULT.requester());
    }

    /** The same write asked for by somebody. */
    public WriteOptions by(Requester somebody) {
        return new WriteOptions(dryRun, validation, manager, somebody);
    }

    /** {@code kubectl} of {@code kubectl/v1.28.15 (linux/amd64) kubernetes/841856f}, without what cannot be printed. */
    private static String firstWord(String userAgent) {
        String word = userAgent.split("/", 2)[0].replaceAll("[^\\x20-\\x7e]", "");
        return word.substring(0, Math.min(word.length(), MAX_MANAGER));
    }
}
