package dev.kintsugi.features.bench;

import java.util.Arrays;

/** Durations of one operation, in nanoseconds. */
final class Samples {

    private long[] values = new long[1024];
    private int size;

    void add(long nanos) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = nanos;
    }

    /** The median, in microseconds. */
    double medianMicros() {
        return quantileMicros(0.5);
    }

    double quantileMicros(double quantile) {
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(size - 1L, Math.round(quantile * (size - 1)))] / 1e3;
    }
}
