package dev.kintsugi.healer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.policy.Diagnoser;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the healer makes of pods as a real Kubernetes reported them. */
final class RecordedPodsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void outOfMemoryIsSeenWhileDeadAndStillKnownWhenBack() throws IOException {
        List<String> found = diagnoses("05-oom-killed.1", HealerConfig.DEFAULTS);
        assertThat(found).first().asString().startsWith("OOMKilled ongoing occurrence 1");
        assertThat(found).last().asString().startsWith("OOMKilled over occurrence 1");
    }

    @Test
    void crashLoopOfABarePodIsFoundAsSoonAsTheKubeletBacksOff() throws IOException {
        List<String> found = diagnoses("06-crash-loop.1", HealerConfig.of(Map.of("pod_startup_threshold", "120")));
        assertThat(found).first().asString().contains("CrashLoopBackOff ongoing occurrence 1 at 13913 ms");
        assertThat(found.stream().filter(d -> d.startsWith("CrashLoopBackOff ongoing")))
                .hasSize(5);
        assertThat(found).as("120 s after the start").anyMatch(d -> d.startsWith("PodNotReady"));
    }

    @Test
    void readinessThatComesBackInTimeIsNothing() throws IOException {
        assertThat(diagnoses("09-readiness-fails-then-recovers.1", HealerConfig.DEFAULTS))
                .isEmpty();
    }

    @Test
    void failedPodIsFailedOnlyOnceItsPhaseSaysSo() throws IOException {
        List<String> found = diagnoses("18a-pod-failed-never.1", HealerConfig.DEFAULTS);
        assertThat(found).isNotEmpty().allMatch(d -> d.startsWith("PodFailed ongoing"));
    }

    /** Ordinary life: a graceful deletion, a liveness restart, a rolling restart. */
    @ParameterizedTest
    @ValueSource(strings = {"02a-pod-delete-graceful.1", "10-liveness-fails.1", "12-rollout-restart.1"})
    void ordinaryLifeIsNothing(String recording) throws IOException {
        assertThat(diagnoses(recording, HealerConfig.of(Map.of("pod_not_ready_threshold", "10"))))
                .isEmpty();
    }

    /** Kubernetes says 12:00:00 of everything from then to 12:00:01. */
    @Test
    void wholeSecondsDoNotMakeAPodNotReadyForLongerThanItWas() throws IOException {
        Pod pod = JSON.readValue("""
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"namespace": "ns", "name": "a", "uid": "u", "creationTimestamp": "2026-01-01T11:00:00Z"},
                 "status": {"phase": "Running",
                  "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T12:00:00Z"}]}}""", Pod.class);
        Instant seen = Instant.parse("2026-01-01T12:00:00.900Z");

        PodState first = Reader.pod(pod, null, seen);
        assertThat(first.readySince()).isEqualTo(seen);
        assertThat(Reader.pod(pod, first, seen.plusSeconds(9)).readySince())
                .as("seen again")
                .isEqualTo(seen);
        assertThat(Reader.pod(pod, null, seen.plusSeconds(9)).readySince())
                .as("seen late")
                .isEqualTo("2026-01-01T12:00:01Z");
    }

    /** One line for each event with which something was wrong. */
    private static List<String> diagnoses(String recording, HealerConfig config) throws IOException {
        Diagnoser diagnoser = new Diagnoser(config);
        Map<String, PodState> before = new HashMap<>();
        List<String> found = new ArrayList<>();
        @Nullable Instant start = null;
        for (JsonNode line : lines(recording)) {
            if (!line.has("object")) {
                continue;
            }
            Pod pod = JSON.treeToValue(line.get("object"), Pod.class);
            long ms = line.get("ms").asLong();
            if (start == null) {
                start = Instant.parse(pod.getMetadata().getCreationTimestamp()).minusMillis(ms);
            }
            Instant now = start.plusMillis(ms);
            String uid = pod.getMetadata().getUid();
            PodState state = Reader.pod(pod, before.get(uid), now);
            before.put(uid, state);
            NodeState node = new NodeState("node", NodeState.Condition.READY, start);
            Map<String, NodeState> nodes =
                    state.nodeName() == null ? Map.of() : Map.of(Objects.requireNonNull(state.nodeName()), node);
            Diagnosis diagnosis = diagnoser
                    .diagnose(
                            new Observation(
                                    now, state.ref(), state, null, true, List.of(), nodes, Set.of(), List.of(), null),
                            now)
                    .diagnosis();
            if (diagnosis != null) {
                found.add("%s %s occurrence %d at %d ms: %s"
                        .formatted(
                                diagnosis.cause().published(),
                                diagnosis.ongoing() ? "ongoing" : "over",
                                diagnosis.occurrence(),
                                ms,
                                diagnosis.evidence()));
            }
        }
        return found;
    }

    private static List<JsonNode> lines(String recording) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(RecordedPodsTest.class.getResourceAsStream("traces/" + recording + ".jsonl")),
                StandardCharsets.UTF_8))) {
            List<JsonNode> lines = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(JSON.readTree(line));
            }
            return lines;
        }
    }
}
