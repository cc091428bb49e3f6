package dev.kintsugi.chaos.mesh;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls that must not take longer than they may: the client's own time-outs and retries add up to minutes. */
final class Bounded implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "chaos-driver");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Makes a call.
     *
     * @throws TimeoutException when it takes longer than {@code nanos}
     * @throws RuntimeException whatever the call throws
     */
    <T> T call(long nanos, Callable<T> call) throws InterruptedException, TimeoutException {
        Future<T> result = threads.submit(call);
        try {
            return result.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            result.cancel(true);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
