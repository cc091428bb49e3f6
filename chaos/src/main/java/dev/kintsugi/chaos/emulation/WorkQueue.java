package dev.kintsugi.chaos.emulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Work by key: many keys at once, one key never twice at once. A key that is asked for while it is at work comes round again
 * afterwards; one that is asked for several times while it waits comes round once, at the earliest of the times.
 */
final class WorkQueue<K> implements AutoCloseable {
    private final ScheduledExecutorService workers;
    private final Consumer<K> work;
    private final Map<K, ScheduledFuture<?>> waiting = new HashMap<>();
    private final Set<K> working = new HashSet<>();
    private final Set<K> again = new HashSet<>();

    WorkQueue(String name, int threads, Consumer<K> work) {
        AtomicInteger number = new AtomicInteger();
        this.workers = Executors.newScheduledThreadPool(threads, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.work = work;
    }

    /** Asks for a key to be worked on after a while. */
    synchronized void add(K key, Duration delay) {
        if (workers.isShutdown()) {
            return;
        }
        if (working.contains(key) && delay.isZero()) {
            again.add(key);
            return;
        }
        ScheduledFuture<?> before = waiting.get(key);
        long nanos = Math.max(0, delay.toNanos());
        if (before != null) {
            if (before.getDelay(TimeUnit.NANOSECONDS) <= nanos) {
                return;
            }
            before.cancel(false);
        }
        waiting.put(key, workers.schedule(() -> run(key), nanos, TimeUnit.NANOSECONDS));
    }

    private void run(K key) {
        synchronized (this) {
            waiting.remove(key);
            if (!working.add(key)) {
                again.add(key);
                return;
            }
        }
        try {
            work.accept(key);
        } finally {
            done(key);
        }
    }

    private synchronized void done(K key) {
        working.remove(key);
        if (again.remove(key)) {
            add(key, Duration.ZERO);
        }
    }

    /** Ends, and waits a moment for the work in hand. */
    @Override
    public void close() {
        synchronized (this) {
            workers.shutdownNow();
        }
        try {
            workers.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
