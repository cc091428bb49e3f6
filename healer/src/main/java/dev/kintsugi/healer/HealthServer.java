package dev.kintsugi.healer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves {@code /metrics}, {@code /livez} and {@code /readyz}. */
final class HealthServer implements AutoCloseable {

    static {
        // Without it each answer waits up to 40 ms for the peer's acknowledgement. Read once, when the server's class
        // loads.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        setUnlessSet("sun.net.httpserver.maxReqTime", "10");
        setUnlessSet("sun.net.httpserver.maxRspTime", "30");
    }

    private final HttpServer server;
    private final ExecutorService threads;

    /**
     * Begins to serve.
     *
     * @param notLive why it is not live; gives null while it is
     * @param notReady why it is not ready; gives null once it is
     * @throws IOException if the address cannot be bound
     */
    HealthServer(
            InetSocketAddress address,
            PrometheusRegistry registry,
            Supplier<@Nullable String> notLive,
            Supplier<@Nullable String> notReady)
            throws IOException {
        AtomicInteger number = new AtomicInteger();
        server = HttpServer.create(address, 64);
        threads = Executors.newFixedThreadPool(4, task -> {
            Thread thread = new Thread(task, "healer-http-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/metrics", new MetricsHandler(registry));
        server.createContext("/livez", exchange -> answer(exchange, notLive.get()));
        server.createContext("/readyz", exchange -> answer(exchange, notReady.get()));
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, @Nullable String problem) throws IOException {
        try (exchange) {
            boolean get = exchange.getRequestMethod().equals("GET")
                    || exchange.getRequestMethod().equals("HEAD");
            String text = get ? (problem == null ? "ok" : problem) : "only GET is served here";
            byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(!get ? 405 : problem == null ? 200 : 503, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
