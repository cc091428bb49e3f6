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
import java.util.List;
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

    private static final String REFUSED = "failed to pull and unpack image \"localhost/no-such:1\": failed to resolve"
            + " reference \"localhost/no-such:1\": failed to do request: Head"
            + " \"http://localhost/v2/no-such/manifests/1\": dial tcp 127.0.0.1:80: connect: connection refused";

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
    void recording06CrashLoopDoublesItsBackOff() {
        String down = "Running ip I=True R=False/ContainersNotReady C=False/ContainersNotReady web:";
        for (long seed = 0; seed < 50; seed++) {
            VirtualNode node = new VirtualNode(
                    pod("Always", null, null, null), Map.of("web", n -> Script.exits(1, Duration.ofMillis(10))), seed);
            node.pass(Duration.ofSeconds(220));
            assertThat(node.sequence())
                    .startsWith(
                            CREATING,
                            down + "Error(1) x0 last=-",
                            down + "Error(1) x1 last=Error(1)",
                            down + "CrashLoopBackOff x1 last=Error(1)",
                            down + "Error(1) x2 last=Error(1)",
                            down + "CrashLoopBackOff x2 last=Error(1)",
                            down + "Error(1) x3 last=Error(1)",
                            down + "CrashLoopBackOff x3 last=Error(1)",
                            down + "Error(1) x4 last=Error(1)",
                            down + "CrashLoopBackOff x4 last=Error(1)",
                            down + "Error(1) x5 last=Error(1)");
            // Each wait is the back-off and what is left until the next sync, at most 1.5 times 10 s and a tick.
            assertBetween(node, down + "Error(1) x1 last=Error(1)", 0.5, 3);
            assertBetween(node, down + "Error(1) x2 last=Error(1)", 11, 19);
            assertBetween(node, down + "Error(1) x3 last=Error(1)", 31, 52);
            assertBetween(node, down + "Error(1) x4 last=Error(1)", 71, 110);
            assertBetween(node, down + "Error(1) x5 last=Error(1)", 151, 210);
        }
    }

    @Test
    void recording07PullThatFailsIsTriedAgainWithAGrowingBackOff() {
        String pending = "Pending ip I=True R=False/ContainersNotReady C=False/ContainersNotReady web:";
        String image = "localhost/no-such:1";
        for (long seed = 0; seed < 50; seed++) {
            VirtualNode node = new VirtualNode(withImage(image), Map.of(), seed);
            node.pass(Duration.ofSeconds(115));
            assertThat(node.sequence())
                    .startsWith(
                            CREATING,
                            pending + "ErrImagePull x0 last=-",
                            pending + "ImagePullBackOff x0 last=-",
                            pending + "ErrImagePull x0 last=-",
                            pending + "ImagePullBackOff x0 last=-",
                            pending + "ErrImagePull x0 last=-",
                            pending + "ImagePullBackOff x0 last=-",
                            pending + "ErrImagePull x0 last=-");
            assertThat(node.statuses.get(1).at()).isLessThan(Duration.ofSeconds(2));
            assertThat(node.statuses.get(2).at()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(19));
            List<Duration> pulls = node.events.stream()
                    .filter(event -> event.what().equals("Pulling: Pulling image \"" + image + "\""))
                    .map(Reported::at)
                    .toList();
            assertThat(pulls).hasSizeBetween(4, 5);
            assertThat(pulls.get(1)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(19));
            assertThat(pulls.get(2).minus(pulls.get(1))).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(36));
            assertThat(pulls.get(3).minus(pulls.get(2))).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(56));
            assertThat(node.events.stream().map(Reported::what).limit(5))
                    .containsExactly(
                            "Pulling: Pulling image \"" + image + "\"",
                            "Failed: Failed to pull image \"" + image + "\": " + REFUSED,
                            "Failed: Error: ErrImagePull",
                            "BackOff: Back-off pulling image \"" + image + "\"",
                            "Failed: Error: ImagePullBackOff");
            assertThat(node.waitingMessages())
                    .containsSubsequence(REFUSED, "Back-off pulling image \"" + image + "\"", REFUSED);
        }
    }

    @Test
    void imageThatIsCorrectedIsPulledAtOnce() {
        VirtualNode node = new VirtualNode(withImage("localhost/no-such:1"), Map.of("web", n -> Script.serves()));
        node.pass(Duration.ofSeconds(40)).act();
        node.change(withImage("app:1"));
        node.pass(Duration.ofSeconds(4));
        assertThat(node.sequence()).last().isEqualTo(READY);
    }

    @Test
    void malformedImageNameAndOneThatMustNotBePulledAreSaidAtEachSync() {
        VirtualNode invalid = new VirtualNode(withImage("Bad Name"), Map.of());
        invalid.pass(Duration.ofSeconds(40));
        assertThat(invalid.sequence()).last().asString().contains("web:InvalidImageName x0");
        assertThat(invalid.events.stream().map(Reported::what))
                .startsWith(
                        "InspectFailed: Failed to apply default image tag \"Bad Name\": couldn't parse image name"
                                + " \"Bad Name\": invalid reference format: repository name must be lowercase",
                        "Failed: Error: InvalidImageName");
        Pod never = new PodBuilder(withImage("localhost/no-such:1"))
                .editSpec()
                .editFirstContainer()
                .withImagePullPolicy("Never")
                .endContainer()
                .endSpec()
                .build();
        VirtualNode absent = new VirtualNode(never, Map.of());
        absent.pass(Duration.ofSeconds(40));
        assertThat(absent.sequence()).last().asString().contains("web:ErrImageNeverPull x0");
        assertThat(absent.events.stream().map(Reported::what))
                .startsWith(
                        "ErrImageNeverPull: Container image \"localhost/no-such:1\" is not present with pull policy of"
                                + " Never",
                        "Failed: Error: ErrImageNeverPull");
    }

    @Test
    void recording08ConfigErrorIsTriedAgainAtEachSyncUntilItIsMended() {
        for (long seed = 0; seed < 50; seed++) {
            VirtualNode node =
                    new VirtualNode(pod("Always", null, null, null), Map.of("web", n -> Script.serves()), seed);
            String message = "couldn't find key b in ConfigMap ns/cfg";
            node.refused.put("web", new WaitingReason("CreateContainerConfigError", message));
            node.pass(Duration.ofSeconds(30));
            assertThat(node.sequence())
                    .containsExactly(
                            CREATING,
                            "Pending ip I=True R=False/ContainersNotReady C=False/ContainersNotReady"
                                    + " web:CreateContainerConfigError x0 last=-");
            assertThat(node.statuses.get(1).at()).isLessThan(Duration.ofSeconds(2));
            List<Duration> failures = node.events.stream()
                    .filter(event -> event.what().equals("Failed: Error: " + message))
                    .map(Reported::at)
                    .toList();
            assertThat(failures).hasSizeBetween(3, 4);
            assertThat(failures.get(2).minus(failures.get(1)))
                    .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(17));
            node.act().refused.clear();
            node.pass(Duration.ofSeconds(20));
            assertThat(node.sequence()).containsExactly(READY);
            assertThat(node.when(READY)).isLessThan(Duration.ofMillis(17_500));
        }
    }

    @Test
    void podThatIsActiveForTooLongFailsWithDeadlineExceeded() {
        Pod pod = new PodBuilder(pod("Always", null, null, null))
                .editSpec()
                .withActiveDeadlineSeconds(10L)
                .endSpec()
                .build();
        VirtualNode node = new VirtualNode(pod, Map.of("web", n -> Script.serves()));
        node.pass(Duration.ofSeconds(9)).act();
        assertThat(node.runs("web")).isTrue();
        node.pass(Duration.ofSeconds(6));
        assertThat(node.sequence())
                .containsExactly(
                        "Running ip I=True R=False/PodFailed C=False/PodFailed web:running x0 last=- ready started",
                        "Failed I=True R=False/PodFailed C=False/PodFailed web:Completed(0) x0 last=-",
                        "Failed ip I=True R=False/PodFailed C=False/PodFailed web:Completed(0) x0 last=-");
        assertThat(node.statuses.get(0).at()).isBetween(Duration.ofMillis(900), Duration.ofMillis(2100));
        assertThat(node.events.stream().map(Reported::what))
                .containsExactly(
                        "DeadlineExceeded: Pod was active on the node longer than the specified deadline",
                        "Killing: Stopping container web");
        assertThat(node.reasons()).containsExactly("-", "DeadlineExceeded", "DeadlineExceeded");
    }

    @Test
    void runOfMoreThanTenMinutesMakesTheNextRestartImmediate() {
        VirtualNode node = new VirtualNode(
                pod("Always", null, null, null),
                Map.of("web", n -> n < 2 ? Script.exits(1, Duration.ofMillis(10)) : Script.serves()));
        node.pass(Duration.ofSeconds(40));
        assertThat(node.runs("web")).isTrue();
        node.pass(Duration.ofMinutes(10)).act().kill("web", "Error");
        node.pass(Duration.ofSeconds(3));
        assertThat(node.sequence())
                .last()
                .isEqualTo("Running ip I=True R=True C=True web:running x3 last=Error(137) ready started");
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
    void recording19InitContainerThatFailsIsRestartedOrFailsThePod() {
        String wait = "I=False/ContainersNotInitialized R=False/ContainersNotReady C=False/ContainersNotReady ";
        VirtualNode always = withInit("Always", n -> Script.exits(1, Duration.ofMillis(10)));
        always.pass(Duration.ofSeconds(20));
        assertThat(always.sequence())
                .startsWith(
                        "Pending " + wait + "init:PodInitializing x0 last=- web:PodInitializing x0 last=-",
                        "Pending ip " + wait + "init:Error(1) x0 last=- web:PodInitializing x0 last=-",
                        "Pending ip " + wait + "init:Error(1) x1 last=Error(1) web:PodInitializing x0 last=-",
                        "Pending ip " + wait + "init:CrashLoopBackOff x1 last=Error(1) web:PodInitializing x0 last=-");
        VirtualNode never = withInit("Never", n -> Script.exits(1, Duration.ofMillis(10)));
        never.pass(Duration.ofSeconds(10));
        String failed = "I=False/ContainersNotInitialized R=False/PodFailed C=False/PodFailed init:Error(1) x0 last=- "
                + "web:PodInitializing x0 last=-";
        assertThat(never.sequence())
                .containsExactly(
                        "Pending " + wait + "init:PodInitializing x0 last=- web:PodInitializing x0 last=-",
                        "Pending ip " + failed,
                        "Failed " + failed,
                        "Failed ip " + failed);
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

    private static void assertBetween(VirtualNode node, String status, double from, double to) {
        assertThat(node.when(status))
                .isBetween(Duration.ofMillis((long) (from * 1000)), Duration.ofMillis((long) (to * 1000)));
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

    private static Pod withImage(String image) {
        return new PodBuilder(pod("Always", null, null, null))
                .editSpec()
                .editFirstContainer()
                .withImage(image)
                .endContainer()
                .endSpec()
                .build();
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
