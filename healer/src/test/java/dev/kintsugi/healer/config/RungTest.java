package dev.kintsugi.healer.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.model.Treatment;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RungTest {

    @Test
    void delaysGrowByTheirFactorUpToTheirLimit() {
        Rung rung = rung(Duration.ofSeconds(30), 0);
        assertThat(IntStream.rangeClosed(1, 6)
                        .mapToObj(attempt -> rung.delayAfter(attempt, "seed", HealerConfig.DEFAULTS)
                                .toSeconds()))
                .containsExactly(30L, 60L, 120L, 240L, 300L, 300L);
    }

    @Test
    void aDelayBeyondTheLimitStaysWhatItIs() {
        Rung rung = rung(Duration.ofMinutes(10), 0);
        assertThat(rung.delayAfter(3, "seed", HealerConfig.DEFAULTS)).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void jitterOnlyAddsAndTheSameSeedAddsTheSame() {
        Rung rung = rung(Duration.ofSeconds(100), 0.5);
        var delays = IntStream.range(0, 200)
                .mapToObj(seed -> rung.delayAfter(1, "incident-" + seed, HealerConfig.DEFAULTS))
                .collect(Collectors.toSet());
        assertThat(delays)
                .allSatisfy(delay -> assertThat(delay).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(150)))
                .hasSizeGreaterThan(150);
        assertThat(delays.stream().mapToLong(Duration::toMillis).average().orElse(0))
                .isBetween(120_000.0, 130_000.0);
        assertThat(rung.delayAfter(1, "a", HealerConfig.DEFAULTS))
                .isEqualTo(rung.delayAfter(1, "a", HealerConfig.DEFAULTS));
    }

    @Test
    void whatARungDoesNotSayIsSaidByTheSettings() {
        HealerConfig config = HealerConfig.of(Map.of("attempt_delay", "7", "max_attempts", "4"));
        assertThat(rung(null, 0).delayAfter(2, "seed", config)).isEqualTo(Duration.ofSeconds(14));
        assertThat(rung(null, 0).attempts(config)).isEqualTo(4);
    }

    private static Rung rung(@Nullable Duration delay, double jitter) {
        return new Rung(Treatment.RESTART_POD, null, delay, Rung.BACKOFF, Rung.MAX_DELAY, jitter, false);
    }
}
