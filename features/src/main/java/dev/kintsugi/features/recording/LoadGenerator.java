package dev.kintsugi.features.recording;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Open-loop load: requests leave at a fixed rate whatever becomes of the ones before, and each latency counts from the instant
 * the request was due.
 */
final class LoadGenerator implements AutoCloseable {

    private final Line line;
    private final long periodNanos;
    private final MonotonicClock clock;
    private final Consumer<Request> sink;
    private final AtomicLong worstLagNanos = new AtomicLong();
    private final Thread pacer;
    private volatile boolean open = true;

    /**
     * Begins to send.
     *
     * @param line which it closes
     */
    LoadGenerator(Line line, String name, int perSecond, MonotonicClock clock, Consumer<Request> sink) {
        this.line = line;
        this.clock = clock;
        this.sink = sink;
        this.periodNanos = 1_000_000_000L / perSecond;
        this.pacer = new Thread(this::pace, "load-" + name);
        pacer.setDaemon(true);
        pacer.start();
    }

    /** How late the worst request left, against its due time: the generator's own error. */
    Duration worstLag() {
        return Duration.ofNanos(worstLagNanos.get());
    }

    private void pace() {
        long due = clock.nanos();
        while (open) {
            long now = clock.nanos();
            if (now < due) {
                LockSupport.parkNanos(due - now);
                continue;
            }
            worstLagNanos.accumulateAndGet(now - due, Math::max);
            send(due, now);
            due += periodNanos;
        }
    }

    private void send(long intended, long sent) {
        line.send(reply -> {
            long now = clock.nanos();
            if (open) {
                sink.accept(new Request(
                        intended, sent, now, reply.status(), reply.error(), reply.servedBy(), reply.altered()));
            }
        });
    }

    @Override
    public void close() {
        open = false;
        LockSupport.unpark(pacer);
        line.close();
    }
}
