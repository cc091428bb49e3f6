package dev.kintsugi.features.cluster.embedded.node;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Gives out pod addresses from blocks of the pod range, in an order that the seed decides. An address that was given back is not used
 * again for a minute while others are left, so that a late packet or a stale endpoint does not meet another pod.
 */
final class PodAddresses implements AutoCloseable {

    private static final int BLOCK_PREFIX = 24;
    private static final Duration REST = Duration.ofMinutes(1);

    private record Returned(String address, Instant at) {}

    private final String range;
    private final long seed;
    private final InstantSource clock;
    private final List<LoopbackBlock> blocks = new ArrayList<>();
    private final Deque<String> fresh = new ArrayDeque<>();
    private final Deque<Returned> returned = new ArrayDeque<>();

    PodAddresses(String range, long seed, InstantSource clock) {
        this.range = range;
        this.seed = seed;
        this.clock = clock;
    }

    /**
     * An address that no other pod has.
     *
     * @throws IllegalStateException when all addresses of the range are taken, here or by other clusters of this machine
     */
    synchronized String take() {
        Returned oldest = returned.peek();
        boolean rested =
                oldest != null && Duration.between(oldest.at(), clock.instant()).compareTo(REST) >= 0;
        if (fresh.isEmpty() && !rested) {
            Optional<LoopbackBlock> block = LoopbackBlock.claim(range, BLOCK_PREFIX, seed);
            block.ifPresent(blocks::add);
            block.ifPresent(claimed -> fresh.addAll(claimed.addresses()));
        }
        if (!fresh.isEmpty()) {
            return fresh.remove();
        }
        if (oldest == null) {
            throw new IllegalStateException("no pod address is left in " + range);
        }
        return returned.remove().address();
    }

    synchronized void giveBack(String address) {
        returned.add(new Returned(address, clock.instant()));
    }

    /** The address that the process inside the pod with this address listens on: one /16 further. */
    static String inside(String podIp) {
        String[] parts = podIp.split("\\.", -1);
        return parts[0] + "." + (Integer.parseInt(parts[1]) + 1) + "." + parts[2] + "." + parts[3];
    }

    @Override
    public synchronized void close() {
        blocks.forEach(LoopbackBlock::close);
        blocks.clear();
        fresh.clear();
        returned.clear();
    }
}
