package dev.kintsugi.features.recording;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Open-loop load: requests leave at a fixed rate whatever becomes of the ones before, each on a connection of its own
 * (as independent users are), and each latency counts from the instant the request was due.
 *
 * <p>A request that has no complete answer within the time-out has failed.
 */
final class LoadGenerator implements AutoCloseable {

    private static final String SERVED_BY = "X-Served-By";

    private final HttpClient client;
    private final RequestOptions target;
    private final long periodNanos;
    private final MonotonicClock clock;
    private final Consumer<Request> sink;
    private final AtomicLong worstLagNanos = new AtomicLong();
    private final Thread pacer;
    private volatile boolean open = true;

    LoadGenerator(
            Vertx vertx,
            String name,
            URI target,
            int perSecond,
            Duration timeout,
            MonotonicClock clock,
            Consumer<Request> sink) {
        this.clock = clock;
        this.sink = sink;
        this.periodNanos = 1_000_000_000L / perSecond;
        int atOnce = (int) Math.min(20_000, perSecond * (timeout.toSeconds() + 1) * 2);
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setMaxPoolSize(atOnce)
                .setTcpNoDelay(true)
                .setConnectTimeout((int) timeout.toMillis()));
        this.target = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(target.getHost())
                .setPort(target.getPort())
                .setURI(target.getRawPath().isEmpty() ? "/" : target.getRawPath())
                .setTimeout(timeout.toMillis());
        this.pacer = new Thread(this::pace, "load-" + name);
        pacer.setDaemon(true);
        pacer.start();
    }

    /** How late the worst request left, against its due time: the generator's own error. */
    Duration worstLag() {
        return Duration.ofNanos(worstLagNanos.get());
    }

    private void pace() {
        long due = clock.nanos();
        while (open) {
            long now = clock.nanos();
            if (now < due) {
                LockSupport.parkNanos(due - now);
                continue;
            }
            worstLagNanos.accumulateAndGet(now - due, Math::max);
            send(due, now);
            due += periodNanos;
        }
    }

    private void send(long intended, long sent) {
        client.request(target)
                .compose(HttpClientRequest::send)
                .compose(response -> response.body().map(response))
                .onComplete(
                        answer -> done(intended, sent, answer.succeeded() ? answer.result() : null, answer.cause()));
    }

    private void done(long intended, long sent, @Nullable HttpClientResponse answer, @Nullable Throwable failure) {
        long now = clock.nanos();
        if (!open) {
            return;
        }
        if (answer != null) {
            sink.accept(new Request(intended, sent, now, answer.statusCode(), null, answer.getHeader(SERVED_BY)));
        } else {
            sink.accept(new Request(intended, sent, now, 0, cause(failure), null));
        }
    }

    private static String cause(@Nullable Throwable failure) {
        if (failure == null) {
            return "no answer";
        }
        if (failure instanceof TimeoutException) {
            return "no answer in time";
        }
        if (failure instanceof ConnectException) {
            return "connection refused";
        }
        if (failure instanceof HttpClosedException) {
            return "connection closed";
        }
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    @Override
    public void close() {
        open = false;
        LockSupport.unpark(pacer);
        client.close();
    }
}
