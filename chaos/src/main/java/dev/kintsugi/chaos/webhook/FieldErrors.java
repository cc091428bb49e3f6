package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a resource, in the words of Kubernetes' field errors. Values of structured fields are shown as they were
 * sent, where Go would dump its own types.
 */
final class FieldErrors {
    private final Set<String> errors = new LinkedHashSet<>();

    void invalid(String path, @Nullable Object value, String rule) {
        errors.add(path + ": Invalid value: " + shown(value) + ": " + rule);
    }

    void required(String path, String rule) {
        errors.add(path + ": Required value: " + rule);
    }

    /** In the order they were found, each once. */
    List<String> all() {
        return new ArrayList<>(errors);
    }

    /** An empty duration is none. */
    void duration(String path, Tree field) {
        String text = field.text("");
        if (!text.isEmpty()) {
            error(text).ifPresent(error -> invalid(path, text, "parse duration field error: " + error));
        }
    }

    /** Why a text is no duration, as Go's parser says it. */
    static Optional<String> error(String text) {
        try {
            GoDuration.parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** What is not there is shown as a text. */
    private static String shown(@Nullable Object value) {
        if (value == null) {
            return "\"null\"";
        }
        return value instanceof String text ? "\"" + text + "\"" : value.toString();
    }
}
