package dev.kintsugi.features.cluster.embedded.node;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time and in order, on the threads of a shared executor. It can be held. Once the executor is shut down, what is
 * still in it is dropped.
 */
final class Mailbox implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final Executor threads;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean active;
    private boolean held;

    Mailbox(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            activate();
        }
    }

    /** Tasks are kept and not run until {@link #release()}. */
    void hold() {
        synchronized (tasks) {
            held = true;
        }
    }

    void release() {
        synchronized (tasks) {
            held = false;
            activate();
        }
    }

    /** Call with the lock. */
    private void activate() {
        if (!active && !held && !tasks.isEmpty()) {
            try {
                threads.execute(this::runOne);
                active = true;
            } catch (RejectedExecutionException closed) {
                tasks.clear();
            }
        }
    }

    private void runOne() {
        Runnable task;
        synchronized (tasks) {
            task = tasks.remove();
        }
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A task of the node agent failed", e);
        } finally {
            synchronized (tasks) {
                active = false;
                activate();
            }
        }
    }
}
