package dev.kintsugi.chaos.emulation.orchestration;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a controller has decided.
 *
 * @param changes in the order in which they are to be done
 * @param nextLook when to look again even if nothing happens
 */
public record Outcome(List<Change> changes, Optional<Instant> nextLook) {
    public Outcome {
        changes = List.copyOf(changes);
    }

    static Outcome nothing() {
        return new Outcome(List.of(), Optional.empty());
    }

    /** The earlier of two times. */
    static Optional<Instant> earlier(Optional<Instant> a, Optional<Instant> b) {
        return a.isPresent() && b.isPresent() ? (a.get().isBefore(b.get()) ? a : b) : a.or(() -> b);
    }
}
