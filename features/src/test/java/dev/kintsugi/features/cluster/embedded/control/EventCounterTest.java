package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventCounterTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final EventCounter counter = new EventCounter();

    @Test
    void equalEventsAreCountedOnOneObject() {
        EventCounter.Counted first = count("a", START);
        EventCounter.Counted second = count("a", START.plusSeconds(1));
        EventCounter.Counted other = count("b", START.plusSeconds(1));

        assertThat(first.count()).isEqualTo(1);
        assertThat(second.count()).isEqualTo(2);
        assertThat(second.key()).isEqualTo(first.key());
        assertThat(other.count()).isEqualTo(1);
        assertThat(other.key()).isNotEqualTo(first.key());
    }

    @Test
    void eleventhDifferentMessageWithinTenMinutesIsCombined() {
        for (int i = 0; i < 10; i++) {
            assertThat(count("message " + i, START).message()).isEqualTo("message " + i);
        }

        EventCounter.Counted eleventh = count("message 10", START);
        EventCounter.Counted twelfth = count("message 11", START);

        assertThat(eleventh.message()).isEqualTo("(combined from similar events): message 10");
        assertThat(twelfth.key()).isEqualTo(eleventh.key());
        assertThat(twelfth.count()).isEqualTo(2);
        assertThat(count("message 3", START).message()).isEqualTo("message 3");
    }

    @Test
    void messagesAreNoLongerSimilarMoreThanTenMinutesLater() {
        for (int i = 0; i < 10; i++) {
            count("message " + i, START);
        }

        Instant later = START.plus(Duration.ofMinutes(10)).plusMillis(1);

        assertThat(count("message 10", later).message()).isEqualTo("message 10");
    }

    @Test
    void afterABurstOfTwentyFiveOneEventEveryFiveMinutesIsWritten() {
        for (int i = 0; i < 25; i++) {
            count("same", START);
        }

        assertThat(counter.count(tell("same", null), START)).isEmpty();
        assertThat(counter.count(
                        tell("same", null), START.plus(Duration.ofMinutes(5)).minusMillis(1)))
                .isEmpty();
        assertThat(count("same", START.plus(Duration.ofMinutes(5)).plusMillis(1))
                        .count())
                .isEqualTo(26);
    }

    @Test
    void eventsOfTheNewerWayAreCountedWithoutLimit() {
        for (int i = 1; i <= 40; i++) {
            assertThat(counter.count(tell("no room", "Scheduling"), START))
                    .get()
                    .extracting(EventCounter.Counted::count)
                    .isEqualTo(i);
        }
    }

    @Test
    void forgottenEventStartsFromOneAgain() {
        count("a", START);
        counter.forget(count("a", START));

        assertThat(count("a", START).count()).isEqualTo(1);
    }

    private EventCounter.Counted count(String message, Instant now) {
        return counter.count(tell(message, null), now).orElseThrow();
    }

    private static Write.Tell tell(String message, @org.jspecify.annotations.Nullable String action) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("web")
                .withUid("u1")
                .endMetadata()
                .build();
        return new Write.Tell(pod, "replicaset-controller", true, "FailedCreate", message, action);
    }
}
