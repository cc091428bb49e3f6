package dev.kintsugi.sample;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Keeps CPUs busy: each thread computes for its share of every tenth of a second and rests for the remainder. */
final class CpuBurner {

    private static final long SLICE_NANOS = 100_000_000L;

    private final AtomicReference<@Nullable CpuLoad> current = new AtomicReference<>();
    private final AtomicLong running = new AtomicLong();

    /** What the threads compute; kept, so that the computation cannot be optimised away. */
    @SuppressWarnings("unused")
    private volatile long result;

    /** Takes the place of a load that is still on. */
    void burn(CpuLoad load) {
        current.set(load);
        for (int i = 0; i < load.threads(); i++) {
            Thread thread = new Thread(() -> run(load), "cpu-load-" + i);
            thread.setDaemon(true);
            running.incrementAndGet();
            thread.start();
        }
    }

    void stop() {
        current.set(null);
    }

    boolean isBurning() {
        return current.get() != null && running.get() > 0;
    }

    @SuppressWarnings("ReferenceEquality") // two equal loads are still two loads
    private void run(CpuLoad load) {
        long busyNanos = SLICE_NANOS * load.loadPercent() / 100;
        long end = System.nanoTime() + load.duration().toNanos();
        for (long now = System.nanoTime(); current.get() == load && now < end; now = System.nanoTime()) {
            long rest = now + SLICE_NANOS;
            long x = now | 1;
            while (System.nanoTime() - now < busyNanos) {
                for (int i = 0; i < 1_000; i++) {
                    x ^= x << 13;
                    x ^= x >>> 7;
                    x ^= x << 17;
                }
            }
            result = x;
            LockSupport.parkNanos(Math.max(0, rest - System.nanoTime()));
        }
        running.decrementAndGet();
    }
}
