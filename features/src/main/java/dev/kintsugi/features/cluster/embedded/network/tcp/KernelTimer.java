package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.concurrent.TimeUnit;

/** When a timer of the Linux kernel goes off: it counts in jiffies, and coarser the further away it is. */
final class KernelTimer {

    /** CONFIG_HZ=250, the default of the kernel and of most distributions. */
    static final long JIFFY_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private static final int BITS_PER_LEVEL = 3;
    private static final long SLOTS = 64;

    private KernelTimer() {}

    /**
     * The instant at which a timer armed at {@code now} for {@code timeout} goes off: never early, and late by up to one slot
     * of the timer wheel, which is 1 jiffy for less than 63 jiffies, 8 for less than 504, 64 for less than 4032, and so on
     * (kernel/time/timer.c, calc_index).
     */
    static long expiry(long now, long timeout) {
        long delta = Math.max(1, -Math.floorDiv(-timeout, JIFFY_NANOS));
        long expires = Math.floorDiv(now, JIFFY_NANOS) + delta;
        int shift = 0;
        while (delta >= (SLOTS - 1) << shift) {
            shift += BITS_PER_LEVEL;
        }
        return (((expires >> shift) + 1) << shift) * JIFFY_NANOS;
    }
}
