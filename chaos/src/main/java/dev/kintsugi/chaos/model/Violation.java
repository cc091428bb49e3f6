package dev.kintsugi.chaos.model;

import java.util.Objects;

/**
 * One broken rule of an experiment.
 *
 * @param field path in the manifest, e.g. {@code spec.loss.loss}
 * @param value what was given, as text
 * @param rule the rule it breaks; the wording of Chaos Mesh's webhook where that has the same rule
 * @param remedy what would be right
 */
public record Violation(String field, String value, String rule, String remedy) {

    public Violation {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** The form that Kubernetes uses for invalid fields, with the remedy after it. */
    @Override
    public String toString() {
        return field + ": Invalid value: \"" + value + "\": " + rule + "; " + remedy;
    }
}
