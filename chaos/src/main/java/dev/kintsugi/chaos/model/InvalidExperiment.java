package dev.kintsugi.chaos.model;

/** An experiment that cannot be what its author meant. The message names field, value, rule and remedy. */
public final class InvalidExperiment extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient Violation violation;

    public InvalidExperiment(Violation violation) {
        super(violation.toString());
        this.violation = violation;
    }

    public InvalidExperiment(String field, Object value, String rule, String remedy) {
        this(new Violation(field, String.valueOf(value), rule, remedy));
    }

    /** What was wrong, in parts. */
    public Violation violation() {
        return violation;
    }
}
