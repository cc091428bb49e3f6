package dev.kintsugi.features.recording;

import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;

/** Requests at a fixed rate, each on a connection of its own, for those who want no whole recording. */
public final class RequestStream implements AutoCloseable {
    private final LoadGenerator generator;

    private RequestStream(LoadGenerator generator) {
        this.generator = generator;
    }

    /**
     * Begins to send.
     *
     * @param target plain HTTP
     * @param patience a request without an answer for so long has failed
     * @param sink is given each request when it is answered or has failed, on a thread of Vert.x
     */
    public static RequestStream open(
            Vertx vertx, String name, URI target, int perSecond, Duration patience, Consumer<Request> sink) {
        return new RequestStream(new LoadGenerator(
                new DirectLine(vertx, "GET", target, perSecond, patience),
                name,
                perSecond,
                MonotonicClock.system(),
                sink));
    }

    @Override
    public void close() {
        generator.close();
    }
}
