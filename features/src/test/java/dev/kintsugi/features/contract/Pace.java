package dev.kintsugi.features.contract;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The recorded pace: what was done so long after something else is done no sooner here. */
final class Pace {

    private static final ScheduledThreadPoolExecutor CLOCK = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "contract-pace");
        thread.setDaemon(true);
        return thread;
    });

    private final ScheduledFuture<?> due;

    private Pace(ScheduledFuture<?> due) {
        this.due = due;
    }

    /** Begins to count. */
    static Pace of(long millis) {
        return new Pace(CLOCK.schedule(() -> {}, millis, TimeUnit.MILLISECONDS));
    }

    /** Returns when the time is over. */
    void await() throws InterruptedException {
        try {
            due.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
