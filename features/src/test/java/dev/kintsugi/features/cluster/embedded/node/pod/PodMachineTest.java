package dev.kintsugi.features.cluster.embedded.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Answer;
import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Outcome;
import dev.kintsugi.features.cluster.embedded.node.pod.VirtualNode.Reported;
import dev.kintsugi.features.cluster.embedded.node.pod.VirtualNode.Script;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The expected sequences are those of recordings of a real Kubernetes 1.28 (the number of the recording stands at each test), reduced to
 * phase, pod IP, conditions and container states.
 */
final class PodMachineTest {

    private static final String CREATING =
            "Pending I=True R=False/ContainersNotReady C=False/ContainersNotReady web:ContainerCreating x0 last=-";
    private static final String STARTED =
            "Running ip I=True R=False/ContainersNotReady C=False/ContainersNotReady web:running x0 last=- started";
    private static final String READY = "Running ip I=True R=True C=True web:running x0 last=- ready started";

    private static final Answer NOT_FOUND = new Answer(Outcome.BAD, "HTTP probe failed with statuscode: 404");

    @Test
    void recording01PodBecomesRunningThenReady() {
        VirtualNode node = serving().pass(Duration.ofSeconds(5));
        assertThat(node.sequence()).containsExactly(CREATING, STARTED, READY);
        assertThat(node.when(STARTED)).isBetween(Duration.ofMillis(250), Duration.ofMillis(1300));
        assertThat(node.events.stream().map(Reported::what))
                .containsExactly(
                        "Pulled: Container image \"app:1\" already present on machine",
                        "Created: Created container web",
                        "Started: Started container web");
    }

    @Test
    void recording02aDeletedPodSucceedsBeforeItsObjectGoes() {
        VirtualNode node = serving().pass(Duration.ofSeconds(5)).act();
        node.delete(30);
        node.pass(Duration.ofSeconds(5));
        assertThat(node.sequence())
                .containsExactly(
                        "Succeeded I=True/PodCompleted R=False/PodCompleted C=False/PodCompleted web:Completed(0) x0 last=-",
                        "Succeeded ip I=True/PodCompleted R=False/PodCompleted C=False/PodCompleted web:Completed(0) x0 last=-",
                        "DELETED");
        assertThat(node.when("DELETED")).isBetween(Duration.ofMillis(20), Duration.ofMillis(1600));
        assertThat(node.events.stream().map(Reported::what)).containsExactly("Killing: Stopping container web");
        assertThat(node.gone).isTrue();
    }

    @Test
    void recording02bContainerThatIgnoresSigtermIsKilledAfterTheGrace() {
        VirtualNode node =
                new VirtualNode(pod("Always", readiness(), null, null), Map.of("web", n -> Script.ignoresTerm()));
        node.pass(Duration.ofSeconds(5)).act().delete(2);
        node.pass(Duration.ofSeconds(6));
        assertThat(node.sequence())
                .containsExactly(
                        "Failed I=True R=False/PodFailed C=False/PodFailed web:Error(137) x0 last=-",
                        "Failed ip I=True R=False/PodFailed C=False/PodFailed web:Error(137) x0 last=-",
                        "DELETED");
        assertThat(node.statuses.get(0).at()).isBetween(Duration.ofSeconds(2), Duration.ofMillis(3100));
    }

    @Test
    void recording03ContainerOfAForciblyDeletedPodIsEndedAfterwards() {
        VirtualNode node = serving().pass(Duration.ofSeconds(5)).act();
        node.delete(0);
        assertThat(node.events.stream().map(Reported::what)).containsExactly("Killing: Stopping container web");
        node.pass(Duration.ofSeconds(3));
        assertThat(node.runs("web")).isFalse();
        assertThat(node.gone).isTrue();
    }

    @Test
    void recording04bFirstRestartIsImmediateAndTheSecondWaits() {
        VirtualNode node = serving().pass(Duration.ofMillis(5150)).act();
        node.kill("web", "Error");
        node.pass(Duration.ofSeconds(4));
        String down = "Running ip I=True R=False/ContainersNotReady C=False/ContainersNotReady web:";
        assertThat(node.sequence())
                .containsExactly(
                        down + "Error(137) x0 last=-",
                        down + "running x1 last=Error(137) started",
                        "Running ip I=True R=True C=True web:running x1 last=Error(137) ready started");
        assertThat(node.statuses.get(0).at()).isLessThan(Duration.ofMillis(1001));
        assertThat(node.statuses.get(1).at()).isBetween(Duration.ofMillis(250), Duration.ofMillis(2001));

        node.act().kill("web", "Error");
        node.pass(Duration.ofSeconds(20));
        assertThat(node.sequence())
                .containsExactly(
                        down + "Error(137) x1 last=Error(137)",
                        down + "CrashLoopBackOff x1 last=Error(137)",
                        down + "running x2 last=Error(137) started",
                        "Running ip I=True R=True C=True web:running x2 last=Error(137) ready started");
        assertThat(node.statuses.get(1).at()).isLessThan(Duration.ofMillis(2100));
        assertThat(node.statuses.get(2).at()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(18));
        assertThat(node.pod().getMetadata().getName()).isEqualTo("p");
        assertThat(node.events.stream().map(Reported::what))
                .contains("BackOff: Back-off restarting failed container web in pod p_ns(u-1)");
    }

