package dev.kintsugi.reports.model;

/**
 * One instant of a scenario, stamped when the news of it was received.
 *
 * @param name what happened
 * @param atMillis when the news was received, in milliseconds since the injection was requested, at least 0
 * @param boundMillis how much earlier it can really have been (poll period, watch delay, request in flight): the truth lies
 *     in [{@code atMillis - boundMillis}, {@code atMillis}]; the interval is cut at 0 and rounded outwards to tenths
 * @param evidence what showed it, for a person
 */
public record Mark(MarkName name, double atMillis, double boundMillis, String evidence) {

    public Mark {
        Require.present(name, "name");
        Interval interval = Interval.of(atMillis, boundMillis, "atMillis", "boundMillis");
        atMillis = interval.latest();
        boundMillis = interval.bound();
        Require.present(evidence, "evidence");
    }

    /** The lower end of the interval that holds the truth; {@link #atMillis} is the upper one. */
    public double earliestMillis() {
        return Interval.earliest(atMillis, boundMillis);
    }
}
