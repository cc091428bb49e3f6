package dev.kintsugi.sample;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Holds the fault of one kind that is on now: the one switched on last, until its time is over. */
final class Slot<F extends Fault> {

    private final Clock clock;
    private volatile @Nullable Active<F> current;

    Slot(Clock clock) {
        this.clock = clock;
    }

    void put(F fault, Duration duration) {
        current = new Active<>(fault, clock.instant().plus(duration), new AtomicLong());
    }

    void clear() {
        current = null;
    }

    Optional<Active<F>> now() {
        Active<F> active = current;
        return active == null || !clock.instant().isBefore(active.until) ? Optional.empty() : Optional.of(active);
    }

    /** @param requests how many requests the fault has judged so far */
    record Active<F extends Fault>(F fault, Instant until, AtomicLong requests) {

        long nextOrdinal() {
            return requests.getAndIncrement();
        }
    }
}
