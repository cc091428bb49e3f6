package dev.kintsugi.sample;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where requests wait while the app hangs; they hold no thread. */
final class HangGate {

    private final AtomicInteger waiting = new AtomicInteger();
    private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    synchronized void shut(Duration duration) {
        CompletableFuture<Void> before = gate;
        gate = new CompletableFuture<Void>().completeOnTimeout(null, duration.toMillis(), TimeUnit.MILLISECONDS);
        gate.whenComplete((done, never) -> before.complete(null));
    }

    synchronized void open() {
        gate.complete(null);
    }

    synchronized boolean isShut() {
        return !gate.isDone();
    }

    /** How many requests wait here. */
    int waiting() {
        return waiting.get();
    }

    /** Done at once, or when the hang is over. */
    CompletableFuture<Void> pass() {
        CompletableFuture<Void> current;
        synchronized (this) {
            current = gate;
        }
        if (current.isDone()) {
            return current;
        }
        waiting.incrementAndGet();
        return current.whenComplete((done, never) -> waiting.decrementAndGet());
    }
}
