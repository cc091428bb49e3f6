package dev.kintsugi.healer.policy;

import static dev.kintsugi.healer.policy.Given.T0;
import static dev.kintsugi.healer.policy.Given.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Termination;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DiagnoserTest {

    private static final Duration THRESHOLD = Duration.ofMinutes(2);
    private final Diagnoser diagnoser = new Diagnoser(Given.config());

    @Test
    void goodPodHasNothingWrongAndNeedsNoLook() {
        assertThat(at(T0, pod("a").build())).isEqualTo(Diagnoser.Finding.NOTHING);
    }

    @Test
    void podIsNotReadyTooLongExactlyAtTheThreshold() {
        PodState pod = pod("a").notReadySince(T0).build();
        Diagnoser.Finding before = at(T0.plus(THRESHOLD).minusMillis(1), pod);
        assertThat(before.diagnosis()).isNull();
        assertThat(before.nextLook()).isEqualTo(T0.plus(THRESHOLD));
        assertThat(at(T0.plus(THRESHOLD), pod).diagnosis()).isInstanceOf(Diagnosis.PodNotReady.class);
    }

    @Test
    void startupAllowanceComesBeforeTheThreshold() {
        PodState pod = pod("a").created(T0)
                .notReadySince(T0)
                .startupAllowance(Duration.ofMinutes(1))
                .build();
        assertThat(at(T0.plusSeconds(240).minusMillis(1), pod).diagnosis()).isNull();
        assertThat(at(T0.plusSeconds(240), pod).diagnosis()).isInstanceOf(Diagnosis.PodNotReady.class);
    }

    @Test
    void podThatWasNotReadySinceItStartedHasTheThresholdForStartUp() {
        PodState starting =
                pod("a").created(T0).notReadySince(T0.plusSeconds(1)).build();
        Diagnoser.Finding before = at(T0.plusSeconds(181).minusMillis(1), starting);
        assertThat(before.diagnosis()).isNull();
        assertThat(before.nextLook()).isEqualTo(T0.plusSeconds(181));
        assertThat(at(T0.plusSeconds(181), starting).diagnosis())
                .isInstanceOfSatisfying(Diagnosis.PodNotReady.class, found -> assertThat(found.evidence())
                        .contains("threshold 180 s", "nor ever since it started"));

        PodState wasReady =
                pod("a").created(T0).notReadySince(T0.plusSeconds(2)).build();
        assertThat(at(T0.plusSeconds(2).plus(THRESHOLD), wasReady).diagnosis())
                .isInstanceOf(Diagnosis.PodNotReady.class);
    }

    @Test
    void podThatDoesNotRunYetIsNotCalledNotReady() {
        PodState pod = pod("a").phase(PodPhase.PENDING).notReadySince(T0).build();
        assertThat(at(T0.plusSeconds(3600), pod)).isEqualTo(Diagnoser.Finding.NOTHING);
    }

    @Test
    void podsOfANodeThatIsNotReadyAreTheNodesMatter() {
        PodState pod = pod("a").notReadySince(T0).build();
        NodeState node = new NodeState("node1", NodeState.Condition.NOT_READY, T0);
        Instant late = T0.plusSeconds(3600);
        assertThat(diagnoser.diagnose(Given.onNode(Given.seen(late, pod), node), late))
                .isEqualTo(Diagnoser.Finding.NOTHING);
    }

    @Test
    void finishedPodsAndThoseOfJobsAreLeftAlone() {
        PodState done = pod("a").phase(PodPhase.SUCCEEDED).build();
        ObjectRef job = new ObjectRef("batch/v1", "Job", "shop", "report", "job");
        PodState failedJob = pod("b").phase(PodPhase.FAILED).controlledBy(job).build();
        assertThat(at(T0.plusSeconds(3600), done)).isEqualTo(Diagnoser.Finding.NOTHING);
        assertThat(at(T0.plusSeconds(3600), failedJob)).isEqualTo(Diagnoser.Finding.NOTHING);
    }

    @Test
    void failedPodIsFailedAtOnce() {
        PodState pod =
                pod("a").phase(PodPhase.FAILED).terminated(0, Given.error(T0)).build();
        assertThat(at(T0, pod).diagnosis()).isInstanceOfSatisfying(Diagnosis.PodFailed.class, d -> {
            assertThat(d.onset()).isEqualTo(T0);
            assertThat(d.evidence()).contains("Error, exit code 1");
        });
    }

    @Test
    void outOfMemoryIsToldByItsReasonAndIsOngoingUntilTheContainerRuns() {
        PodState killed =
                pod("a").notReadySince(T0).terminated(0, Given.oom(T0)).build();
        PodState back = pod("a").running(1, T0.plusSeconds(1), Given.oom(T0)).build();
        assertThat(at(T0, killed).diagnosis()).isInstanceOfSatisfying(Diagnosis.OOMKilled.class, d -> {
            assertThat(d.ongoing()).isTrue();
            assertThat(d.occurrence()).isEqualTo(1);
        });
        assertThat(at(T0.plusSeconds(2), back).diagnosis()).isInstanceOfSatisfying(Diagnosis.OOMKilled.class, d -> {
            assertThat(d.ongoing()).isFalse();
            assertThat(d.occurrence()).isEqualTo(1);
        });
    }

    @Test
    void exitCode137AloneIsNotOutOfMemory() {
        PodState pod =
                pod("a").running(1, T0, new Termination("Error", 137, T0)).build();
        assertThat(at(T0, pod).diagnosis()).isNull();
    }

    @Test
    void outOfMemoryLongerAgoThanTheWindowIsHistory() {
        PodState pod = pod("a").running(1, T0, Given.oom(T0)).build();
        assertThat(at(T0.plusSeconds(300), pod).diagnosis()).isNotNull();
        assertThat(at(T0.plusSeconds(300).plusMillis(1), pod).diagnosis()).isNull();
    }

    @Test
    void restartsCountWithinTheWindowOnly() {
        Instant[] six =
                IntStream.range(0, 6).mapToObj(i -> T0.plusSeconds(i * 10L)).toArray(Instant[]::new);
        PodState pod =
                pod("a").running(60, T0, Given.error(T0)).restartedAt(six).build();
        assertThat(at(T0.plusSeconds(300), pod).diagnosis())
                .isInstanceOfSatisfying(Diagnosis.CrashLoopBackOff.class, d -> assertThat(d.repeats())
                        .isTrue());
        assertThat(at(T0.plusSeconds(300).plusMillis(1), pod).diagnosis()).isNull();
    }

    @Test
    void crashLoopBackOffIsFoundButDoesNotRepeatYet() {
        PodState pod = pod("a").notReadySince(T0)
                .waiting(2, "CrashLoopBackOff", Given.error(T0))
                .build();
        assertThat(at(T0, pod).diagnosis()).isInstanceOfSatisfying(Diagnosis.CrashLoopBackOff.class, d -> {
            assertThat(d.repeats()).isFalse();
            assertThat(d.evidence()).contains("Error 1");
        });
    }

    @Test
    void podThatHangsOnANodeThatIsNotReadyIsTheNodesMatter() {
        PodState pod = pod("a").notReadySince(T0).deletionDue(T0).build();
        NodeState node = new NodeState("node1", NodeState.Condition.NOT_READY, T0);
        Instant late = T0.plusSeconds(3600);
        assertThat(diagnoser.diagnose(Given.onNode(Given.seen(late, pod), node), late))
                .isEqualTo(Diagnoser.Finding.NOTHING);
    }

    @Test
    void podBeingDeletedIsNothingButStuckOnceItIsOverdue() {
        PodState pod =
                pod("a").notReadySince(T0.minusSeconds(999)).deletionDue(T0).build();
        assertThat(at(T0.plusSeconds(60).minusMillis(1), pod)).isEqualTo(Diagnoser.Finding.later(T0.plusSeconds(60)));
        assertThat(at(T0.plusSeconds(60), pod).diagnosis())
                .isInstanceOfSatisfying(Diagnosis.StuckTerminating.class, d -> assertThat(d.nodeGoneSince())
                        .isNull());
    }

    private Diagnoser.Finding at(Instant now, PodState pod) {
        return diagnoser.diagnose(Given.seen(now, pod), now);
    }
}
