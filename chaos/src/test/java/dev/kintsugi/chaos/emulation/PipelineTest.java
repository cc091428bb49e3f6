package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.TargetRecord;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.chaos.model.Pods;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private static final String PAUSE = "experiment.chaos-mesh.org/pause";
    private static final PodInfo WEB_0 = Pods.running("shop", "web-0");
    private static final PodInfo WEB_1 = Pods.running("shop", "web-1");
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private static Simulation loss(Object... more) {
        Map<String, Object> spec = new HashMap<>(
                Map.of("action", "loss", "direction", "to", "loss", Map.of("loss", "30", "correlation", "0")));
        for (int i = 0; i < more.length; i += 2) {
            spec.put((String) more[i], more[i + 1]);
        }
        return new Simulation(Kind.NETWORK_CHAOS, spec, WEB_0, WEB_1);
    }

    private static Simulation memory(String size, PodInfo... pods) {
        return new Simulation(
                Kind.STRESS_CHAOS, Map.of("stressors", Map.of("memory", Map.of("workers", 2, "size", size))), pods);
    }

    @Test
    void networkLossGoesThroughItsPhasesAndItsConditionsLag() {
        Simulation simulation = loss().settle();

        assertThat(simulation.phases()).containsExactly("shop/web-0=Injected", "shop/web-1=Injected");
        assertThat(simulation.history.stream().map(PipelineTest::summary))
                .containsExactly(
                        "Run null {}",
                        "Run null {}=Paused-",
                        "Run Not Injected/Wait {}=Paused-",
                        "Run Not Injected/Wait {}=Selected",
                        "Run Injected {}=Selected",
                        "Run Injected {}=Selected,AllInjected");
        assertThat(simulation.notes)
                .containsExactly(
                        "FinalizerInited: Finalizer has been inited",
                        "Updated: Successfully update finalizer of resource",
                        "Started: Experiment has started",
                        "Updated: Successfully update desiredPhase of resource",
                        "Updated: Successfully update records of resource",
                        "Applied: Successfully apply chaos for shop/web-0",
                        "Applied: Successfully apply chaos for shop/web-1",
                        "Updated: Successfully update records of resource");
        assertThat(simulation.daemon.inForce)
                .containsOnlyKeys("networkchaos/shop/x/. on shop/web-0", "networkchaos/shop/x/. on shop/web-1")
                .containsValue(NetworkFault.Netem.loss(30));
    }

    /** {@code desiredPhase phase-of-the-first-record {}=true conditions}. */
    private static String summary(Status status) {
        String phase =
                status.targets().isEmpty() ? "null" : status.targets().get(0).phase();
        if (status.conditions().isEmpty()) {
            return status.desiredPhase() + " " + phase + " {}";
        }
        List<String> held = List.of("Selected", "AllInjected", "AllRecovered", "Paused").stream()
                .filter(type -> Boolean.TRUE.equals(status.conditions().get(type)))
                .toList();
        return status.desiredPhase() + " " + phase + " {}=" + (held.isEmpty() ? "Paused-" : String.join(",", held));
    }

    @Test
    void durationCountsFromCreationToTheMillisecond() {
        Simulation simulation = loss("duration", "30s").settle();

        assertThat(simulation.nextLook).contains(Simulation.START.plusSeconds(30));
        simulation.advance(Duration.ofSeconds(30).minus(MILLISECOND));
        assertThat(simulation.status().isInjected()).isTrue();

        simulation.advance(MILLISECOND);
        assertThat(simulation.status().isRecovered()).isTrue();
        assertThat(simulation.daemon.inForce).isEmpty();
        assertThat(simulation.notes).contains("TimeUp: Time up according to the duration");
        assertThat(simulation.status().conditions()).containsEntry("AllRecovered", true);
    }

    @Test
    void pauseTakesTheFaultBackAndItsEndBringsItAgainButTheDurationRunsOn() {
        Simulation simulation = loss("duration", "60s").settle();

        simulation.annotate(PAUSE, "true");
        assertThat(simulation.daemon.inForce).isEmpty();
        assertThat(simulation.status().conditions()).containsEntry("Paused", true);
        assertThat(simulation.nextLook).isEmpty();

        simulation.advance(Duration.ofSeconds(10)).annotate(PAUSE, "false");
        assertThat(simulation.daemon.inForce).hasSize(2);
        assertThat(simulation.status().targets()).allSatisfy(record -> {
            assertThat(record.injectedCount()).isEqualTo(2);
            assertThat(record.recoveredCount()).isEqualTo(1);
        });
        assertThat(simulation.nextLook).contains(Simulation.START.plusSeconds(60));
        assertThat(simulation.notes).contains("Paused: Experiment has been paused");
    }

    @Test
    void pausedFromTheStartIsRecoveredWithoutEverBeingInjected() {
        Simulation simulation = loss();
        simulation.annotate(PAUSE, "true");

        assertThat(simulation.status().conditions()).containsEntry("AllRecovered", true);
        assertThat(simulation.status().hasBeenInjected()).isFalse();
        assertThat(simulation.daemon.calls).isEmpty();
    }

    @Test
    void deletionRecoversAndThenLetsGo() {
        Simulation simulation = loss().settle();

        simulation.delete();

        assertThat(simulation.isGone()).isTrue();
        assertThat(simulation.daemon.inForce).isEmpty();
        assertThat(simulation.notes)
                .contains(
                        "Deleted: Experiment has been deleted", "Recovered: Successfully recover chaos for shop/web-0")
                .endsWith(
                        "FinalizerInited: Finalizer has been removed",
                        "Updated: Successfully update finalizer of resource");
    }

    @Test
    void deletionWaitsForAFaultThatCannotBeTakenBackUnlessCleanUpIsForced() {
        Simulation simulation = loss().settle();
        simulation.daemon.failure = "node is silent";

        simulation.delete();
        assertThat(simulation.isGone()).isFalse();
        assertThat(simulation.status().failures())
                .containsExactly(
                        "Recover on shop/web-0 failed: node is silent", "Recover on shop/web-1 failed: node is silent");
        assertThat(simulation.notes).contains("Failed: Failed to recover chaos: node is silent");

        simulation.annotate("chaos-mesh.chaos-mesh.org/cleanFinalizer", "forced");
        assertThat(simulation.isGone()).isTrue();
        assertThat(simulation.daemon.inForce).hasSize(2);
    }

    @Test
    void failedInjectionLooksRecoveredAndIsTriedAgainAfterAPause() {
        Simulation simulation = memory("64MiB", WEB_0);
        simulation.daemon.failure = "no room";
        simulation.settle();

        assertThat(simulation.phases()).containsExactly("shop/web-0/app=Not Injected");
        assertThat(simulation.status().conditions()).containsEntry("AllRecovered", true);
        assertThat(simulation.status().failures()).containsExactly("Apply on shop/web-0/app failed: no room");
        assertThat(simulation.notes).contains("Failed: Failed to apply chaos: no room");
        assertThat(simulation.daemon.calls).hasSize(1);

        Duration pause = Duration.between(simulation.now, simulation.nextLook.orElseThrow());
        assertThat(pause).isEqualTo(Duration.ofMillis(100));
        simulation.advance(pause.minus(MILLISECOND));
        assertThat(simulation.daemon.calls).hasSize(1);

        simulation.daemon.failure = null;
        simulation.advance(MILLISECOND);
        assertThat(simulation.status().isInjected()).isTrue();
        assertThat(simulation.status().targets().get(0).injectedCount()).isEqualTo(1);
    }

    @Test
    void aRecordKeepsAHundredEvents() {
        Simulation simulation = memory("64MiB", WEB_0);
        simulation.daemon.failure = "no room";
        simulation.settle();
        for (int i = 0; i < 150; i++) {
            simulation.advance(Duration.ofSeconds(6));
        }

        TargetRecord record = simulation.status().targets().get(0);
        assertThat(record.events()).hasSize(100).allMatch(TargetRecord.Event::failed);
        assertThat(record.events().get(99).timestamp()).isEqualTo(simulation.now);
    }

    @Test
    void podKillHappensOnceAndIsNeverRecovered() {
        Simulation simulation =
                new Simulation(Kind.POD_CHAOS, Map.of("action", "pod-kill", "gracePeriod", 7, "duration", "1s"), WEB_0);

        simulation.settle();
        assertThat(simulation.phases()).containsExactly("shop/web-0=Injected");
        assertThat(simulation.daemon.calls).containsExactly("delete shop/web-0 grace 7");
        assertThat(simulation.notes).doesNotContain("Started: Experiment has started");

        simulation.annotate(PAUSE, "true").advance(Duration.ofHours(1));
        assertThat(simulation.status().desiredPhase()).isEqualTo("Run");
        assertThat(simulation.status().conditions())
                .containsEntry("AllInjected", true)
                .containsEntry("AllRecovered", false);
        assertThat(simulation.daemon.calls).hasSize(1);

        assertThat(simulation.delete().isGone()).isTrue();
    }

    @Test
    void targetsAreChosenOnce() {
        Simulation simulation = loss().settle();

        simulation.pods.add(Pods.running("shop", "web-2"));
        simulation.advance(Duration.ofMinutes(1));

        assertThat(simulation.phases()).hasSize(2);
    }

    @Test
    void recoveryOfAPodThatIsGoneNeedsNothing() {
        Simulation simulation = memory("64MiB", WEB_0, WEB_1).settle();
        simulation.pods.remove(WEB_0);

        simulation.delete();

        assertThat(simulation.isGone()).isTrue();
        assertThat(simulation.daemon.calls)
                .containsExactly("stress shop/web-0/app", "stress shop/web-1/app", "unstress shop/web-1/app");
    }

    @Test
    void nothingSelectedIsSaidOnceAndLeavesNoRecords() {
        Simulation simulation = new Simulation(Kind.POD_CHAOS, Map.of("action", "pod-kill")).settle();

        assertThat(simulation.gaveUp()).isTrue();
        assertThat(simulation.status().records()).isNull();
        assertThat(simulation.status().conditions())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("Selected", false, "AllInjected", false, "AllRecovered", false, "Paused", false));
        assertThat(simulation.notes).endsWith("Failed: Failed to select targets: no pod is selected");
        assertThat(simulation.delete().isGone()).isTrue();
    }

    @Test
    void containerThatNoPodHasIsNoTarget() {
        Simulation simulation = new Simulation(
                        Kind.POD_CHAOS, Map.of("action", "container-kill", "containerNames", List.of("sidecar")), WEB_0)
                .settle();

        assertThat(simulation.notes).endsWith("Failed: Failed to select targets: no target has been selected");
    }

    @Test
    void memoryStressSharesTheContainersLimitAndRemembersItsProcess() {
        Simulation simulation = memory("50%", WEB_0).settle();

        assertThat(simulation.daemon.inForce)
                .containsOnly(Map.entry("stressor-1", new StressorSpec(2, 64L * 1024 * 1024, 0, 100, 0)));
        assertThat(simulation.status().instances())
                .containsEntry("shop/web-0/app", Map.of("uid", "stressor-1", "startTime", "2026-01-01T00:00:00Z"));

        simulation.delete();
        assertThat(simulation.daemon.inForce).isEmpty();
        assertThat(simulation.status().instances()).isEmpty();
    }

    @Test
    void shareOfALimitThatIsNotThereFailsWithTheReason() {
        Simulation simulation = memory("50%", Pods.unlimited("shop", "web-0")).settle();

        assertThat(simulation.status().failures().get(0)).contains("the container has no memory limit");
    }

    @Test
    void stressorWithoutWorkersPassesForInjectedThoughNothingRuns() {
        Simulation simulation = new Simulation(
                        Kind.STRESS_CHAOS, Map.of("stressors", Map.of("cpu", Map.of("workers", 0))), WEB_0)
                .settle();

        assertThat(simulation.status().isInjected()).isTrue();
        assertThat(simulation.daemon.calls).isEmpty();
    }

    @Test
    void podFailureSwapsImagesAndPutsThemBack() {
        Simulation simulation = new Simulation(Kind.POD_CHAOS, Map.of("action", "pod-failure"), WEB_0).settle();
        simulation.delete();

        assertThat(simulation.daemon.calls)
                .containsExactly(
                        "swap shop/web-0 {app=chaos-mesh-x-pod-failure-app-normal-image}",
                        "restore shop/web-0 {app=chaos-mesh-x-pod-failure-app-normal-image}");
    }

    @Test
    void lossFromAPeerActsWhereThePeerSends() {
        Simulation simulation = loss(
                "direction", "from",
                "selector", Map.of("pods", Map.of("shop", List.of("web-0"))),
                "target", Map.of("mode", "all", "selector", Map.of("pods", Map.of("shop", List.of("web-1")))));
        simulation.settle();

        assertThat(simulation.status().targets())
                .extracting(TargetRecord::selectorKey)
                .containsExactly(".", ".Target");
        assertThat(simulation.daemon.calls).containsExactly("network shop/web-1");
        assertThat(simulation.daemon.inForce.get("networkchaos/shop/x/.Target on shop/web-1"))
                .isInstanceOfSatisfying(
                        NetworkFault.class, fault -> assertThat(fault.peers()).containsExactly(WEB_0.ip()));
    }

    @Test
    void partitionDropsAtBothEnds() {
        Simulation simulation = new Simulation(
                Kind.NETWORK_CHAOS,
                Map.of(
                        "action", "partition",
                        "direction", "to",
                        "externalTargets", List.of("10.1.0.0/16"),
                        "selector", Map.of("pods", Map.of("shop", List.of("web-0"))),
                        "target", Map.of("mode", "all", "selector", Map.of("pods", Map.of("shop", List.of("web-1"))))),
                WEB_0,
                WEB_1);
        simulation.settle();

        assertThat(simulation.daemon.inForce)
                .containsEntry(
                        "networkchaos/shop/x/. on shop/web-0",
                        new NetworkFault.Partition(true, false, List.of(WEB_1.ip(), "10.1.0.0/16")))
                .containsEntry(
                        "networkchaos/shop/x/.Target on shop/web-1",
                        new NetworkFault.Partition(false, true, List.of(WEB_0.ip())));
    }

    @Test
    void whatCannotBeDoneFailsWithTheReason() {
        Simulation simulation =
                loss("action", "corrupt", "corrupt", Map.of("corrupt", "500")).settle();

        assertThat(simulation.status().isInjected()).isFalse();
        assertThat(simulation.status().failures().get(0)).contains("spec.corrupt.corrupt");
    }

    @Test
    void sameSeedSelectsTheSameVictim() {
        for (long seed = 0; seed < 20; seed++) {
            Simulation first = loss("mode", "one");
            Simulation second = loss("mode", "one");
            first.seed = seed;
            second.seed = seed;

            assertThat(first.settle().phases())
                    .hasSize(1)
                    .isEqualTo(second.settle().phases());
        }
    }
}
