package dev.kintsugi.chaos.emulation.stressor;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Keeps one CPU busy for a share of the time, in slices of 20 ms. */
final class CpuBurner implements Runnable {
    private static final long SLICE_NANOS = 20_000_000;
    private static final long SPIN_NANOS = 100_000;
    /** What it could not get for longer than this is not made up for. */
    private static final long MOST_OWED_NANOS = 1_000_000_000;

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

    /** Counts the CPU time that it got, so that on a busy machine it makes up for the slices in which it had to wait. */
    @Override
    public void run() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long spent = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        while (true) {
            long until = spent + busyNanos;
            while (threads.getCurrentThreadCpuTime() < until) {
                spin();
            }
            long now = System.nanoTime();
            start = Math.max(start + SLICE_NANOS, now - MOST_OWED_NANOS);
            spent = until;
            if (start > now) {
                LockSupport.parkNanos(start - now);
            }
        }
    }

    private static void spin() {
        long end = System.nanoTime() + SPIN_NANOS;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
