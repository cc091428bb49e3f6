package dev.kintsugi.features.cluster.embedded.network;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The kernel's token bucket filter (net/sched/sch_tbf.c): packets leave in order, each when there are tokens for all of it. Tokens
 * are counted in the time that they take to come in.
 */
final class TokenBucket extends Discipline {

    private record Waiting(long leavesAt, int size) {}

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LinkFault.Bandwidth fault;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private double tokens;
    private double peakTokens;
    private long counted = Long.MIN_VALUE;

    TokenBucket(LinkFault.Bandwidth fault) {
        this.fault = fault;
        this.tokens = full();
        this.peakTokens = peakFull();
    }

    @Override
    void enqueue(int size, long now, LongConsumer leaves) {
        while (!waiting.isEmpty() && waiting.element().leavesAt() <= now) {
            waitingBytes -= waiting.remove().size();
        }
        if (size > largest() || waitingBytes + size > fault.limitBytes()) {
            dropped();
            return;
        }
        long at = leave(size, Math.max(now, counted));
        if (at > now) {
            waiting.add(new Waiting(at, size));
            waitingBytes += size;
            heldBack(at - now);
        }
        leaves.accept(at);
    }

    /** Takes the tokens for a packet that is at the head of the queue from {@code start} on; returns when they are there. */
    private long leave(int size, long start) {
        long passed = counted == Long.MIN_VALUE ? 0 : start - counted;
        double have = Math.min(full(), tokens + passed) - time(size, fault.bytesPerSecond());
        double missing = Math.max(0, -have);
        double peakHave = 0;
        if (hasPeak()) {
            peakHave = Math.min(peakFull(), peakTokens + passed) - time(size, fault.peakBytesPerSecond());
            missing = Math.max(missing, -peakHave);
        }
        long wait = (long) Math.ceil(missing);
        tokens = Math.min(full(), have + wait);
        peakTokens = Math.min(peakFull(), peakHave + wait);
        counted = start + wait;
        return counted;
    }

    private long largest() {
        return hasPeak() ? Math.min(fault.bufferBytes(), fault.peakBufferBytes()) : fault.bufferBytes();
    }

    private boolean hasPeak() {
        return fault.peakBytesPerSecond() > 0;
    }

    private double full() {
        return time(fault.bufferBytes(), fault.bytesPerSecond());
    }

    private double peakFull() {
        return hasPeak() ? time(fault.peakBufferBytes(), fault.peakBytesPerSecond()) : 0;
    }

    private static double time(long size, long bytesPerSecond) {
        return size * NANOS_PER_SECOND / bytesPerSecond;
    }
}
