package dev.kintsugi.features.cluster.embedded.network.http;

import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The parts of the messages that go one way, in their order; a message that is late holds up all behind it. */
final class Lane {

    private final Consumer<Object> next;
    private final Runnable changed;
    private final Deque<Object> held = new ArrayDeque<>();
    private boolean blocked;
    private boolean draining;

    /**
     * @param next takes each part when it is its turn
     * @param changed is told when the lane is no longer held up
     */
    Lane(Consumer<Object> next, Runnable changed) {
        this.next = next;
        this.changed = changed;
    }

    boolean isBlocked() {
        return blocked;
    }

    void offer(Object part) {
        held.add(part);
        drain();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        while (!blocked && !held.isEmpty()) {
            next.accept(held.remove());
        }
        draining = false;
    }

    /** Lets the lane go on after some time, with this first. At once, when there is no time to wait. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is not waited for
    void after(Duration delay, EventExecutor loop, Runnable first) {
        if (delay.isZero()) {
            first.run();
            return;
        }
        blocked = true;
        loop.schedule(
                () -> {
                    blocked = false;
                    first.run();
                    drain();
                    changed.run();
                },
                delay.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    void discard() {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }
}
