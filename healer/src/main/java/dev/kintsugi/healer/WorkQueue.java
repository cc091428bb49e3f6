package dev.kintsugi.healer;

import dev.kintsugi.healer.model.ObjectRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Targets that wait to be looked at, each at most once however often it is added; one timer per target; and the threads:
 * one that looks, and a few for what may take time.
 */
final class WorkQueue implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WorkQueue.class);
    private static final int EFFECT_THREADS = 16;
    private static final long LAST_EFFECTS_SECONDS = 3;

    private final Worker worker;
    private final Runnable failed;
    private final Map<String, Long> waiting = new ConcurrentHashMap<>();
    private final Map<String, Future<?>> timers = new HashMap<>();
    private final ScheduledThreadPoolExecutor thread;
    private final ExecutorService effects;
    private final Future<?> beat;
    private volatile long beatNanos = System.nanoTime();
    private @Nullable Future<?> nextSweep;

    /** Looks at a target. */
    interface Worker {
        /**
         * Looks at it.
         *
         * @param addedNanos when it was added, by {@link System#nanoTime()}
         */
        void look(ObjectRef target, long addedNanos);
    }

    /**
     * Begins at once.
     *
     * @param failed hears of each task that ended in an exception, which is a defect and ends nothing else
     */
    WorkQueue(Worker worker, Runnable failed) {
        this.worker = worker;
        this.failed = failed;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "healer-loop"));
        this.thread.setRemoveOnCancelPolicy(true);
        AtomicInteger number = new AtomicInteger();
        this.effects = Executors.newFixedThreadPool(
                EFFECT_THREADS, task -> daemon(task, "healer-effect-" + number.incrementAndGet()));
        this.beat = this.thread.scheduleAtFixedRate(() -> beatNanos = System.nanoTime(), 1, 1, TimeUnit.SECONDS);
    }

    /** Has a target looked at soon. From any thread. */
    void add(ObjectRef target) {
        if (waiting.putIfAbsent(target.uid(), System.nanoTime()) == null) {
            execute(() -> {
                Long added = waiting.remove(target.uid());
                worker.look(target, added == null ? System.nanoTime() : added);
            });
        }
    }

    /** Has a target looked at after some time, instead of when it was said before; null: not at all. Loop's thread only. */
    void addAfter(ObjectRef target, @Nullable Duration delay) {
        Future<?> before = timers.remove(target.uid());
        if (before != null) {
            before.cancel(false);
        }
        if (delay != null) {
            timers.put(
                    target.uid(),
                    schedule(
                            () -> {
                                timers.remove(target.uid());
                                add(target);
                            },
                            delay));
        }
    }

    /** Has everything looked at after some time, instead of when it was said before. Loop's thread only. */
    void sweepAfter(Duration delay, Runnable sweep) {
        if (nextSweep != null) {
            nextSweep.cancel(false);
        }
        nextSweep = schedule(sweep, delay);
    }

    /** Runs on the loop's thread. */
    void execute(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    /** Runs beside it. */
    void effect(Runnable task) {
        try {
            effects.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    /** How many targets wait. */
    int depth() {
        return waiting.size();
    }

    /** How long the loop's thread has not come round. */
    Duration stalledFor() {
        return Duration.ofNanos(System.nanoTime() - beatNanos);
    }

    /** Starts nothing more; lets effects under way come to their end, for three seconds. */
    @Override
    public void close() {
        beat.cancel(false);
        thread.shutdownNow();
        effects.shutdown();
        try {
            if (!effects.awaitTermination(LAST_EFFECTS_SECONDS, TimeUnit.SECONDS)) {
                effects.shutdownNow();
            }
        } catch (InterruptedException e) {
            effects.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private Future<?> schedule(Runnable task, Duration delay) {
        return thread.schedule(guarded(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failed.run();
                log.error("a defect of the healer; it goes on", e);
            }
        };
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
