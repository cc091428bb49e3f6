package dev.kintsugi.healer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.kintsugi.healer.model.Endpoint;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.ProbeResult;
import dev.kintsugi.healer.model.RestartHistory;
import dev.kintsugi.healer.model.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ProberTest {

    private static final Duration THRESHOLD = Duration.ofSeconds(1);

    private final Prober prober = new Prober(Clock.systemUTC());
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/ready", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void asksAsOftenAsToldAndFindsNothingWrong() {
        ProbeResult result = probe("http", server.getAddress().getPort(), "/ready");
        assertThat(result.connected()).isTrue();
        assertThat(result.requests()).isEqualTo(3);
        assertThat(result.errorRatePercent()).isZero();
        assertThat(result.slowest()).isPositive();
        assertThat(requests).hasValue(3);
    }

    @Test
    void errorStatusIsAFailureWithItsCode() {
        ProbeResult result = probe("http", server.getAddress().getPort(), "/nowhere");
        assertThat(result.connected()).isTrue();
        assertThat(result.errorRatePercent()).isEqualTo(100);
        assertThat(result.detail()).contains("answered 404");
    }

    @Test
    void refusedConnectionIsNotConnected() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThat(probe("http", free, "/ready").connected()).isFalse();
        assertThat(probe("tcp", free, null).connected()).isFalse();
    }

    @Test
    void tcpEndpointIsGoodWhenItAccepts() {
        ProbeResult result = probe("tcp", server.getAddress().getPort(), null);
        assertThat(result.connected()).isTrue();
        assertThat(result.failures()).isZero();
    }

    @Test
    void serverThatAcceptsAndNeverAnswersFailsInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            ProbeResult result = prober.probe(pod("http", silent.getLocalPort(), "/"), 3, Duration.ofMillis(100));
            assertThat(result.connected()).isTrue();
            assertThat(result.requests()).as("stops at the first failure").isEqualTo(1);
            assertThat(result.failures()).isEqualTo(1);
        }
    }

    private ProbeResult probe(String scheme, int port, @Nullable String path) {
        return prober.probe(pod(scheme, port, path), 3, THRESHOLD);
    }

    private static PodState pod(String scheme, int port, @Nullable String path) {
        return new PodState(
                ObjectRef.pod("shop", "web", "uid"),
                null,
                Map.of(),
                "node",
                PodPhase.RUNNING,
                true,
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                List.of(),
                List.of(),
                Duration.ZERO,
                new Endpoint("127.0.0.1", port, scheme, path),
                Settings.NONE,
                RestartHistory.NONE,
                List.of(),
                null,
                null,
                false,
                false);
    }
}
