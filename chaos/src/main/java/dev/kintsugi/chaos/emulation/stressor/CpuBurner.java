package dev.kintsugi.chaos.emulation.stressor;

import java.util.concurrent.locks.LockSupport;

/** Keeps one CPU busy for a share of the time, in slices of 20 ms. */
final class CpuBurner implements Runnable {
    private static final long SLICE_NANOS = 20_000_000;

    private final long busyNanos;

    CpuBurner(int loadPercent) {
        this.busyNanos = SLICE_NANOS * loadPercent / 100;
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
