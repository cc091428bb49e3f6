package dev.kintsugi.reports.model;

/**
 * The time in which a lasting fault was in force. A fault that is over at once (a killed pod) has none.
 *
 * @param fromMillis its begin, in milliseconds since the injection was requested
 * @param untilMillis its end, not before the begin
 */
public record FaultWindow(double fromMillis, double untilMillis) {

    public FaultWindow {
        fromMillis = Require.notNegativeMillis(fromMillis, "fromMillis");
        untilMillis = Require.notNegativeMillis(untilMillis, "untilMillis");
        if (untilMillis < fromMillis) {
            throw new IllegalArgumentException(
                    "untilMillis is " + untilMillis + ", must not be before fromMillis, " + fromMillis);
        }
    }
}
