package dev.kintsugi.sample;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The end of the process that is due, if one is. */
final class PendingCrash {

    private final Log log;
    private final IntConsumer halt;
    private @Nullable Crash pending;

    /** @param halt ends the process with an exit code, without running shutdown hooks */
    PendingCrash(Log log, IntConsumer halt) {
        this.log = log;
        this.halt = halt;
    }

    synchronized void announce(Crash crash) {
        pending = crash;
    }

    /** Ends the process after the crash's delay, unless it is called off before. */
    void countDown(Crash crash) {
        CompletableFuture.delayedExecutor(crash.delay().toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> end(crash));
    }

    synchronized void cancel() {
        pending = null;
    }

    synchronized boolean isPending() {
        return pending != null;
    }

    @SuppressWarnings("ReferenceEquality") // a crash that was cancelled does not come back with an equal one
    private void end(Crash crash) {
        synchronized (this) {
            if (pending != crash) {
                return;
            }
        }
        log.warn("Crashing as asked", "exitCode", crash.exitCode());
        halt.accept(crash.exitCode());
    }
}
