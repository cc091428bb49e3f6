package dev.kintsugi.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {

    private InProcess app = InProcess.start();
    private Http http = app.http();

    @BeforeEach
    void isReady() {
        assertThat(http.get("/ready").statusCode()).isEqualTo(200);
    }

    @AfterEach
    void end() {
        app.close();
    }

    @Test
    void theServiceWorksAndSaysWhoServed() {
        HttpResponse<String> first = http.get("/");
        HttpResponse<String> second = http.get("/");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(first.body())
                .hasSize(256)
                .contains("\"servedBy\":\"pod-1\"")
                .containsPattern("\"digest\":\"[0-9a-f]{64}\"");
        assertThat(second.body()).as("each request is work of its own").isNotEqualTo(first.body());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 4096, 1_000_000, 1_048_576})
    void theAnswerHasTheSizeAskedFor(int bytes) {
        assertThat(http.get("/?bytes=" + bytes).body()).hasSize(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/health", "/ready", "/metrics", "/simulate", "/nowhere", "/?bytes=x", "/simulate/crash"})
    void everyAnswerNamesItsServer(String path) {
        assertThat(http.get(path).headers().firstValue("X-Served-By")).hasValue("pod-1");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nowhere, 404, There is no /nowhere",
        "GET, /simulate/unheard-of, 404, There is no /simulate/unheard-of",
        "GET, /health/, 404, There is no /health/",
        "GET, /?bytes=-1, 400, bytes: '-1' is not a whole number from 0 to 1048576",
        "GET, /?bytes=1048577, 400, bytes: '1048577' is not a whole number from 0 to 1048576",
        "GET, /?size=1, 400, size: '1' is not expected here: known are bytes",
        "GET, /health?x=1, 400, x: '1' is not expected here: there are no parameters",
        "GET, /?bytes=1&bytes=1, 400, bytes: '1' is not the only value: it is given twice",
        "POST, /, 405, '/ takes GET, HEAD, not POST'",
        "GET, /simulate/reset, 405, '/simulate/reset takes POST, not GET'",
    })
    void aRequestThatCannotBeServedIsToldWhy(String method, String path, int status, String reason) {
        HttpResponse<String> answer = http.send(method, path, "");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("{\"error\":\"" + reason);
    }

    @Test
    void aWrongMethodIsToldTheRightOne() {
        assertThat(http.get("/simulate/errors").headers().firstValue("Allow")).hasValue("POST");
        assertThat(http.post("/health").headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void headIsAnsweredWithoutABody() {
        HttpResponse<String> answer = http.send("HEAD", "/", "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void aBodyBeyondTheLimitIsRefused() {
        String justFits = "share=0.5&x=" + "y".repeat(Gateway.MAX_BODY_BYTES - 12);
        assertThat(http.send("POST", "/simulate/errors", justFits).statusCode()).isEqualTo(400);
        assertThat(http.send("POST", "/simulate/errors", justFits + "y").statusCode())
                .isEqualTo(413);
    }

    @Test
    void aBodyThatIsNoFormIsRefused() {
        HttpRequest.Builder json = http.request("/simulate/errors")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"share\":1}"));
        assertThat(http.send(json).statusCode()).isEqualTo(415);
    }

    @Test
    void metricsCountRequestsByPathAndCode() {
        http.get("/");
        http.get("/?bytes=x");
        http.get("/some/where");
        http.get("/some/where/else");
        http.send("BREW", "/coffee", "");
        awaitMetric("http_requests_total{code=\"200\",method=\"GET\",path=\"/\"}", 1);
        awaitMetric("http_requests_total{code=\"400\",method=\"GET\",path=\"/\"}", 1);
        awaitMetric("http_request_duration_seconds_bucket{code=\"200\",method=\"GET\",path=\"/\",le=\"+Inf\"}", 1);
        // what a client makes up does not make series
        awaitMetric("http_requests_total{code=\"404\",method=\"GET\",path=\"other\"}", 2);
        awaitMetric("http_requests_total{code=\"404\",method=\"other\",path=\"other\"}", 1);
    }

    /** A request is counted when its answer is out, so the client may be ahead. */
    private void awaitMetric(String series, double value) {
        await().untilAsserted(() -> assertThat(http.metric(series)).isEqualTo(value));
    }

    @Test
    void metricsTellAboutTheProcess() {
        assertThat(http.metric("process_resident_memory_bytes")).isGreaterThan(1 << 20);
        assertThat(http.metric("process_cpu_seconds_total")).isPositive();
        assertThat(http.metric("sample_restarts_total")).isZero();
        assertThat(http.metric("sample_ready")).isEqualTo(1);
        assertThat(http.get("/metrics").body()).contains("jvm_memory_used_bytes{area=\"heap\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "application/openmetrics-text; version=1.0.0, application/openmetrics-text",
        "text/plain; version=0.0.4, text/plain",
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited, text/plain",
    })
    void metricsComeInAFormatTheScraperAccepts(String accept, String type) {
        HttpResponse<String> answer = http.send(http.request("/metrics").header("Accept", accept));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith(type);
    }

    @Test
    void theUpstreamIsCalledAndNamed() {
        try (InProcess front = InProcess.start(Map.of("UPSTREAM_URL", "http://127.0.0.1:" + http.port() + "/"))) {
            HttpResponse<String> answer = front.http().get("/");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"upstream\":{").contains("\"status\":200,\"servedBy\":\"pod-1\"");
        }
    }

    @Test
    void anUpstreamThatAnswersAnErrorMakesABadGateway() {
        http.post("/simulate/errors?share=1");
        try (InProcess front = InProcess.start(Map.of("UPSTREAM_URL", "http://127.0.0.1:" + http.port() + "/"))) {
            HttpResponse<String> answer = front.http().get("/");
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("\"status\":500").contains("it answered an error");
            assertThat(front.http().get("/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void anUpstreamThatHangsMakesABadGatewayInTime() {
        http.post("/simulate/hang");
        try (InProcess front = InProcess.start(Map.of("UPSTREAM_URL", "http://127.0.0.1:" + http.port() + "/"))) {
            HttpResponse<String> answer = front.http().get("/");
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("no answer within 1000 ms");
        }
    }

    @Test
    void anUpstreamThatIsGoneMakesABadGateway() {
        InProcess back = InProcess.start();
        String url = "http://127.0.0.1:" + back.http().port() + "/";
        back.close();
        try (InProcess front = InProcess.start(Map.of("UPSTREAM_URL", url))) {
            HttpResponse<String> answer = front.http().get("/");
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("no connection");
        }
    }
}
