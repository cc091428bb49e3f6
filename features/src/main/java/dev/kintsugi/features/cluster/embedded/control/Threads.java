package dev.kintsugi.features.cluster.embedded.control;

import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The threads of the control plane: daemons with names. */
final class Threads {

    private Threads() {}

    /** One thread that begins with its first task and forgets what is cancelled. */
    static ScheduledThreadPoolExecutor single(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }
}
