package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.chaos.emulation.HttpFault.Match;
import dev.kintsugi.chaos.emulation.HttpFault.Pair;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.InvalidExperiment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpFaultsTest {

    @Test
    void everyFieldIsRead() {
        HttpFault fault = HttpFaults.of(new Tree(Map.of(
                "target",
                "Response",
                "port",
                8080,
                "path",
                "/api/*",
                "method",
                "GET",
                "code",
                200,
                "request_headers",
                Map.of("a", "b"),
                "response_headers",
                Map.of("c", "d"),
                "delay",
                "2s",
                "replace",
                Map.of(
                        "code",
                        500,
                        "path",
                        "/other",
                        "method",
                        "POST",
                        "queries",
                        Map.of("q", "1"),
                        "headers",
                        Map.of("h", "1"),
                        "body",
                        "aGVsbG8="),
                "patch",
                Map.of(
                        "queries", List.of(List.of("x", "1")),
                        "headers", List.of(List.of("y", "1"), List.of("y", "2")),
                        "body", Map.of("type", "JSON", "value", "{\"z\":1}")))));

        assertThat(fault)
                .isEqualTo(new HttpFault(
                        HttpFault.Target.RESPONSE,
                        8080,
                        new Match(
                                Optional.of("/api/*"),
                                Optional.of("GET"),
                                Optional.of(200),
                                Map.of("a", "b"),
                                Map.of("c", "d")),
                        false,
                        Duration.ofSeconds(2),
                        new HttpFault.Replace(
                                Optional.of("/other"),
                                Optional.of("POST"),
                                Map.of("q", "1"),
                                Optional.of(500),
                                Map.of("h", "1"),
                                Optional.of("aGVsbG8=")),
                        new HttpFault.Patch(
                                List.of(new Pair("x", "1")),
                                List.of(new Pair("y", "1"), new Pair("y", "2")),
                                Optional.of("{\"z\":1}"))));
    }

    @Test
    void whatIsLeftOutMatchesAllAndChangesNothing() {
        assertThat(HttpFaults.of(new Tree(Map.of("target", "Request", "port", 80, "abort", true))))
                .isEqualTo(new HttpFault(
                        HttpFault.Target.REQUEST,
                        80,
                        Match.ALL,
                        true,
                        Duration.ZERO,
                        HttpFault.Replace.NOTHING,
                        HttpFault.Patch.NOTHING));
    }

    @Test
    void whatCannotBeDoneIsRefusedWithItsField() {
        assertThatThrownBy(() -> HttpFaults.of(new Tree(Map.of("target", "Request"))))
                .isInstanceOf(InvalidExperiment.class)
                .hasMessageContaining("spec.port");
        assertThatThrownBy(() -> HttpFaults.of(new Tree(Map.of("port", 80, "tls", Map.of("secretName", "x")))))
                .isInstanceOf(InvalidExperiment.class)
                .hasMessageContaining("spec.tls");
        assertThatThrownBy(() -> HttpFaults.of(new Tree(Map.of("port", 80, "replace", Map.of("body", "%")))))
                .isInstanceOf(InvalidExperiment.class)
                .hasMessageContaining("spec.replace.body");
        assertThatThrownBy(() -> HttpFaults.of(
                        new Tree(Map.of("port", 80, "patch", Map.of("headers", List.of(List.of("only")))))))
                .isInstanceOf(InvalidExperiment.class)
                .hasMessageContaining("spec.patch.headers");
    }
}
