package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one loop on one thread: a queue of keys in which each key is once, at its earliest time. A key whose writes failed is looked at
 * again after 5 ms, doubled by each further failure up to 5 s.
 */
final class LoopWorker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LoopWorker.class);
    private static final long FIRST_BACK_OFF_MILLIS = 5;
    private static final int MAX_DOUBLINGS = 10;

    private record Entry(long dueNanos, Future<?> task) {}

    private final Loop loop;
    private final World world;
    private final Writer writer;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor thread;
    private final Map<Key, Entry> queue = new HashMap<>();
    private final Map<Key, Integer> failures = new HashMap<>();
    private final CountDownLatch begun = new CountDownLatch(1);

    LoopWorker(Loop loop, World world, Writer writer, InstantSource clock) {
        this.loop = loop;
        this.world = world;
        this.writer = writer;
        this.clock = clock;
        this.thread = Threads.single("loop-" + loop.name());
    }

    /** From now on it looks; until then it only queues. */
    void begin() {
        begun.countDown();
    }

    /** Queues what a change of some object affects. */
    void changed(Change change) {
        loop.affected(change, world).forEach(key -> add(key, loop.gathers(change)));
    }

    private void add(Key key, Duration delay) {
        synchronized (queue) {
            long due = System.nanoTime() + delay.toNanos();
            Entry present = queue.get(key);
            if (present != null) {
                if (present.dueNanos() - due <= 0) {
                    return;
                }
                present.task().cancel(false);
            }
            try {
                queue.put(key, new Entry(due, thread.schedule(() -> look(key), delay.toNanos(), TimeUnit.NANOSECONDS)));
            } catch (RejectedExecutionException closing) {
                LOG.debug("Loop {} is closing, {} is not looked at", loop.name(), key);
            }
        }
    }

    private void look(Key key) {
        try {
            begun.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return;
        }
        synchronized (queue) {
            queue.remove(key);
        }
        try {
            Reaction reaction = loop.look(key, world, clock.instant());
            for (Write write : reaction.writes()) {
                execute(key, write);
            }
            failures.remove(key);
            Duration next = reaction.nextLook();
            if (next != null) {
                add(key, next.isNegative() ? Duration.ZERO : next);
            }
        } catch (RuntimeException e) {
            retry(key, e);
        }
    }

    private void execute(Key key, Write write) {
        try {
            writer.execute(write);
        } catch (KubernetesClientException e) {
            if (!isStale(e) && !isOfDyingNamespace(e) && e.getCode() != 0) {
                String why = Writer.message(e);
                loop.refused(key, write, why, world, clock.instant()).forEach(writer::execute);
            }
            throw e;
        }
    }

    private void retry(Key key, RuntimeException cause) {
        if (thread.isShutdown()) {
            return;
        }
        if (isOfDyingNamespace(cause)) {
            LOG.debug("Loop {}: {} is left alone: {}", loop.name(), key, cause.getMessage());
            return;
        }
        int failed = failures.merge(key, 1, Integer::sum);
        add(key, Duration.ofMillis(FIRST_BACK_OFF_MILLIS << Math.min(failed - 1, MAX_DOUBLINGS)));
        if (isStale(cause)) {
            LOG.debug("Loop {}: {} had changed meanwhile: {}", loop.name(), key, cause.getMessage());
        } else if (cause instanceof KubernetesClientException) {
            LOG.warn("Loop {}: {} is tried again: {}", loop.name(), key, cause.getMessage());
        } else {
            LOG.error("Loop {}: {} is tried again", loop.name(), key, cause);
        }
    }

    /** Nothing can be created there any more, so that trying again is of no use. */
    private static boolean isOfDyingNamespace(Throwable cause) {
        return cause instanceof KubernetesClientException refused
                && refused.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                && String.valueOf(refused.getMessage()).contains("because it is being terminated");
    }

    private static boolean isStale(@Nullable Throwable cause) {
        return cause instanceof KubernetesClientException refused
                && (refused.getCode() == HttpURLConnection.HTTP_CONFLICT
                        || refused.getCode() == HttpURLConnection.HTTP_NOT_FOUND);
    }

    /** Ends the thread; a request that is under way is broken off. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
