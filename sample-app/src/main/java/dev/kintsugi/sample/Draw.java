package dev.kintsugi.sample;

import java.util.SplittableRandom;

/**
 * Which requests a fault hits, when it hits only a share of them.
 *
 * @param share from 0 to 1
 * @param seed decides which; the same seed hits the same requests, counted from when the fault was switched on
 */
record Draw(double share, long seed) {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    boolean hits(long ordinal) {
        return new SplittableRandom(seed + GOLDEN_GAMMA * (ordinal + 1)).nextDouble() < share;
    }
}
