package dev.kintsugi.features.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx();
    private final List<Request> ended = new CopyOnWriteArrayList<>();

    @AfterEach
    void endVertx() {
        vertx.close();
    }

    private LoadGenerator load(URI target, int perSecond, Duration timeout) {
        Line line = new DirectLine(vertx, "GET", target, perSecond, timeout);
        return new LoadGenerator(line, "test", perSecond, MonotonicClock.system(), ended::add);
    }

    private static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    @Test
    void requestsKeepLeavingAtTheirRateWhileNoneIsAnswered() throws IOException {
        CountDownLatch release = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        CopyOnWriteArrayList<Long> arrived = new CopyOnWriteArrayList<>();
        server.createContext("/", exchange -> {
            arrived.add(System.nanoTime());
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try (LoadGenerator load = load(url(server.getAddress().getPort()), 50, Duration.ofSeconds(20))) {
            await().atMost(PATIENCE).until(() -> arrived.size() >= 20);
            assertThat(ended).isEmpty();
            release.countDown();
            await().atMost(PATIENCE).until(() -> ended.size() >= 20);
            assertThat(ended.get(0).good()).isTrue();
            assertThat(ended.stream().mapToLong(Request::latencyNanos).max().orElseThrow())
                    .as("waiting counts from the time the request was due")
                    .isGreaterThan(Duration.ofMillis(200).toNanos());
            assertThat(load.worstLag()).isLessThan(PATIENCE);
        } finally {
            release.countDown();
            server.stop(0);
        }
    }

    @Test
    void refusedConnectionIsAFailedRequest() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (LoadGenerator load = load(url(closed), 50, Duration.ofSeconds(5))) {
            await().atMost(PATIENCE).until(() -> !ended.isEmpty());
            assertThat(ended.get(0).good()).isFalse();
            assertThat(ended.get(0).error()).contains("refused");
            assertThat(load.worstLag()).isGreaterThanOrEqualTo(Duration.ZERO);
        }
    }

    @Test
    void requestWithoutAnAnswerInTimeHasFailed() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                LoadGenerator load = load(url(silent.getLocalPort()), 20, Duration.ofMillis(300))) {
            await().atMost(PATIENCE).until(() -> !ended.isEmpty());
            assertThat(ended.get(0).good()).isFalse();
            assertThat(ended.get(0).latencyNanos())
                    .isGreaterThanOrEqualTo(Duration.ofMillis(290).toNanos());
            assertThat(load.worstLag()).isGreaterThanOrEqualTo(Duration.ZERO);
        }
    }
}
