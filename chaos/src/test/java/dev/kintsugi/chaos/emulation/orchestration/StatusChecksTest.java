package dev.kintsugi.chaos.emulation.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.mesh.Tree;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusChecksTest {
    private final VirtualMesh mesh = new VirtualMesh();

    private Tree status() {
        return mesh.one("StatusCheck", "check").status();
    }

    private void check(Map<String, Object> more) {
        Map<String, Object> spec = new HashMap<>(Map.of(
                "type",
                "HTTP",
                "mode",
                "Continuous",
                "intervalSeconds",
                10,
                "http",
                Map.of("url", "http://web", "criteria", Map.of("statusCode", "200"))));
        spec.putAll(more);
        mesh.put("StatusCheck", "check", spec);
    }

    @Test
    void itIsExecutedFirstAfterOneInterval() {
        check(Map.of());
        mesh.advance(Duration.ofMillis(9_999));
        assertThat(status().at("count").number(-1)).isZero();
        mesh.advance(Duration.ofMillis(1));
        assertThat(status().at("count").number(-1)).isEqualTo(1);
        assertThat(status().at("records").elements())
                .singleElement()
                .satisfies(record -> assertThat(record.at("outcome").text()).isEqualTo("Success"));
    }

    @Test
    void continuousCheckGoesOnAfterSuccessesAndKeepsTheNewestRecords() {
        check(Map.of("recordsHistoryLimit", 3, "intervalSeconds", 1));
        mesh.advance(Duration.ofSeconds(20));
        assertThat(status().at("count").number(0)).isEqualTo(20);
        assertThat(status().at("records").elements())
                .extracting(record -> record.at("startTime").text())
                .containsExactly("2026-01-01T00:00:18Z", "2026-01-01T00:00:19Z", "2026-01-01T00:00:20Z");
        assertThat(Conditions.isTrue(status(), "Completed")).isFalse();
    }

    @Test
    void failuresInARowCompleteIt() {
        check(Map.of("failureThreshold", 2, "intervalSeconds", 1));
        mesh.statusCode = 503;
        mesh.advance(Duration.ofSeconds(1));
        mesh.statusCode = 200;
        mesh.advance(Duration.ofSeconds(1));
        mesh.statusCode = 0;
        mesh.advance(Duration.ofSeconds(1));
        assertThat(Conditions.isTrue(status(), "Completed")).isFalse();
        mesh.advance(Duration.ofSeconds(1));
        assertThat(Conditions.isTrue(status(), "FailureThresholdExceed")).isTrue();
        assertThat(Conditions.isTrue(status(), "Completed")).isTrue();
        assertThat(status().at("completionTime").text()).isEqualTo("2026-01-01T00:00:04Z");
        assertThat(mesh.told)
                .contains(
                        "StatusCheck StatusCheckCompleted: status check completed: StatusCheckFailureThresholdExceed",
                        "StatusCheck StatusCheckExecutionFailed: HTTP execution of status check failed: unexpected"
                                + " status code: 503",
                        "StatusCheck StatusCheckExecutionFailed: HTTP execution of status check failed: do http"
                                + " request: refused");

        long count = status().at("count").number(0);
        mesh.advance(Duration.ofMinutes(1));
        assertThat(status().at("count").number(0)).isEqualTo(count);
    }

    @Test
    void durationCompletesItAMillisecondAfter() {
        check(Map.of("duration", "25s"));
        mesh.advance(Duration.ofSeconds(25));
        assertThat(Conditions.isTrue(status(), "Completed")).isFalse();
        mesh.advance(Duration.ofMillis(2));
        assertThat(Conditions.isTrue(status(), "DurationExceed")).isTrue();
        assertThat(Conditions.isTrue(status(), "Completed")).isTrue();
    }

    @Test
    void rangeOfStatusCodesCountsBothEnds() {
        check(Map.of("http", Map.of("url", "http://web", "criteria", Map.of("statusCode", "200-204"))));
        mesh.statusCode = 204;
        mesh.advance(Duration.ofSeconds(10));
        mesh.statusCode = 205;
        mesh.advance(Duration.ofSeconds(10));
        assertThat(status().at("records").elements())
                .extracting(record -> record.at("outcome").text())
                .containsExactly("Success", "Failure");
    }
}
