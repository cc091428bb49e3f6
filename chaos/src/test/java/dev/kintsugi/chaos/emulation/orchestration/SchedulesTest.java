package dev.kintsugi.chaos.emulation.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.mesh.TargetRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    private static final Duration JUST_BEFORE = Duration.ofMinutes(5).minusMillis(1);

    private final VirtualMesh mesh = new VirtualMesh();

    private Item schedule(Map<String, Object> more, Map<String, Object> chaos) {
        Map<String, Object> spec =
                new HashMap<>(Map.of("schedule", "*/5 * * * *", "type", "PodChaos", "historyLimit", 2));
        spec.put("podChaos", chaos);
        spec.putAll(more);
        return mesh.put("Schedule", "hourly", spec);
    }

    private Item kills(Map<String, Object> more) {
        return schedule(more, Map.of("action", "pod-kill", "mode", "one", "selector", Map.of()));
    }

    private Item failures(Map<String, Object> more, String duration) {
        return schedule(
                more, Map.of("action", "pod-failure", "mode", "one", "selector", Map.of(), "duration", duration));
    }

    private void records(Item child, String desiredPhase, String phase) {
        mesh.status(
                child,
                Map.of(
                        "experiment",
                        Map.of(
                                "desiredPhase",
                                desiredPhase,
                                "containerRecords",
                                List.of(Map.of("id", "shop/web-0", "selectorKey", ".", "phase", phase)))));
    }

    private void finishAll() {
        mesh.all("PodChaos").forEach(child -> records(child, "Run", TargetRecord.INJECTED));
    }

    @Test
    void experimentIsCreatedWhenItIsDueAndNotAMillisecondBefore() {
        kills(Map.of());
        mesh.advance(JUST_BEFORE);
        assertThat(mesh.all("PodChaos")).isEmpty();

        mesh.advance(Duration.ofMillis(1));
        assertThat(mesh.all("PodChaos")).singleElement().satisfies(child -> {
            assertThat(child.name()).startsWith("hourly-");
            assertThat(child.labels()).containsEntry("managed-by", "hourly");
            assertThat(child.spec().at("action").text()).isEqualTo("pod-kill");
        });
        assertThat(mesh.one("Schedule", "hourly").status().at("time").text()).isEqualTo("2026-01-01T00:05:00Z");
        assertThat(mesh.one("Schedule", "hourly").status().at("active").elements())
                .singleElement()
                .satisfies(active -> assertThat(active.at("kind").text()).isEqualTo("PodChaos"));
        assertThat(mesh.reasons()).containsSequence("Spawned", "Updated");
    }

    @Test
    void forbidWaitsForTheOneBeforeAndGoesOnWhenThatIsFinished() {
        kills(Map.of());
        mesh.advance(Duration.ofMinutes(11));
        assertThat(mesh.all("PodChaos")).hasSize(1);
        String running = mesh.all("PodChaos").get(0).name();
        assertThat(mesh.told)
                .contains("Schedule Forbid: Forbid spawning new job because: " + running + " is still running");

        finishAll();
        mesh.settle();
        assertThat(mesh.all("PodChaos")).hasSize(2);
    }

    @Test
    void forbidBlocksForEverBehindAnExperimentWithoutAnEnd() {
        schedule(Map.of(), Map.of("action", "pod-failure", "mode", "one", "selector", Map.of()));
        mesh.advance(Duration.ofHours(2));
        assertThat(mesh.all("PodChaos")).hasSize(1);
    }

    @Test
    void experimentWithADurationIsFinishedWhenItIsOverAndRecovered() {
        failures(Map.of(), "2m");
        mesh.advance(Duration.ofMinutes(5));
        records(mesh.all("PodChaos").get(0), "Stop", TargetRecord.INJECTED);
        mesh.advance(Duration.ofMinutes(6));
        assertThat(mesh.all("PodChaos")).as("not recovered yet").hasSize(1);

        records(mesh.all("PodChaos").get(0), "Stop", TargetRecord.NOT_INJECTED);
        mesh.settle();
        assertThat(mesh.all("PodChaos")).hasSize(2);
    }

    @Test
    void allowDoesNotWait() {
        kills(Map.of("concurrencyPolicy", "Allow", "historyLimit", 10));
        mesh.advance(Duration.ofMinutes(15));
        assertThat(mesh.all("PodChaos")).hasSize(3);
    }

    @Test
    void historyKeepsTheNewestAndSparesWhatStillRuns() {
        failures(Map.of("concurrencyPolicy", "Allow", "historyLimit", 1), "7m");
        mesh.advance(Duration.ofMinutes(10));
        assertThat(mesh.all("PodChaos")).hasSize(2);
        assertThat(mesh.reasons()).contains("Skip");

        mesh.all("PodChaos").forEach(child -> records(child, "Stop", TargetRecord.NOT_INJECTED));
        mesh.advance(Duration.ofMinutes(2).plusMillis(2));
        assertThat(mesh.all("PodChaos")).singleElement().satisfies(child -> assertThat(child.createdAt())
                .isEqualTo(VirtualMesh.START.plus(Duration.ofMinutes(10))));
    }

    @Test
    void hundredMissedRunsAreMadeUpForByOneAndOneMoreIsAnError() {
        kills(Map.of("schedule", "* * * * *"));
        mesh.now = VirtualMesh.START.plus(Duration.ofMinutes(101)).minusMillis(1);
        mesh.settle();
        assertThat(mesh.all("PodChaos")).hasSize(1);

        VirtualMesh late = new VirtualMesh();
        late.put("Schedule", "late", Map.of("schedule", "* * * * *", "type", "PodChaos", "podChaos", Map.of()));
        late.now = VirtualMesh.START.plus(Duration.ofMinutes(101));
        late.settle();
        assertThat(late.all("PodChaos")).isEmpty();
        assertThat(late.told)
                .containsExactly("Schedule Failed: Failed to get run time: too many missed start time (> 100). Set or"
                        + " decrease .spec.startingDeadlineSeconds or check clock skew");
    }

    @Test
    void startingDeadlineForgetsWhatIsTooLate() {
        kills(Map.of("schedule", "* * * * *", "startingDeadlineSeconds", 30));
        mesh.now = VirtualMesh.START.plus(Duration.ofHours(10).plusSeconds(40));
        mesh.settle();
        assertThat(mesh.all("PodChaos")).isEmpty();

        mesh.advance(Duration.ofSeconds(20));
        assertThat(mesh.all("PodChaos")).hasSize(1);
    }

    @Test
    void pauseReachesTheChildrenAndKeepsNewOnesFromBeingCreated() {
        Item schedule = failures(Map.of("concurrencyPolicy", "Allow"), "1h");
        mesh.advance(Duration.ofMinutes(5));
        mesh.annotate(schedule, "experiment.chaos-mesh.org/pause", "true");
        mesh.advance(Duration.ofMinutes(20));

        assertThat(mesh.all("PodChaos")).singleElement().satisfies(child -> assertThat(child.annotations())
                .containsEntry("experiment.chaos-mesh.org/pause", "true"));

        mesh.annotate(schedule, "experiment.chaos-mesh.org/pause", "false");
        mesh.settle();
        assertThat(mesh.all("PodChaos")).hasSize(2);
        assertThat(mesh.all("PodChaos").get(0).annotations()).containsEntry("experiment.chaos-mesh.org/pause", "false");
    }

    @Test
    void workflowIsScheduledTooButCannotBePaused() {
        Item schedule = mesh.put(
                "Schedule",
                "flow",
                Map.of(
                        "schedule",
                        "@every 1m",
                        "type",
                        "Workflow",
                        "historyLimit",
                        1,
                        "workflow",
                        Map.of(
                                "entry",
                                "wait",
                                "templates",
                                List.of(Map.of("name", "wait", "templateType", "Suspend", "deadline", "30s")))));
        mesh.advance(Duration.ofMinutes(2).plusSeconds(10));
        assertThat(mesh.all("Workflow")).hasSize(1);
        assertThat(mesh.all("Workflow").get(0).createdAt()).isEqualTo(VirtualMesh.START.plus(Duration.ofMinutes(2)));

        mesh.annotate(schedule, "experiment.chaos-mesh.org/pause", "true");
        mesh.settle();
        assertThat(mesh.reasons()).contains("NotSupported");
    }

    @Test
    void experimentThatIsRefusedIsSaidAndNotCountedAsARun() {
        mesh.refused = create -> true;
        kills(Map.of());
        mesh.advance(Duration.ofMinutes(5));
        assertThat(mesh.told).contains("Schedule Failed: Failed to create new object: refused");
        assertThat(mesh.one("Schedule", "hourly").status().at("time").exists()).isFalse();
    }
}
