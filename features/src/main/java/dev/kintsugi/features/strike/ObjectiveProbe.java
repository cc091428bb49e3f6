package dev.kintsugi.features.strike;

import dev.kintsugi.chaos.guard.AbortConditions;
import dev.kintsugi.features.recording.RequestStream;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Requests to what a service level objective is about. */
final class ObjectiveProbe implements AutoCloseable {
    private static final int PER_SECOND = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final @Nullable RequestStream stream;

    private ObjectiveProbe(@Nullable RequestStream stream) {
        this.stream = stream;
    }

    /** Begins, if there is an objective. */
    static ObjectiveProbe start(Vertx vertx, @Nullable URI target, AbortConditions conditions) {
        return new ObjectiveProbe(
                target == null
                        ? null
                        : RequestStream.open(
                                vertx,
                                "objective",
                                target,
                                PER_SECOND,
                                PATIENCE,
                                request -> conditions.answered(request.good(), request.doneNanos())));
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.close();
        }
    }
}
