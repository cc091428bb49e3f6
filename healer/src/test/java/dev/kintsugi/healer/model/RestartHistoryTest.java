package dev.kintsugi.healer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RestartHistoryTest {

    private static final Instant T0 = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration WINDOW = Duration.ofMinutes(5);

    @Test
    void lifetimeRestartsOfAPodSeenForTheFirstTimeCountOnlyAsTheLastOne() {
        RestartHistory history =
                RestartHistory.NONE.after(List.of(container(40, new Termination("Error", 1, T0.minusSeconds(10)))), T0);
        assertThat(history.within(WINDOW, T0)).isEqualTo(1);
        assertThat(history.counts()).containsEntry("app", 40);
    }

    @Test
    void eachIncreaseIsARestartAtTheTimeItWasSeen() {
        RestartHistory history = RestartHistory.NONE
                .after(List.of(container(0, null)), T0)
                .after(List.of(container(1, null)), T0.plusSeconds(10))
                .after(List.of(container(1, null)), T0.plusSeconds(20))
                .after(List.of(container(3, null)), T0.plusSeconds(30));
        assertThat(history.restarts()).containsExactly(T0.plusSeconds(10), T0.plusSeconds(30), T0.plusSeconds(30));
    }

    @Test
    void restartLeavesTheWindowOneMillisecondAfterItsEnd() {
        RestartHistory history =
                RestartHistory.NONE.after(List.of(container(0, null)), T0).after(List.of(container(1, null)), T0);
        assertThat(history.within(WINDOW, T0.plus(WINDOW))).isEqualTo(1);
        assertThat(history.within(WINDOW, T0.plus(WINDOW).plusMillis(1))).isZero();
    }

    @Test
    void neverGrowsBeyondItsCapacity() {
        RestartHistory history = RestartHistory.NONE.after(List.of(container(0, null)), T0);
        for (int i = 1; i <= 100; i++) {
            history = history.after(List.of(container(i, null)), T0.plusSeconds(i));
        }
        assertThat(history.restarts()).hasSize(32).endsWith(T0.plusSeconds(100));
    }

    private static ContainerState container(int restarts, @Nullable Termination last) {
        return new ContainerState("app", true, restarts, null, T0, null, last);
    }
}
