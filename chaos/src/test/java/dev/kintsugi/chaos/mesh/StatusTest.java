package dev.kintsugi.chaos.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTest {

    /** phases: one record each, {@code phase:injectedCount}; {@code -} is no record list at all. */
    @ParameterizedTest(name = "{0} {1} conditions {2}: injected {3}, has been {4}, recovered {5}")
    @CsvSource(
            delimiter = '|',
            value = {
                "     | -                              |                                     | false | false | false",
                "Run  | -                              | Selected=False AllRecovered=False   | false | false | false",
                "Run  | Not Injected:0                 | AllRecovered=True AllInjected=False | false | false | false",
                "Run  | Not Injected/Wait:0            | AllRecovered=True                   | false | false | false",
                "Run  | Injected:1                     | AllRecovered=True AllInjected=False | true  | true  | false",
                "Run  | Injected:1,Not Injected:0      | AllInjected=False                   | false | false | false",
                "Run  | Injected:1,Injected:1          | AllInjected=True Selected=True      | true  | true  | false",
                "Run  | Not Injected:0,Not Injected:0  | AllInjected=True                    | false | false | false",
                "Stop | Injected:1                     | AllInjected=True                    | false | true  | false",
                "Stop | Injected/Wait:1                | AllInjected=True                    | false | true  | false",
                "Stop | Not Injected:1                 | AllInjected=True AllRecovered=False | false | true  | true",
                "Stop | Not Injected:1                 | AllRecovered=True                   | false | true  | true",
                "Stop | Not Injected:0                 | AllRecovered=True                   | false | false | true",
                "Stop | -                              | Selected=False                      | false | false | false",
            })
    void recordsDecideWhateverTheConditionsSay(
            @Nullable String desired,
            String phases,
            @Nullable String conditions,
            boolean injected,
            boolean hasBeen,
            boolean recovered) {
        Status status = status(desired, phases, conditions == null ? "" : conditions);

        assertThat(status.isInjected()).isEqualTo(injected);
        assertThat(status.hasBeenInjected()).isEqualTo(hasBeen);
        assertThat(status.isRecovered()).isEqualTo(recovered);
    }

    @Test
    void orderOfConditionsDoesNotMatter() {
        Status one = status("Run", "Injected:1", "Selected=True AllInjected=True AllRecovered=False Paused=False");
        Status other = status("Run", "Injected:1", "Paused=False AllRecovered=False AllInjected=True Selected=True");

        assertThat(one).isEqualTo(other);
    }

    @Test
    void withoutTargetsMeansLookedAndFoundNothingSoFar() {
        assertThat(Status.NONE.isWithoutTargets()).isFalse();
        assertThat(status("Run", "-", "Selected=False").isWithoutTargets()).isTrue();
        assertThat(status("Run", "Not Injected:0", "Selected=False").isWithoutTargets())
                .isFalse();
    }

    @Test
    void failuresAreTheLastThingTried() {
        Map<String, Object> failed = Map.of(
                "type",
                "Failed",
                "operation",
                "Apply",
                "message",
                "no such container",
                "timestamp",
                "2026-01-01T00:00:00Z");
        Map<String, Object> succeeded =
                Map.of("type", "Succeeded", "operation", "Apply", "timestamp", "2026-01-01T00:00:01Z");

        assertThat(withEvents(List.of(failed)).failures())
                .containsExactly("Apply on shop/web-0 failed: no such container");
        assertThat(withEvents(List.of(failed, succeeded)).failures()).isEmpty();
    }

    @Test
    void malformedStatusIsReadAsNothing() {
        for (Object wild : List.of(1, "text", List.of(), Map.of("experiment", List.of(1)), Map.of("conditions", "x"))) {
            assertThat(Status.of(new Tree(wild))).isEqualTo(Status.NONE);
        }
    }

    @Test
    void writtenStatusReadsBackTheSame() {
        Status status = status("Run", "Injected:1,Not Injected:0", "Selected=True AllInjected=False");

        assertThat(Status.of(new Tree(status.toMap()))).isEqualTo(status);
    }

    private static Status withEvents(List<Map<String, Object>> events) {
        return Status.of(new Tree(Map.of(
                "experiment",
                Map.of(
                        "desiredPhase",
                        "Run",
                        "containerRecords",
                        List.of(Map.of("id", "shop/web-0", "phase", "Not Injected", "events", events))))));
    }

    private static Status status(@Nullable String desired, String phases, String conditions) {
        List<Map<String, Object>> records = new ArrayList<>();
        if (!phases.equals("-")) {
            for (String phase : phases.split(",", -1)) {
                String[] parts = phase.split(":", -1);
                records.add(Map.of(
                        "id",
                        "shop/web-" + records.size(),
                        "selectorKey",
                        ".",
                        "phase",
                        parts[0],
                        "injectedCount",
                        Integer.parseInt(parts[1]),
                        "recoveredCount",
                        0));
            }
        }
        List<Map<String, Object>> list = new ArrayList<>();
        for (String condition : conditions.isEmpty() ? new String[0] : conditions.split(" ", -1)) {
            String[] parts = condition.split("=", -1);
            list.add(Map.of("type", parts[0], "status", parts[1]));
        }
        Map<String, Object> experiment = new HashMap<>();
        if (desired != null) {
            experiment.put("desiredPhase", desired);
        }
        if (!phases.equals("-")) {
            experiment.put("containerRecords", records);
        }
        return Status.of(new Tree(Map.of("conditions", list, "experiment", experiment)));
    }
}
