package dev.kintsugi.chaos.emulation.stressor;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Keeps one CPU busy for a share of the time, in slices of 20 ms. */
final class CpuBurner implements Runnable {
    private static final long SLICE_NANOS = 20_000_000;

    private final long busyNanos;

    private CpuBurner(long busyNanos) {
        this.busyNanos = busyNanos;
    }

    /**
     * Burners that together take {@code workers} times {@code loadPercent} of a CPU, or all of the machine where that is less. There
     * are no more of them than CPUs: what more threads would do, these do.
     */
    static List<CpuBurner> of(int workers, int loadPercent, int cpus) {
        int threads = Math.min(workers, cpus);
        if (threads == 0) {
            return List.of();
        }
        long wanted = SLICE_NANOS * loadPercent / 100 * workers / threads;
        return Collections.nCopies(threads, new CpuBurner(Math.min(SLICE_NANOS, wanted)));
    }

    /** How long this one is busy in each second, in nanoseconds. */
    long busyNanosPerSecond() {
        return busyNanos * (1_000_000_000 / SLICE_NANOS);
    }

    @Override
    public void run() {
        while (true) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < busyNanos) {
                Thread.onSpinWait();
            }
            long rest = start + SLICE_NANOS - System.nanoTime();
            if (rest > 0) {
                LockSupport.parkNanos(rest);
            }
        }
    }
}
