package dev.kintsugi.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {

    private InProcess app = InProcess.start();
    private Http http = app.http();

    @AfterEach
    void end() {
        app.close();
    }

    @Test
    void errorsHitTheirShareOfRequestsAndTheSameOnesForASeed() {
        List<Integer> first = codesWithErrors("share=30%25&seed=7");
        List<Integer> again = codesWithErrors("share=0.3&seed=7");
        List<Integer> other = codesWithErrors("share=0.3&seed=8");
        // 400 requests at 0.3: 120, and four standard deviations are 37
        assertThat(first.stream().filter(code -> code == 500)).hasSizeBetween(83, 157);
        assertThat(first).containsOnly(200, 500).isEqualTo(again).isNotEqualTo(other);
        assertThat(http.get("/health").statusCode()).isEqualTo(200);
        assertThat(http.get("/ready").statusCode()).isEqualTo(200);
    }

    private List<Integer> codesWithErrors(String parameters) {
        http.post("/simulate/errors?" + parameters);
        return IntStream.range(0, 400).mapToObj(i -> http.get("/").statusCode()).toList();
    }

    @Test
    void errorsEndWithTheirDuration() {
        http.post("/simulate/errors?share=1&duration=1500ms");
        assertThat(http.get("/").statusCode()).isEqualTo(500);
        await().until(() -> http.get("/").statusCode() == 200);
        assertThat(http.metric("sample_fault_active{fault=\"errors\"}")).isZero();
    }

    @Test
    void parametersMayComeAsAForm() {
        HttpResponse<String> answer = http.send("POST", "/simulate/errors", "share=100%25&duration=1h");
        assertThat(answer.body())
                .isEqualTo("{\"fault\":\"errors\",\"on\":true,\"parameters\":"
                        + "{\"share\":\"100%\",\"duration\":\"1h\",\"seed\":\"0\"}}\n");
        assertThat(http.get("/").statusCode()).isEqualTo(500);
    }

    @Test
    void latencyDelaysTheServiceButNotTheProbes() {
        assertThat(millis("/")).isLessThan(400);
        http.post("/simulate/latency?delay=400ms");
        assertThat(millis("/")).isGreaterThanOrEqualTo(400);
        assertThat(millis("/ready")).isLessThan(400);
        http.post("/simulate/reset");
        assertThat(millis("/")).isLessThan(400);
    }

    @Test
    void latencyHitsItsShareOfRequests() {
        http.post("/simulate/latency?delay=5m&share=0.5&seed=3");
        List<CompletableFuture<HttpResponse<String>>> answers =
                IntStream.range(0, 100).mapToObj(i -> http.later("/")).toList();
        // 100 requests at 0.5: 50, and four standard deviations are 20
        await().until(() -> http.metric("sample_requests_in_flight") - 1 == waiting(answers));
        assertThat(waiting(answers)).isBetween(30L, 70L);
    }

    private static long waiting(List<CompletableFuture<HttpResponse<String>>> answers) {
        return answers.stream().filter(answer -> !answer.isDone()).count();
    }

    /** The best of three, because the machine may be busy. */
    private long millis(String path) {
        return IntStream.range(0, 3)
                .mapToLong(i -> {
                    long started = System.nanoTime();
                    assertThat(http.get(path).statusCode()).isEqualTo(200);
                    return (System.nanoTime() - started) / 1_000_000;
                })
                .min()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health", "/ready", "/metrics"})
    void aHangHoldsEveryRequestUntilReset(String path) {
        http.post("/simulate/hang");
        CompletableFuture<HttpResponse<String>> waiting = http.later(path);
        await().during(Duration.ofMillis(150)).until(() -> !waiting.isDone());
        assertThat(http.get("/simulate").body()).contains("\"hang\":true");
        assertThat(http.post("/simulate/reset").statusCode()).isEqualTo(200);
        assertThat(waiting.join().statusCode()).isEqualTo(200);
    }

    @Test
    void aHangEndsWithItsDuration() {
        long started = System.nanoTime();
        http.post("/simulate/hang?duration=200ms");
        assertThat(http.get("/ready").statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(200_000_000L);
    }

    @Test
    void aSecondHangKeepsWhoWaitsAlready() {
        http.post("/simulate/hang?duration=10m");
        CompletableFuture<HttpResponse<String>> waiting = http.later("/");
        await().during(Duration.ofMillis(100)).until(() -> !waiting.isDone());
        http.post("/simulate/hang?duration=100ms");
        assertThat(waiting.join().statusCode()).isEqualTo(200);
    }

    @Test
    void tooManyWaitingRequestsAreTurnedAway() {
        http.post("/simulate/hang");
        List<CompletableFuture<HttpResponse<String>>> waiting = IntStream.range(0, Gateway.MAX_IN_FLIGHT + 20)
                .mapToObj(i -> http.later("/"))
                .toList();
        await().untilAsserted(() -> assertThat(waiting.stream().filter(CompletableFuture::isDone))
                .hasSize(20)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(503)));
        http.post("/simulate/reset");
        assertThat(waiting.stream().map(CompletableFuture::join).filter(answer -> answer.statusCode() == 200))
                .hasSize(Gateway.MAX_IN_FLIGHT);
    }

    @Test
    void aCrashIsAnsweredFirstAndHasItsExitCode() {
        assertThat(http.post("/simulate/crash?exitCode=42").statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(app.exitCodes()).containsExactly(42));
    }

    @Test
    void aResetCallsOffACrashThatIsDue() {
        http.post("/simulate/crash?delay=1s");
        http.post("/simulate/reset");
        await().during(Duration.ofMillis(1300)).until(() -> app.exitCodes().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "crash?exitCode=0, exitCode: '0' is not a whole number from 1 to 255",
        "crash?exitCode=256, exitCode: '256' is not a whole number from 1 to 255",
        "crash?delay=5, 'delay: ''5'' is not a time from 0ms to 1h with its unit (ms, s, m, h), such as 1500ms'",
        "errors?share=101%25, 'share: ''101%'' is not a share from 0 to 1'",
        "errors?duration=25h, duration: '25h' is not a time from 1ms to 24h",
        "errors?seed=-1, seed: '-1' is not a whole number from 0 to 9223372036854775807",
        "memory-leak?rate=10, rate: '10' is not a size from 1KiB to 1GiB with its unit",
        "memory-leak?limit=16GiB, limit: '16GiB' is not a size from 1KiB to 15GiB",
        "cpu?load=0, load: '0' is not a whole number from 1 to 100",
        "cpu?threads=33, threads: '33' is not a whole number from 1 to 32",
        "latency?delay=0ms, delay: '0ms' is not a time from 1ms to 5m",
        "hang?forever=true, forever: 'true' is not expected here: known are duration",
        "reset?all=true, all: 'true' is not expected here: there are no parameters",
    })
    void aBadParameterIsRefusedAndChangesNothing(String request, String reason) {
        HttpResponse<String> answer = http.post("/simulate/" + request);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(reason);
        assertThat(http.get("/simulate").body()).doesNotContain(":true").contains("\"crash\":false");
        assertThat(app.exitCodes()).isEmpty();
    }

    @Test
    void theReadmeNamesEveryFaultWithItsParametersAndDefaults() throws IOException {
        List<String> readme = Files.readAllLines(Path.of("README.md"));
        for (Fault.Kind kind : Simulation.KINDS) {
            assertThat(readme)
                    .filteredOn(line -> line.startsWith("| `" + kind.name() + "` |"))
                    .singleElement()
                    .satisfies(line -> kind.parameters().forEach(parameter -> assertThat(line)
                            .containsPattern("`" + parameter.name() + "`[^`]*\\(" + parameter.fallback() + "\\)")));
        }
    }

    @Test
    void theDocumentationNamesEveryParameter() {
        String documentation = http.get("/simulate").body();
        for (Fault.Kind kind : Simulation.KINDS) {
            assertThat(documentation).contains("POST /simulate/" + kind.name());
            for (Parameter<?> parameter : kind.parameters()) {
                assertThat(documentation)
                        .contains("\"name\":\"" + parameter.name() + "\"")
                        .contains("\"value\":\"" + parameter.range() + "\",\"default\":\"" + parameter.fallback());
            }
        }
    }
}
