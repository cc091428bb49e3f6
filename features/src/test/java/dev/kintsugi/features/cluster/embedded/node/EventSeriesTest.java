package dev.kintsugi.features.cluster.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EventSeriesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final EventSeries series = new EventSeries();

    @Test
    void repetitionRaisesTheCountOfTheSameEvent() {
        EventSeries.Entry first = series.occurred(key("a"), "web", START).orElseThrow();
        EventSeries.Entry second =
                series.occurred(key("a"), "web", START.plusSeconds(9)).orElseThrow();
        EventSeries.Entry other = series.occurred(key("b"), "web", START).orElseThrow();
        assertThat(first.name()).startsWith("web.");
        assertThat(second).isEqualTo(new EventSeries.Entry(first.name(), 2, START, START.plusSeconds(9)));
        assertThat(other.count()).isEqualTo(1);
        assertThat(other.name()).isNotEqualTo(first.name());
    }

    @Test
    void recording06OneObjectHas25EventsAndThenOneMoreEveryFiveMinutes() {
        for (int i = 0; i < EventSeries.BURST; i++) {
            assertThat(series.occurred(key("a"), "web", START)).isPresent();
        }
        assertThat(series.occurred(key("a"), "web", START)).isEmpty();
        assertThat(series.occurred(
                        key("a"), "web", START.plus(EventSeries.REFILL).minusMillis(1)))
                .isEmpty();
        assertThat(series.occurred(key("a"), "web", START.plus(EventSeries.REFILL)))
                .map(EventSeries.Entry::count)
                .isEqualTo(Optional.of(EventSeries.BURST + 1));
    }

    @Test
    void forgottenEventBeginsAnew() {
        var unused = series.occurred(key("a"), "web", START);
        series.forget(key("a"));
        assertThat(series.occurred(key("a"), "web", START))
                .map(EventSeries.Entry::count)
                .isEqualTo(Optional.of(1));
    }

    private static EventSeries.Key key(String message) {
        return new EventSeries.Key("node1", "uid", true, "Unhealthy", message, "spec.containers{web}");
    }
}
