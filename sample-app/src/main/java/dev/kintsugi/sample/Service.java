package dev.kintsugi.sample;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** {@code GET /}: late or failing if a fault says so, then some work, then the upstream. */
final class Service {

    private static final Parameter<Integer> BYTES =
            Parameter.whole("bytes", "the least size of the answer, in bytes", 0, 1 << 20, "256");

    private final Settings settings;
    private final Effects effects;
    private final Executor workers;
    private final @Nullable Upstream upstream;
    private final AtomicLong requests = new AtomicLong();

    Service(Settings settings, Effects effects, Executor workers) {
        this.settings = settings;
        this.effects = effects;
        this.workers = workers;
        this.upstream = settings.upstream()
                .map(uri -> new Upstream(uri, settings.ownAddress(), workers))
                .orElse(null);
    }

    Route route() {
        return Route.page("/", List.of(BYTES), this::answer);
    }

    private CompletionStage<Answer> answer(Route.Request request) {
        Optional<Slot.Active<Latency>> late =
                effects.latency().now().filter(it -> it.fault().draw().hits(it.nextOrdinal()));
        if (late.isEmpty()) {
            return serve(request.parameters());
        }
        long millis = late.get().fault().delay().toMillis();
        Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, workers);
        return CompletableFuture.supplyAsync(request::parameters, later).thenCompose(this::serve);
    }

    private CompletionStage<Answer> serve(Parameters given) {
        boolean fails = effects.errors()
                .now()
                .filter(it -> it.fault().draw().hits(it.nextOrdinal()))
                .isPresent();
        if (fails) {
            return CompletableFuture.completedFuture(
                    Answer.json(500, Json.object("error", "simulated", "servedBy", settings.pod())));
        }
        Map<String, Object> body = Json.object(
                "service", "sample-app",
                "servedBy", settings.pod(),
                "digest", Work.digest(requests.getAndIncrement()));
        int bytes = given.get(BYTES);
        if (upstream == null) {
            return CompletableFuture.completedFuture(Answer.json(200, body).padded(bytes));
        }
        return upstream.call().thenApply(reply -> {
            body.put("upstream", reply.toJson());
            return Answer.json(reply.good() ? 200 : 502, body).padded(bytes);
        });
    }
}
