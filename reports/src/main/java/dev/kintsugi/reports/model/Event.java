package dev.kintsugi.reports.model;

/**
 * Something worth knowing that happened during a scenario.
 *
 * @param atMillis when the news was received, in milliseconds since the injection was requested; negative before it
 * @param source who said so, such as {@code healer}, {@code kubernetes}, {@code chaos} or {@code runner}
 * @param text what happened
 */
public record Event(double atMillis, String source, String text) {

    public Event {
        atMillis = Require.millis(atMillis, "atMillis");
        Require.text(source, "source");
        Require.present(text, "text");
    }
}
