package dev.kintsugi.reports.model;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A measured figure and how far the truth may lie below it: the truth is in [{@code latest - bound}, {@code latest}].
 *
 * <p>Both ends are kept in tenths of a millisecond and rounded outwards, so that rounding never excludes the truth. They
 * are never negative: nothing that a scenario caused comes before the injection was requested.
 */
record Interval(double latest, double bound) {

    static Interval of(double latest, double bound, String latestField, String boundField) {
        if (latest < 0 || bound < 0) {
            throw new IllegalArgumentException(
                    (latest < 0 ? latestField + " is " + latest : boundField + " is " + bound) + ", must be 0 or more");
        }
        BigDecimal exact = Require.decimal(latest, latestField);
        BigDecimal upper = exact.setScale(1, RoundingMode.CEILING);
        BigDecimal lower = exact.subtract(Require.decimal(bound, boundField))
                .setScale(1, RoundingMode.FLOOR)
                .max(BigDecimal.ZERO);
        return new Interval(upper.doubleValue(), upper.subtract(lower).doubleValue());
    }

    /** The lower end, exact to the tenth. */
    static double earliest(double latest, double bound) {
        return BigDecimal.valueOf(latest).subtract(BigDecimal.valueOf(bound)).doubleValue();
    }
}
