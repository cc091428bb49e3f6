package dev.kintsugi.features.cluster.embedded.api.http;

import dev.kintsugi.features.cluster.embedded.api.access.Authenticator;
import dev.kintsugi.features.cluster.embedded.api.access.Authorizer;
import dev.kintsugi.features.cluster.embedded.api.access.Impersonation;
import dev.kintsugi.features.cluster.embedded.api.access.Reviews;
import dev.kintsugi.features.cluster.embedded.api.access.ServiceAccountTokens;
import dev.kintsugi.features.cluster.embedded.api.access.User;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.spi.NodeStats;
import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's socket. Reads requests within limits, finds out who asks, lets a worker find the answer, and writes it;
 * every request gets one, whatever it looks like.
 */
public final class HttpFront implements AutoCloseable {

    /** The largest body, as in the real server. */
    public static final int MAX_BODY_BYTES = 3 * 1024 * 1024;

    /** The user for clients that send name and password instead of a bearer token; the token is the password. */
    public static final String USER = "kintsugi";

    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
    private static final String HOST = "127.0.0.1";
    private static final int MAX_LINE_BYTES = 16 * 1024;
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int WORKERS = 16;
    private static final long BODY_TIMEOUT_MILLIS = 30_000;
    private static final long FUTURE_VERSION_MILLIS = 3_000;
    private static final long START_SECONDS = 30;
    private static final long EXPIRY_MILLIS = 60_000;

    private final Registry registry;
    private final InstantSource clock;
    private final Supplier<PodLogs> logs;
    private final Authenticator authenticator;
    private final Authorizer authorizer;
    private final Router router;
    private final Vertx vertx;
    private final ProxyExchange proxy;
    private final WorkerExecutor workers;
    private final HttpServer server;

    private HttpFront(
            Registry registry, InstantSource clock, String token, Supplier<PodLogs> logs, Supplier<NodeStats> stats) {
        this.registry = registry;
        this.clock = clock;
        this.logs = logs;
        ServiceAccountTokens tokens = new ServiceAccountTokens(registry.store(), clock, token);
        this.authenticator = new Authenticator(token, tokens);
        this.authorizer = new Authorizer(registry.store());
        Reviews reviews = new Reviews(authorizer, authenticator);
        Handler handler = new Handler(registry, clock, new Representations(clock), authorizer, reviews, tokens);
        this.router = new Router(registry.catalog(), handler, authorizer, stats, new ProxyRequests(registry));
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(2)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setBlockedThreadCheckInterval(60_000)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.proxy = new ProxyExchange(vertx);
        this.workers = vertx.createSharedWorkerExecutor("api-worker", WORKERS);
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(HOST)
                        .setTcpNoDelay(true)
                        .setMaxInitialLineLength(MAX_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                        .setHandle100ContinueAutomatically(true)
                        .setDecompressionSupported(false))
                .requestHandler(this::read)
                .invalidRequestHandler(this::refuseInvalid)
                .exceptionHandler(e -> LOG.debug("connection failed: {}", e.toString()));
    }

