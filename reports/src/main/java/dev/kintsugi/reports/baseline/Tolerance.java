package dev.kintsugi.reports.baseline;

/**
 * How much longer a recovery may take before it counts as worse: the larger of the two.
 *
 * @param share share of the earlier recovery, 0 or more; 0.1 is 10 %
 * @param millis milliseconds, 0 or more
 */
public record Tolerance(double share, double millis) {

    /** 10 % and 250 ms. */
    public static final Tolerance DEFAULT = new Tolerance(0.1, 250);

    public Tolerance {
        if (!(share >= 0 && Double.isFinite(share))) {
            throw new IllegalArgumentException("the tolerated share is " + share + ", must be 0 or more, such as 0.1");
        }
        if (!(millis >= 0 && Double.isFinite(millis))) {
            throw new IllegalArgumentException("the tolerated milliseconds are " + millis + ", must be 0 or more");
        }
    }

    /** The tolerated change of a recovery that took so long. */
    double of(double recoveryMillis) {
        return Math.max(share * recoveryMillis, millis);
    }
}
