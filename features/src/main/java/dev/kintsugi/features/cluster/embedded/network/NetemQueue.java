package dev.kintsugi.features.cluster.embedded.network;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** The kernel's netem (net/sched/sch_netem.c, netem_enqueue), with the queue of 1000 packets that tc gives it. */
final class NetemQueue extends Discipline {

    private static final int MOST_PACKETS = 1000;
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LinkFault.Netem fault;
    private final SplittableRandom random;
    private final Draw loss;
    private final Draw duplicate;
    private final Draw corrupt;
    private final Draw reorder;
    private final Draw jitter;
    /** When the packets that were let in leave. */
    private final PriorityQueue<Long> waiting = new PriorityQueue<>();

    private long lastLeaves = Long.MIN_VALUE;
    private int sinceSpared;

    NetemQueue(LinkFault.Netem fault, SplittableRandom random) {
        this.fault = fault;
        this.random = random;
        this.loss = new Draw(fault.loss());
        this.duplicate = new Draw(fault.duplicate());
        this.corrupt = new Draw(fault.corrupt());
        this.reorder = new Draw(fault.delay().reorder());
        this.jitter = new Draw(new LinkFault.Chance(0, fault.delay().correlation()));
    }

    /** A packet that is to be doubled and lost goes on once; the second copy takes its own chances, but is not doubled again. */
    @Override
    void enqueue(int size, long now, LongConsumer leaves) {
        boolean doubled = duplicate.hits();
        boolean lost = loss.hits();
        if (doubled && !lost) {
            duplicated();
            if (loss.hits()) {
                dropped();
            } else {
                queue(size, now, leaves);
            }
        } else if (lost && !doubled) {
            dropped();
            return;
        }
        queue(size, now, leaves);
    }

    private void queue(int size, long now, LongConsumer leaves) {
        boolean damaged = corrupt.hits();
        while (!waiting.isEmpty() && waiting.element() <= now) {
            waiting.remove();
        }
        if (waiting.size() >= MOST_PACKETS) {
            dropped();
            return;
        }
        long at = isSpared() ? now : now + delay(size, now);
        if (at > now) {
            waiting.add(at);
            heldBack(at - now);
        }
        if (damaged) {
            corrupted();
        } else {
            leaves.accept(at);
        }
    }

    /** "Do re-ordering by putting one out of N packets at the front of the queue." */
    private boolean isSpared() {
        LinkFault.Delay delay = fault.delay();
        if (delay.reorder().share() == 0 || sinceSpared < delay.gap() - 1 || !reorder.hits()) {
            sinceSpared++;
            return false;
        }
        sinceSpared = 0;
        return true;
    }

    /** With a rate, a packet follows the last one in the queue, and what that waits counts as part of its own delay. */
    private long delay(int size, long now) {
        long delay = latency();
        if (fault.bytesPerSecond() > 0) {
            long start = Math.max(now, lastLeaves);
            delay = Math.max(0, delay - (start - now));
            delay += start - now + Math.round(size * NANOS_PER_SECOND / fault.bytesPerSecond());
        }
        lastLeaves = Math.max(lastLeaves, now + delay);
        return delay;
    }

    private long latency() {
        LinkFault.Delay delay = fault.delay();
        double spread = delay.jitter().isZero() ? 0 : 2 * jitter.next() - 1;
        double nanos = delay.latency().toNanos() + spread * delay.jitter().toNanos();
        return Math.max(0, Math.round(nanos));
    }

    /** netem's {@code get_crandom}: a weighted mean of a fresh draw and the last answer, the correlation being the weight. */
    private final class Draw {
        private final LinkFault.Chance chance;
        private double last;

        Draw(LinkFault.Chance chance) {
            this.chance = chance;
            this.last = random.nextDouble();
        }

        double next() {
            last = random.nextDouble() * (1 - chance.correlation()) + last * chance.correlation();
            return last;
        }

        boolean hits() {
            return chance.share() > 0 && next() < chance.share();
        }
    }
}