    /**
     * Listens on loopback.
     *
     * @param port 0 for any that is free
     * @throws IllegalStateException if the port cannot be had
     */
    public static HttpFront listen(
            Registry registry,
            InstantSource clock,
            int port,
            String token,
            Supplier<PodLogs> logs,
            Supplier<NodeStats> stats) {
        HttpFront front = new HttpFront(registry, clock, token, logs, stats);
        try {
            front.server
                    .listen(port, HOST)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
            front.vertx.setPeriodic(EXPIRY_MILLIS, timer -> front.expireEvents());
            return front;
        } catch (ExecutionException | TimeoutException e) {
            front.close();
            throw new IllegalStateException("cannot listen on " + HOST + ":" + port + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            front.close();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }

    public int port() {
        return server.actualPort();
    }

    /** Host and port. */
    public String address() {
        return HOST + ":" + port();
    }

    /** Ends all connections and threads and frees the port. */
    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the API server did not close in order: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void expireEvents() {
        workers.executeBlocking(registry::expireEvents, false)
                .onFailure(e -> LOG.warn("old events could not be removed", e));
    }

    private void read(HttpServerRequest request) {
        User user = authenticator.authenticate(request.getHeader("Authorization"));
        if (user == null) {
            request.resume();
            write(request, Answer.failure(ApiException.unauthorized()));
            return;
        }
        // To a WebSocket the real server says 101; fabric8's client takes 200 as a no and watches by plain HTTP.
        if ("websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            request.response().end();
            return;
        }
        Buffer body = Buffer.buffer();
        boolean[] done = {false};
        long timer = vertx.setTimer(BODY_TIMEOUT_MILLIS, late -> {
            if (!done[0]) {
                done[0] = true;
                refuseBody(request, ApiException.of(408, "Timeout", "the body did not arrive in time"));
            }
        });
        request.exceptionHandler(e -> {
            done[0] = true;
            vertx.cancelTimer(timer);
        });
        request.handler(chunk -> {
            if (!done[0] && body.length() + chunk.length() > MAX_BODY_BYTES) {
                done[0] = true;
                vertx.cancelTimer(timer);
                refuseBody(
                        request,
                        ApiException.of(
                                413, "RequestEntityTooLarge", "Request entity too large: limit is " + MAX_BODY_BYTES));
            } else if (!done[0]) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> {
            if (!done[0]) {
                done[0] = true;
                vertx.cancelTimer(timer);
                work(request, user, body, true);
            }
        });
    }

    private void work(HttpServerRequest request, User user, Buffer body, boolean first) {
        work(request, () -> answer(request, user, body), answer -> {
            boolean future = answer instanceof Answer.Full full && full.code() == 504;
            if (first && future) {
                vertx.setTimer(FUTURE_VERSION_MILLIS, later -> work(request, user, body, false));
            } else {
                write(request, answer);
            }
        });
    }

    private void work(HttpServerRequest request, Supplier<Answer> work, Consumer<Answer> then) {
        workers.executeBlocking(() -> safely(request, work), false).onComplete(done -> {
            Answer answer = done.result();
            if (answer instanceof Answer.Later later) {
                vertx.setTimer(later.millis(), now -> work(request, later.rest(), then));
            } else {
                then.accept(answer == null ? Answer.failure(ApiException.internal("Internal error occurred")) : answer);
            }
        });
    }

    private Answer answer(HttpServerRequest request, User user, Buffer body) {
        User acting = Impersonation.of(request.headers()).applyTo(user, authorizer);
        return router.route(Call.of(acting, request, body), address());
    }

    /** Never throws: what goes wrong is an answer, too. */
    private static Answer safely(HttpServerRequest request, Supplier<Answer> work) {
        try {
            return work.get();
        } catch (ApiException e) {
            return Answer.failure(e);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("{} {} failed", request.method(), request.path(), e);
            return Answer.failure(ApiException.of(
                    500,
                    "InternalError",
                    "Internal error occurred: " + e.getClass().getSimpleName()));
        }
    }

    private void write(HttpServerRequest request, Answer answer) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            return;
        }
        if (answer instanceof Answer.Watching watching) {
            WatchRequest watch = watching.request();
            WatchEncoder encoder = new WatchEncoder(watch, clock);
            new WatchStream(vertx, watch, encoder, response).start(registry.store());
        } else if (answer instanceof Answer.Logging logging) {
            new LogStream(vertx.getOrCreateContext(), response).start(logs.get(), logging.request());
        } else if (answer instanceof Answer.Proxying proxying) {
            proxy.start(request, proxying);
        } else if (answer instanceof Answer.Full full) {
            response.setStatusCode(full.code()).putHeader("Content-Type", full.contentType());
            response.putHeader("Cache-Control", "no-cache, private");
            full.warnings().forEach(text -> response.headers().add("Warning", warning(text)));
            List<String> headers = full.headers();
            for (int i = 0; i + 1 < headers.size(); i += 2) {
                response.putHeader(headers.get(i), headers.get(i + 1));
            }
            response.end(full.body());
        }
    }

    private void refuseBody(HttpServerRequest request, ApiException e) {
        request.response().putHeader("Connection", "close");
        write(request, Answer.failure(e));
        vertx.setTimer(100, soon -> request.connection().close());
    }

    private void refuseInvalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        String name = cause == null ? "" : cause.getClass().getSimpleName();
        ApiException problem =
                switch (name) {
                    case "TooLongHttpLineException" ->
                        ApiException.of(
                                414,
                                "RequestURITooLong",
                                "the request line is longer than " + MAX_LINE_BYTES + " bytes");
                    case "TooLongHttpHeaderException" ->
                        ApiException.of(
                                431,
                                "RequestHeaderFieldsTooLarge",
                                "the headers are longer than " + MAX_HEADER_BYTES + " bytes");
                    default -> ApiException.badRequest("the request is not HTTP/1.1 as it should be");
                };
        request.response().putHeader("Connection", "close");
        write(request, Answer.failure(problem));
        request.connection().close();
    }

    private static String warning(String text) {
        return "299 - \"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ") + "\"";
    }
}