    @Test
    void recording05OutOfMemoryShowsAsOomKilledInStateAndThenInLastState() {
        VirtualNode node = serving().pass(Duration.ofSeconds(5)).act();
        node.kill("web", "OOMKilled");
        node.pass(Duration.ofSeconds(4));
        String down = "Running ip I=True R=False/ContainersNotReady C=False/ContainersNotReady web:";
        assertThat(node.sequence())
                .containsExactly(
                        down + "OOMKilled(137) x0 last=-",
                        down + "running x1 last=OOMKilled(137) started",
                        "Running ip I=True R=True C=True web:running x1 last=OOMKilled(137) ready started");
    }

    @Test
    void recording09ReadinessIsLostWithTheThirdFailureAndComesBackWithTheFirstSuccess() {
        VirtualNode node = serving().pass(Duration.ofMillis(5800)).act();
        node.answers.put(ProbeKind.READINESS, NOT_FOUND);
        node.pass(Duration.ofMillis(7300));
        assertThat(node.sequence()).containsExactly(STARTED);
        assertThat(node.statuses.get(0).at()).isBetween(Duration.ofSeconds(2), Duration.ofMillis(3010));
        // One each second, and one more from the sync that the change itself causes; the recording has it, too.
        assertThat(node.events).hasSize(9);
        assertThat(node.events.get(0).what())
                .isEqualTo("Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404");
        node.act().answers.clear();
        node.pass(Duration.ofSeconds(3));
        assertThat(node.sequence()).containsExactly(READY);
        assertThat(node.when(READY)).isLessThan(Duration.ofMillis(1010));
    }

    @Test
    void recording10ContainerThatFailsItsLivenessProbeIsRestarted() {
        VirtualNode node =
                new VirtualNode(pod("Always", readiness(), readiness(), null), Map.of("web", n -> Script.serves()));
        node.pass(Duration.ofMillis(5800)).act();
        node.answers.put(ProbeKind.LIVENESS, NOT_FOUND);
        node.pass(Duration.ofSeconds(3));
        node.answers.clear();
        node.pass(Duration.ofSeconds(2));
        assertThat(node.sequence())
                .containsExactly(
                        "Running ip I=True R=False/ContainersNotReady C=False/ContainersNotReady web:running x1 last=Completed(0) started",
                        "Running ip I=True R=True C=True web:running x1 last=Completed(0) ready started");
        assertThat(node.events.stream().map(Reported::what))
                .containsSubsequence(
                        "Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404",
                        "Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404",
                        "Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404",
                        "Killing: Container web failed liveness probe, will be restarted",
                        "Started: Started container web");
    }

    @Test
    void failedLivenessProbeMayHaveAGraceOfItsOwn() {
        Probe liveness = new ProbeBuilder(readiness())
                .withTerminationGracePeriodSeconds(4L)
                .build();
        VirtualNode node =
                new VirtualNode(pod("Always", null, liveness, null), Map.of("web", n -> Script.ignoresTerm()));
        node.pass(Duration.ofMillis(5800)).act();
        node.answers.put(ProbeKind.LIVENESS, NOT_FOUND);
        node.pass(Duration.ofSeconds(3));
        node.answers.clear();
        node.pass(Duration.ofSeconds(7));
        String restarted = "Running ip I=True R=True C=True web:running x1 last=Error(137) ready started";
        assertThat(node.sequence()).last().isEqualTo(restarted);
        assertThat(node.when(restarted)).isBetween(Duration.ofSeconds(6), Duration.ofMillis(8500));
    }

    @Test
    void probeIsNotAskedBeforeItsInitialDelayIsOver() {
        Probe late = new ProbeBuilder(readiness()).withInitialDelaySeconds(5).build();
        VirtualNode node = new VirtualNode(pod("Always", late, null, null), Map.of("web", n -> Script.serves()));
        node.answers.put(ProbeKind.READINESS, NOT_FOUND);
        node.pass(Duration.ofSeconds(5));
        assertThat(node.events.stream().map(Reported::what)).noneMatch(event -> event.contains("Readiness"));
        node.answers.clear();
        node.pass(Duration.ofSeconds(3));
        assertThat(node.sequence()).containsExactly(CREATING, STARTED, READY);
        assertThat(node.when(READY)).isBetween(Duration.ofSeconds(5), Duration.ofMillis(7500));
    }

    @Test
    void startupProbeHoldsTheOthersBackAndRestartsWhenItFails() {
        Probe startup = new ProbeBuilder(readiness()).withFailureThreshold(5).build();
        VirtualNode node =
                new VirtualNode(pod("Always", readiness(), readiness(), startup), Map.of("web", n -> Script.serves()));
        node.answers.put(ProbeKind.STARTUP, NOT_FOUND);
        node.pass(Duration.ofSeconds(4));
        String starting =
                "Running ip I=True R=False/ContainersNotReady C=False/ContainersNotReady web:running x0 last=-";
        assertThat(node.sequence()).containsExactly(CREATING, starting);
        node.pass(Duration.ofSeconds(4));
        assertThat(node.events.stream().map(Reported::what))
                .contains("Killing: Container web failed startup probe, will be restarted")
                .noneMatch(event -> event.contains("Liveness"));
        node.answers.clear();
        node.pass(Duration.ofSeconds(4));
        assertThat(node.sequence())
                .last()
                .isEqualTo("Running ip I=True R=True C=True web:running x1 last=Completed(0) ready started");
    }

