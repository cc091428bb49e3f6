package dev.kintsugi.sample;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where every request comes in and every answer goes out: limits, routing, the hang, refusals and measuring. */
final class Gateway implements HttpHandler {

    /** The longest body that is read; parameters are short. */
    static final int MAX_BODY_BYTES = 4096;

    /** So many requests may wait for their answer at once; each further one is answered 503 at once. */
    static final int MAX_IN_FLIGHT = 256;

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");
    private static final byte[] PADDING = new byte[4096];

    static {
        Arrays.fill(PADDING, (byte) ' ');
    }

    private final Map<String, Route> routes;
    private final HangGate hang;
    private final Metrics metrics;
    private final Log log;
    private final String pod;
    private final Executor workers;
    private final BooleanSupplier closing;
    private final AtomicInteger inFlight = new AtomicInteger();

    /** @param closing whether the app is about to end, so that connections should not be kept */
    Gateway(
            List<Route> routes,
            HangGate hang,
            Metrics metrics,
            Log log,
            String pod,
            Executor workers,
            BooleanSupplier closing) {
        this.routes = routes.stream().collect(Collectors.toUnmodifiableMap(Route::path, Function.identity()));
        this.hang = hang;
        this.metrics = metrics;
        this.log = log;
        this.pod = pod;
        this.workers = workers;
        this.closing = closing;
    }

    /** Requests received and not yet answered. */
    int inFlight() {
        return inFlight.get();
    }

    @Override
    public void handle(HttpExchange exchange) {
        long received = System.nanoTime();
        inFlight.incrementAndGet();
        String path = Objects.requireNonNullElse(exchange.getRequestURI().getPath(), "");
        Optional<Route> route = Optional.ofNullable(routes.get(path));
        answer(exchange, path, route).whenComplete((answer, failure) -> {
            Answer sent = failure == null ? answer : answerTo(failure);
            try (exchange) {
                send(exchange, sent);
            } catch (IOException clientGone) {
                log.debug("The client did not wait for its answer", "path", path, "failure", clientGone);
            } catch (RuntimeException defect) {
                log.warn("An answer could not be sent", "path", path, "failure", defect);
            } finally {
                inFlight.decrementAndGet();
                long nanos = System.nanoTime() - received;
                measure(exchange.getRequestMethod(), route, sent.status(), nanos);
                sent.afterwards().run();
            }
        });
    }

    private CompletionStage<Answer> answer(HttpExchange exchange, String path, Optional<Route> known) {
        try {
            Route route = known.orElseThrow(() -> Refusal.of(404, "There is no " + path));
            if (!route.takes(exchange.getRequestMethod())) {
                throw Refusal.wrongMethod(exchange.getRequestMethod(), path, route.allowed());
            }
            String accept = header(exchange, "Accept");
            Route.Request request = new Route.Request(parameters(exchange, route), accept);
            if (route.control()) {
                return route.endpoint().answer(request);
            }
            if (inFlight.get() > MAX_IN_FLIGHT) {
                throw Refusal.of(503, "More than " + MAX_IN_FLIGHT + " requests are waiting");
            }
            CompletableFuture<Void> passed = hang.pass();
            return passed.isDone()
                    ? route.endpoint().answer(request)
                    : passed.thenComposeAsync(it -> route.endpoint().answer(request), workers);
        } catch (IOException | RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private static Parameters parameters(HttpExchange exchange, Route route) throws IOException {
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw Refusal.of(413, "The body has more than " + MAX_BODY_BYTES + " bytes");
        }
        String type = header(exchange, "Content-Type");
        if (body.length > 0 && !type.startsWith("application/x-www-form-urlencoded")) {
            throw Refusal.of(
                    415, "Parameters come in the query or as application/x-www-form-urlencoded, not as '" + type + "'");
        }
        return Parameters.parse(route.parameters(), query, new String(body, StandardCharsets.UTF_8));
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }

    private Answer answerTo(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal) {
            return refusal.answer();
        }
        log.warn("A request failed", "failure", cause);
        return Answer.json(500, Json.object("error", "The app failed to answer; its log says why"));
    }

    /** What a client makes up is {@code other}, so that it cannot make up series. */
    private void measure(String method, Optional<Route> route, int code, long nanos) {
        String path = route.map(Route::path).orElse("other");
        String knownMethod = METHODS.contains(method) ? method : "other";
        metrics.answered(knownMethod, path, code, nanos);
        if (log.debugs()) {
            log.debug("Answered", "method", knownMethod, "path", path, "code", code, "micros", nanos / 1000);
        }
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("X-Served-By", pod);
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        if (closing.getAsBoolean()) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        int length = Math.max(body.length, answer.atLeastBytes());
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(answer.status(), -1);
        } else {
            exchange.sendResponseHeaders(answer.status(), length);
            write(exchange.getResponseBody(), body, length);
        }
    }

    private static void write(OutputStream out, byte[] body, int length) throws IOException {
        try (out) {
            out.write(body);
            for (int left = length - body.length; left > 0; left -= PADDING.length) {
                out.write(PADDING, 0, Math.min(left, PADDING.length));
            }
        }
    }
}
