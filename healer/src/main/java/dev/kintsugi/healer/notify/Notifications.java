package dev.kintsugi.healer.notify;

import dev.kintsugi.healer.model.Notice;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Hands notices to every notifier, in order, on a thread of their own. A failure is logged and counted, no more. */
public final class Notifications implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Notifications.class);
    private static final int MAX_WAITING = 1000;
    private static final long LAST_WORDS_SECONDS = 2;

    private final List<Lane> lanes;
    private final Consumer<String> failed;

    private record Lane(Notifier notifier, ThreadPoolExecutor thread) {}

    /**
     * One lane for each notifier, so that a slow one does not hold up the others.
     *
     * @param failed hears the notifier's name for each notice that could not be told
     */
    public Notifications(List<Notifier> notifiers, Consumer<String> failed) {
        this.failed = failed;
        this.lanes = notifiers.stream().map(n -> new Lane(n, thread(n.name()))).toList();
    }

    /** Tells everybody, soon; returns at once. */
    public void tell(Notice notice) {
        for (Lane lane : lanes) {
            try {
                lane.thread.execute(() -> tell(lane.notifier, notice));
            } catch (RejectedExecutionException e) {
                failed(lane.notifier, notice, "too many notices are waiting");
            }
        }
    }

    /** Ends after what is waiting has been told, or two seconds. */
    @Override
    public void close() {
        lanes.forEach(lane -> lane.thread.shutdown());
        for (Lane lane : lanes) {
            try {
                if (!lane.thread.awaitTermination(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
                    lane.thread.shutdownNow();
                }
            } catch (InterruptedException e) {
                lane.thread.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
    }

    private void tell(Notifier notifier, Notice notice) {
        try {
            notifier.tell(notice);
        } catch (RuntimeException e) {
            failed(notifier, notice, String.valueOf(e.getMessage()));
        }
    }

    private void failed(Notifier notifier, Notice notice, String why) {
        MDC.put("correlationId", notice.correlationId());
        log.warn("{} could not tell {} of {}: {}", notifier.name(), notice.reason(), notice.about(), why);
        MDC.remove("correlationId");
        failed.accept(notifier.name());
    }

    private static ThreadPoolExecutor thread(String name) {
        return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), task -> {
            Thread thread = new Thread(task, "healer-notify-" + name);
            thread.setDaemon(true);
            return thread;
        });
    }
}
