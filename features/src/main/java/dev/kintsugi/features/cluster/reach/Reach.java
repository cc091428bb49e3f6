package dev.kintsugi.features.cluster.reach;

import dev.kintsugi.features.recording.Line;
import dev.kintsugi.features.recording.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The way that requests take from this machine into a cluster. It is part of what users meet, and of the error of what is
 * measured, so a report names it.
 */
public interface Reach extends AutoCloseable {

    /**
     * Opens a line for requests without a body.
     *
     * @param path begins with a slash
     * @param perSecond requests per second that it must carry
     * @param timeout after which a request without a complete answer has failed
     */
    Line line(Destination to, String method, String path, int perSecond, Duration timeout);

    /** For a report: {@code direct}, or what is in between. */
    String describe();

    @Override
    void close();

    /** Sends one request and waits until it has ended. */
    default Reply once(Destination to, String method, String path, Duration timeout) throws InterruptedException {
        CompletableFuture<Reply> ended = new CompletableFuture<>();
        try (Line line = line(to, method, path, 1, timeout)) {
            line.send(ended::complete);
            return ended.get(timeout.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Reply.failed("no answer in time");
        } catch (ExecutionException e) {
            return Reply.failed(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }
}
