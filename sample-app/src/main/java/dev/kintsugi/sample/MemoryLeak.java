package dev.kintsugi.sample;

import java.util.List;

/**
 * Memory that grows and stays: outside the heap, written to, so that it is resident and counted against the container.
 *
 * @param bytesPerSecond how fast it grows
 * @param limitBytes at how many bytes it stops; they stay held until reset
 */
record MemoryLeak(long bytesPerSecond, long limitBytes) implements Fault {

    private static final Parameter<Long> RATE =
            Parameter.size("rate", "how much more memory is held each second", "1KiB", "1GiB", "10MiB");
    private static final Parameter<Long> LIMIT =
            Parameter.size("limit", "how much is held in the end", "1KiB", "15GiB", "1GiB");

    static final Kind KIND = new Kind(
            "memory-leak",
            "holds ever more resident memory outside the heap, up to a limit",
            List.of(RATE, LIMIT),
            given -> new MemoryLeak(given.get(RATE), given.get(LIMIT)));

    @Override
    public void switchOn(Effects effects) {
        effects.leak().grow(this);
    }
}
