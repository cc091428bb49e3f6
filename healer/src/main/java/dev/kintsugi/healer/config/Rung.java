package dev.kintsugi.healer.config;

import dev.kintsugi.healer.model.Treatment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One rung of a ladder: what to do, how often, and how long to wait after each time before something is done again.
 *
 * @param treatment what to do
 * @param attempts how often at most, 1 to 20; null: {@code max_attempts}
 * @param delay after the first attempt, 1 to 3600 s; null: {@code attempt_delay}
 * @param backoff the factor by which the delay grows with each further attempt, 1 to 10
 * @param maxDelay what it does not grow beyond, 1 to 3600 s
 * @param jitter the share of the delay, 0 to 1, of which up to all is added at random
 * @param unlessRepeating whether it is passed over for a container that restarts more often than it may
 */
public record Rung(
        Treatment treatment,
        @Nullable Integer attempts,
        @Nullable Duration delay,
        double backoff,
        Duration maxDelay,
        double jitter,
        boolean unlessRepeating) {

    static final double BACKOFF = 2;
    static final Duration MAX_DELAY = Duration.ofMinutes(5);
    static final double JITTER = 0.1;

    /**
     * How long to wait after an attempt on this rung: {@code delay × backoff^(attempt − 1)}, at most {@code maxDelay},
     * and of that up to the share {@code jitter} more, never less.
     *
     * @param attempt the how-manieth on this rung, from 1
     * @param seed the same seed and attempt give the same jitter, so that a restarted healer waits as long
     */
    public Duration delayAfter(int attempt, String seed, HealerConfig config) {
        double first = (double) (delay == null ? config.attemptDelay() : delay).toMillis();
        double grown =
                Math.min(first * Math.pow(backoff, attempt - 1.0), Math.max(first, (double) maxDelay.toMillis()));
        return Duration.ofMillis((long) (grown * (1 + jitter * fraction(seed + "/" + attempt))));
    }

    /** How often it is tried. */
    public int attempts(HealerConfig config) {
        return attempts == null ? config.maxAttempts() : attempts;
    }

    /** A number from 0 (included) to 1 (excluded) that looks random. */
    private static double fraction(String seed) {
        long bits =
                UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).getLeastSignificantBits();
        return (double) (bits & 0xFFFF_FFFFL) * 0x1.0p-32;
    }
}