    @Test
    void recording18aPodThatNeverRestartsFailsOrSucceedsOnceNothingRuns() {
        VirtualNode failer = new VirtualNode(
                pod("Never", null, null, null), Map.of("web", n -> Script.exits(3, Duration.ofSeconds(1))));
        failer.pass(Duration.ofSeconds(10));
        assertThat(failer.sequence())
                .containsExactly(
                        CREATING,
                        READY,
                        "Running ip I=True R=False/PodFailed C=False/PodFailed web:Error(3) x0 last=-",
                        "Failed I=True R=False/PodFailed C=False/PodFailed web:Error(3) x0 last=-",
                        "Failed ip I=True R=False/PodFailed C=False/PodFailed web:Error(3) x0 last=-");
        VirtualNode ok = new VirtualNode(
                pod("OnFailure", null, null, null), Map.of("web", n -> Script.exits(0, Duration.ofSeconds(1))));
        ok.pass(Duration.ofSeconds(10));
        assertThat(ok.sequence())
                .containsExactly(
                        CREATING,
                        READY,
                        "Running ip I=True/PodCompleted R=False/PodCompleted C=False/PodCompleted web:Completed(0) x0 last=-",
                        "Succeeded I=True/PodCompleted R=False/PodCompleted C=False/PodCompleted web:Completed(0) x0 last=-",
                        "Succeeded ip I=True/PodCompleted R=False/PodCompleted C=False/PodCompleted web:Completed(0) x0 last=-");
    }

    @Test
    void mainContainerStartsAfterTheInitContainerEndedWell() {
        VirtualNode node = withInit("Always", n -> Script.exits(0, Duration.ofMillis(500)));
        node.pass(Duration.ofSeconds(6));
        assertThat(node.sequence())
                .last()
                .isEqualTo(
                        "Running ip I=True R=True C=True init:Completed(0) x0 last=- ready web:running x0 last=- ready started");
    }

    @Test
    void changedImageRestartsTheContainer() {
        VirtualNode node = serving().pass(Duration.ofSeconds(5)).act();
        node.change(new PodBuilder(node.pod())
                .editSpec()
                .editFirstContainer()
                .withImage("app:2")
                .endContainer()
                .endSpec()
                .build());
        node.pass(Duration.ofSeconds(4));
        assertThat(node.events.get(0).what()).isEqualTo("Killing: Container web definition changed, will be restarted");
        assertThat(node.sequence())
                .last()
                .isEqualTo("Running ip I=True R=True C=True web:running x1 last=Completed(0) ready started");
    }

    @Test
    void closedReadinessGateKeepsThePodUnreadyUntilItsConditionIsTrue() {
        Pod gated = new PodBuilder(pod("Always", null, null, null))
                .editSpec()
                .addNewReadinessGate("example.com/lb")
                .endSpec()
                .build();
        VirtualNode node = new VirtualNode(gated, Map.of("web", n -> Script.serves()));
        node.pass(Duration.ofSeconds(4));
        assertThat(node.sequence())
                .last()
                .isEqualTo(
                        "Running ip I=True R=False/ReadinessGatesNotReady C=True web:running x0 last=- ready started");
        node.change(new PodBuilder(gated)
                .withNewStatus()
                .addNewCondition()
                .withType("example.com/lb")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build());
        assertThat(node.sequence()).last().isEqualTo(READY);
    }

    private static VirtualNode serving() {
        return new VirtualNode(pod("Always", readiness(), null, null), Map.of("web", n -> Script.serves()));
    }

    private static VirtualNode withInit(String policy, IntFunction<Script> init) {
        Pod pod = new PodBuilder(pod(policy, null, null, null))
                .editSpec()
                .addNewInitContainer()
                .withName("init")
                .withImage("app:1")
                .endInitContainer()
                .endSpec()
                .build();
        return new VirtualNode(pod, Map.of("web", n -> Script.serves(), "init", init));
    }

    private static Probe readiness() {
        return new ProbeBuilder()
                .withPeriodSeconds(1)
                .withTimeoutSeconds(1)
                .withFailureThreshold(3)
                .withSuccessThreshold(1)
                .build();
    }

    private static Pod pod(
            String restartPolicy, @Nullable Probe readiness, @Nullable Probe liveness, @Nullable Probe startup) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("p")
                .withUid("u-1")
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy(restartPolicy)
                .withNodeName("n1")
                .addNewContainer()
                .withName("web")
                .withImage("app:1")
                .withReadinessProbe(readiness)
                .withLivenessProbe(liveness)
                .withStartupProbe(startup)
                .endContainer()
                .endSpec()
                .build();
    }
}
