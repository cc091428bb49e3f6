package dev.kintsugi.chaos.model;

import java.util.random.RandomGenerator;

/**
 * How many of the matching pods are hit.
 *
 * @param kind the rule
 * @param value a number of pods ({@code fixed}), a percentage ({@code fixed-percent}, {@code random-max-percent}), else 0
 */
public record Mode(Kind kind, int value) {

    /** The five modes of Chaos Mesh. */
    public enum Kind {
        ONE("one"),
        ALL("all"),
        FIXED("fixed"),
        FIXED_PERCENT("fixed-percent"),
        RANDOM_MAX_PERCENT("random-max-percent");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** The text of the manifest. */
        public String text() {
            return text;
        }

        private boolean isPercent() {
            return this == FIXED_PERCENT || this == RANDOM_MAX_PERCENT;
        }
    }

    private static final String FIELD = "spec.value";

    /** The rules of Chaos Mesh's webhook on {@code value}. */
    public Mode {
        if (kind == Kind.FIXED && value <= 0) {
            throw new InvalidExperiment(
                    FIELD,
                    value,
                    "value must be greater than 0 with mode:fixed",
                    "give the number of pods to hit, at least 1");
        }
        if (kind.isPercent() && (value <= 0 || value > 100)) {
            throw new InvalidExperiment(
                    FIELD,
                    value,
                    "value of " + value + " is invalid, Must be (0,100] with mode:" + kind.text(),
                    "give a whole percentage from 1 to 100");
        }
    }

    public static Mode one() {
        return new Mode(Kind.ONE, 0);
    }

    public static Mode all() {
        return new Mode(Kind.ALL, 0);
    }

    public static Mode fixed(int pods) {
        return new Mode(Kind.FIXED, pods);
    }

    public static Mode fixedPercent(int percent) {
        return new Mode(Kind.FIXED_PERCENT, percent);
    }

    /**
     * Reads the two fields {@code mode} and {@code value} of a manifest.
     *
     * @param value ignored by {@code one} and {@code all}, as Chaos Mesh does
     * @throws InvalidExperiment with the rule of Chaos Mesh's webhook
     */
    public static Mode parse(String mode, String value) {
        for (Kind kind : Kind.values()) {
            if (kind.text.equals(mode)) {
                return new Mode(kind, kind == Kind.ONE || kind == Kind.ALL ? 0 : number(value));
            }
        }
        throw new InvalidExperiment(
                "spec.mode",
                mode,
                "mode " + mode + " not supported",
                "use one of one, all, fixed, fixed-percent, random-max-percent");
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new InvalidExperiment(
                    FIELD,
                    value,
                    "parse value field error:strconv.Atoi: parsing \"" + value + "\": invalid syntax",
                    "give a whole number");
        }
    }

    /**
     * How many of so many matching pods are hit.
     *
     * <p>{@code fixed} clamps to what is there. {@code fixed-percent} rounds up. {@code random-max-percent} draws a
     * percentage from 0 to its value and rounds down, so that it may hit nobody. (Chaos Mesh 2.8.)
     */
    public int count(int available, RandomGenerator random) {
        return switch (kind) {
            case ONE -> Math.min(1, available);
            case ALL -> available;
            case FIXED -> Math.min(value, available);
            case FIXED_PERCENT -> Math.toIntExact((available * (long) value + 99) / 100);
            case RANDOM_MAX_PERCENT -> Math.toIntExact(available * (long) random.nextInt(value + 1) / 100);
        };
    }

    @Override
    public String toString() {
        return kind == Kind.ONE || kind == Kind.ALL ? kind.text : kind.text + " " + value;
    }
}
