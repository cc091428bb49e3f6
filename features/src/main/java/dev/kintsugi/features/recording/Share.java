package dev.kintsugi.features.recording;

import java.util.Locale;

/**
 * So many of so many, as a sample of a chance that nobody knows.
 *
 * @param hits from 0 to {@code of}
 * @param of how many were looked at
 */
record Share(long hits, long of) {
    /** The normal quantile of a two-sided interval of 95 %. */
    private static final double Z = 1.959964;

    Share {
        if (hits < 0 || hits > of) {
            throw new IllegalArgumentException(hits + " of " + of + " is no share");
        }
    }

    /** What was seen, from 0 to 1; 0 of nothing is 0. */
    double seen() {
        return of == 0 ? 0 : (double) hits / of;
    }

    /** The lower end of Wilson's score interval, which holds the chance in 95 % of samples, small ones and rare hits too. */
    double lower() {
        return of == 0 ? 0 : Math.max(0, centre() - margin());
    }

    /** The upper end of that interval. */
    double upper() {
        return of == 0 ? 1 : Math.min(1, centre() + margin());
    }

    private double centre() {
        return (seen() + Z * Z / (2 * of)) / (1 + Z * Z / of);
    }

    private double margin() {
        return Z * Math.sqrt(seen() * (1 - seen()) / of + Z * Z / (4.0 * of * of)) / (1 + Z * Z / of);
    }

    /** Whether the chance behind this sample is greater than that behind the other, beyond their intervals. */
    boolean isAbove(Share other) {
        return of > 0 && lower() > other.upper();
    }

    /** {@code 61 of 200 (30 %, 95 % interval 25 to 37 %)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d of %d (%.0f %%, 95 %% interval %.0f to %.0f %%)",
                hits,
                of,
                seen() * 100,
                lower() * 100,
                upper() * 100);
    }
}
