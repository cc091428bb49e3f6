package dev.kintsugi.sample;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** The app: a server, its pages and its faults, from start to drain. */
final class SampleApp implements AutoCloseable {

    /** How long after the last request an app that drains goes on listening, for proxies that have not heard yet. */
    static final Duration SETTLE = Duration.ofMillis(200);

    /** How long an app that drains waits for requests in flight; well below the 30 s that Kubernetes gives. */
    static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

    private static final int MAX_THREADS = 64;

    /** Enough for the compiler to have seen the work, so that the first user does not wait for it. */
    private static final int WARM_UP_ROUNDS = 5;

    private enum Phase {
        STARTING,
        READY,
        DRAINING
    }

    private final Log log;
    private final ThreadPoolExecutor workers;
    private final HttpServer server;
    private final Effects effects;
    private final Gateway gateway;
    private volatile Phase phase = Phase.STARTING;

    private SampleApp(Settings settings, Log log, IntConsumer halt) {
        this.log = log;
        effects = Effects.none(Clock.systemUTC(), log, halt);
        workers = workers();
        int restarts = Restarts.count(settings.stateDirectory(), log);
        Metrics metrics = new Metrics();
        List<Route> routes = new ArrayList<>(new Simulation(effects, log).routes());
        routes.add(new Service(settings, effects, workers).route());
        routes.add(Route.page("/health", List.of(), request -> now(Answer.json(200, Json.object("status", "ok")))));
        routes.add(Route.page("/ready", List.of(), request -> now(readiness())));
        routes.add(Route.page("/metrics", List.of(), request -> now(metrics.scrape(request.accept()))));
        gateway = new Gateway(
                routes, effects.hang(), metrics, log, settings.pod(), workers, () -> phase == Phase.DRAINING);
        metrics.watch(restarts, () -> phase == Phase.READY, gateway, effects);
        server = listen(settings);
        server.createContext("/", gateway);
        server.setExecutor(workers);
    }

    /**
     * Listens, warms up and is ready.
     *
     * @param halt ends the process with an exit code, without running shutdown hooks
     * @throws IllegalArgumentException when the address cannot be listened on or the state directory not used
     */
    static SampleApp start(Settings settings, Log log, IntConsumer halt) {
        SampleApp app = new SampleApp(settings, log, halt);
        app.server.start();
        log.info(
                "Listening",
                "address",
                app.address().getHostString(),
                "port",
                app.address().getPort());
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            Work.digest(i);
        }
        app.phase = Phase.READY;
        log.info("Ready");
        return app;
    }

    /**
     * The JDK's server reads its settings once, from system properties. Without {@code nodelay} answers on kept-alive
     * connections wait 40 ms for the client's acknowledgement; a request must have been received within 10 s.
     */
    private static HttpServer listen(Settings settings) {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        try {
            return HttpServer.create(new InetSocketAddress(settings.address(), settings.port()), 0);
        } catch (IOException | UnresolvedAddressException failed) {
            String address = settings.address() + ":" + settings.port();
            throw new IllegalArgumentException(
                    "LISTEN_ADDRESS and PORT: " + address + " cannot be listened on: " + failed.getMessage(), failed);
        }
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    /**
     * Says that it is not ready any more, serves what is in flight and what still comes until nothing has for
     * {@link #SETTLE}, and stops listening; all of it within {@link #DRAIN_LIMIT}. A request that hangs is not waited for.
     */
    void drain() {
        phase = Phase.DRAINING;
        long started = System.nanoTime();
        log.info("Draining", "inFlight", gateway.inFlight());
        long busy = started;
        for (long now = started;
                now - busy < SETTLE.toNanos() && now - started < DRAIN_LIMIT.toNanos();
                now = System.nanoTime()) {
            if (gateway.inFlight() > effects.hang().waiting()) {
                busy = now;
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        close();
        log.info("Stopped", "unanswered", gateway.inFlight(), "millis", (System.nanoTime() - started) / 1_000_000);
    }

    /** Ends at once. */
    @Override
    public void close() {
        server.stop(0);
        effects.reset();
        workers.shutdownNow();
    }

    private Answer readiness() {
        return switch (phase) {
            case READY -> Answer.json(200, Json.object("status", "ready"));
            case STARTING -> Answer.json(503, Json.object("status", "starting"));
            case DRAINING -> Answer.json(503, Json.object("status", "draining"));
        };
    }

    private static CompletableFuture<Answer> now(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** As few threads as requests are served at once; when all are busy, the accepting thread serves and so slows the rest. */
    private static ThreadPoolExecutor workers() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                1,
                MAX_THREADS,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "worker-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
    }
}
