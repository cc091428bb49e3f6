package dev.kintsugi.reports.model;

/**
 * How long users were without the service they had: from the injection to the first request that was good for good.
 *
 * @param millis the longest that it can have taken, in milliseconds; expectations are held against this end
 * @param boundMillis how much shorter it can have been: the truth lies in [{@code millis - boundMillis}, {@code millis}]
 */
public record Recovery(double millis, double boundMillis) {

    public Recovery {
        Interval interval = Interval.of(millis, boundMillis, "millis", "boundMillis");
        millis = interval.latest();
        boundMillis = interval.bound();
    }

    /** The shortest that it can have taken. */
    public double shortestMillis() {
        return Interval.earliest(millis, boundMillis);
    }
}
