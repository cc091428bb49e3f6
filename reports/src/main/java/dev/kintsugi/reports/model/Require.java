package dev.kintsugi.reports.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every record of this package asks of its components. A null is a field that is missing in a file. */
final class Require {

    private Require() {}

    static <T> T present(@Nullable T value, String field) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return value;
    }

    static String text(@Nullable String value, String field) {
        String text = present(value, field);
        if (text.isBlank()) {
            throw new IllegalArgumentException(field + " is empty");
        }
        return text;
    }

    static <T> List<T> list(@Nullable List<T> value, String field) {
        List<T> elements = present(value, field);
        for (T element : elements) {
            present(element, "an entry of " + field);
        }
        return List.copyOf(elements);
    }

    static long notNegative(long value, String field) {
        if (value < 0) {
            throw new IllegalArgumentException(field + " is " + value + ", must be 0 or more");
        }
        return value;
    }

    /** A failed request was sent, too. */
    static void sentAndFailed(long sent, long failed) {
        notNegative(sent, "sent");
        notNegative(failed, "failed");
        if (failed > sent) {
            throw new IllegalArgumentException("failed is " + failed + ", more than the " + sent + " sent");
        }
    }

    /** An instant or a duration in milliseconds, rounded to the nearest tenth. */
    static double millis(double value, String field) {
        return decimal(value, field).setScale(1, RoundingMode.HALF_UP).doubleValue();
    }

    static double notNegativeMillis(double value, String field) {
        if (value < 0) {
            throw new IllegalArgumentException(field + " is " + value + ", must be 0 or more");
        }
        return millis(value, field);
    }

    static @Nullable Double notNegativeMillisIfKnown(@Nullable Double value, String field) {
        return value == null ? null : (Double) notNegativeMillis(value, field);
    }

    static BigDecimal decimal(double value, String field) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(field + " is " + value + ", must be a number");
        }
        return BigDecimal.valueOf(value);
    }
}
