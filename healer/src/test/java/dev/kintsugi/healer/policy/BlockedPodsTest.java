package dev.kintsugi.healer.policy;

import static dev.kintsugi.healer.policy.Given.T0;
import static dev.kintsugi.healer.policy.Given.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods that never get to run. */
final class BlockedPodsTest {

    private static final Duration THRESHOLD = Duration.ofMinutes(3);
    private final Diagnoser diagnoser = new Diagnoser(Given.config());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ErrImagePull",
                "ImagePullBackOff",
                "ImageInspectError",
                "ErrImageNeverPull",
                "InvalidImageName",
                "RegistryUnavailable",
                "SignatureValidationFailed"
            })
    void imageThatDoesNotComeIsFoundAtTheThresholdWhateverItsReason(String reason) {
        PodState pod = pending().waitingFor(reason).build();
        atTheEdge(pod, Diagnosis.ImagePullBackOff.class, "container app waits: " + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
    void containerThatCannotBeMadeIsFoundAtTheThreshold(String reason) {
        PodState pod = pending().waitingFor(reason).build();
        atTheEdge(pod, Diagnosis.ContainerConfigError.class, "container app waits: " + reason);
    }

    @Test
    void imageOfAContainerThatRunsFirstCounts() {
        PodState pod = pending().initWaiting(0, "ErrImagePull", null).build();
        atTheEdge(pod, Diagnosis.ImagePullBackOff.class, "container setup waits: ErrImagePull");
    }

    @Test
    void containersThatAreJustBeingMadeAreNothing() {
        PodState pod = pending().waitingFor("ContainerCreating").build();
        assertThat(at(T0.plusSeconds(3600), pod)).isEqualTo(Diagnoser.Finding.NOTHING);
        PodState first = pending().initWaiting(0, "PodInitializing", null).build();
        assertThat(at(T0.plusSeconds(3600), first)).isEqualTo(Diagnoser.Finding.NOTHING);
    }

    @Test
    void initContainerInBackOffIsFailingAtOnce() {
        PodState pod =
                pending().initWaiting(2, "CrashLoopBackOff", Given.error(T0)).build();
        assertThat(at(T0, pod).diagnosis()).isInstanceOfSatisfying(Diagnosis.InitContainerFailing.class, found -> {
            assertThat(found.evidence()).contains("init container setup: CrashLoopBackOff, last ended with Error 1");
            assertThat(found.repeats()).isFalse();
            assertThat(found.occurrence()).isEqualTo(2);
        });
    }

    @Test
    void initContainerThatRestartsTooOftenWithinTheWindowRepeats() {
        PodState pod = pending()
                .initWaiting(6, "PodInitializing", Given.error(T0))
                .restartedAt(T0, T0, T0, T0, T0, T0)
                .build();
        assertThat(at(T0.plusSeconds(300), pod).diagnosis())
                .isInstanceOfSatisfying(Diagnosis.InitContainerFailing.class, found -> assertThat(found.repeats())
                        .isTrue());
        assertThat(at(T0.plusSeconds(300).plusMillis(1), pod).diagnosis()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0/3 nodes are available: 3 Insufficient cpu.|resources",
                "0/3 nodes are available: 3 Too many pods.|resources",
                "0/2 nodes are available: 2 node(s) had untolerated taint {a: b}.|taints",
                "0/2 nodes are available: 2 node(s) were unschedulable.|taints",
                "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.|affinity",
                "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.|affinity",
                "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.|volume",
                "0/2 nodes are available: 1 node(s) had volume node affinity conflict.|volume",
                "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.|ports",
                "0/3 nodes are available: 1 Insufficient memory, 2 node(s) had untolerated taint {x}.|resources, taints",
                "0/0 nodes: something new|unknown"
            })
    void podThatNoNodeTakesIsFoundWithTheSchedulersReason(String message, String why) {
        PodState pod = pending().unscheduled(T0, message).build();
        atTheEdge(pod, Diagnosis.PodUnschedulable.class, "for want of " + why + ": " + message);
    }

    @Test
    void podEvictedByItsNodeIsToldFromOneThatFailed() {
        PodState evicted = pod("a").phase(PodPhase.FAILED).because("Evicted").build();
        assertThat(at(T0, evicted).diagnosis()).isInstanceOf(Diagnosis.PodEvicted.class);
        PodState failed =
                pod("a").phase(PodPhase.FAILED).because("DeadlineExceeded").build();
        assertThat(at(T0, failed).diagnosis()).isInstanceOf(Diagnosis.PodFailed.class);
    }

    @Test
    void whatWaitsOnANodeThatIsNotReadyIsTheNodesMatter() {
        PodState pod = pending().waitingFor("ImagePullBackOff").build();
        NodeState node = new NodeState("node1", NodeState.Condition.NOT_READY, T0);
        Instant late = T0.plusSeconds(3600);
        assertThat(diagnoser.diagnose(Given.onNode(Given.seen(late, pod), node), late))
                .isEqualTo(Diagnoser.Finding.NOTHING);
    }

    private static Given.PodGiven pending() {
        return pod("a").phase(PodPhase.PENDING).created(T0).notReadySince(T0);
    }

    private void atTheEdge(PodState pod, Class<? extends Diagnosis> kind, String evidence) {
        Diagnoser.Finding before = at(T0.plus(THRESHOLD).minusMillis(1), pod);
        assertThat(before.diagnosis()).isNull();
        assertThat(before.nextLook()).isEqualTo(T0.plus(THRESHOLD));
        Diagnosis found = Objects.requireNonNull(at(T0.plus(THRESHOLD), pod).diagnosis());
        assertThat(found).isInstanceOf(kind);
        assertThat(found.evidence()).contains(evidence);
    }

    private Diagnoser.Finding at(Instant now, PodState pod) {
        return diagnoser.diagnose(Given.seen(now, pod), now);
    }
}
