package dev.kintsugi.sample;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where requests wait while the app hangs; they hold no thread. */
final class HangGate {

    private final AtomicInteger waiting = new AtomicInteger();
    private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    /** Whoever waits already waits until this hang is over. */
    void shut(Duration duration) {
        replace(new CompletableFuture<Void>().completeOnTimeout(null, duration.toMillis(), TimeUnit.MILLISECONDS));
    }

    void open() {
        replace(CompletableFuture.completedFuture(null));
    }

    boolean isShut() {
        return !gate.isDone();
    }

    /** How many requests wait here. */
    int waiting() {
        return waiting.get();
    }

    /** Done at once, or when no hang is on any more. */
    CompletableFuture<Void> pass() {
        CompletableFuture<Void> current = gate;
        if (current.isDone()) {
            return current;
        }
        waiting.incrementAndGet();
        return current.whenComplete((done, never) -> waiting.decrementAndGet()).thenCompose(done -> pass());
    }

    private void replace(CompletableFuture<Void> next) {
        CompletableFuture<Void> before;
        synchronized (this) {
            before = gate;
            gate = next;
        }
        before.complete(null);
    }
}
