package dev.kintsugi.reports.statistics;

import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;

/**
 * Measurements of one thing, such as the recovery times of one scenario in milliseconds.
 *
 * @param values in ascending order, finite
 */
public record Sample(List<Double> values) {

    /** Puts the values in order. */
    public Sample {
        for (Double value : values) {
            if (!Double.isFinite(Objects.requireNonNull(value, "value"))) {
                throw new IllegalArgumentException("a sample has the value " + value + ", must be finite");
            }
        }
        values = values.stream().sorted().toList();
    }

    /** A sample of these. */
    public static Sample of(double... values) {
        return new Sample(DoubleStream.of(values).boxed().toList());
    }

    /** How many measurements. */
    public int size() {
        return values.size();
    }

    /** The middle one, or the mean of the two in the middle. */
    public double median() {
        return quantile(0.5);
    }

    /**
     * The value below which a share lies, by linear interpolation between neighbours (definition 7 of Hyndman and Fan, 1996).
     *
     * @param share from 0 to 1
     * @throws IllegalArgumentException when the sample is empty or the share out of range
     */
    public double quantile(double share) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a sample without values has no quantile");
        }
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("the share is " + share + ", must be from 0 to 1");
        }
        double position = share * (values.size() - 1);
        int below = (int) Math.floor(position);
        int above = Math.min(below + 1, values.size() - 1);
        return values.get(below) + (position - below) * (values.get(above) - values.get(below));
    }
}
