package dev.kintsugi.healer.policy;

import static dev.kintsugi.healer.policy.Given.DEPLOYMENT;
import static dev.kintsugi.healer.policy.Given.T0;
import static dev.kintsugi.healer.policy.Given.pod;
import static dev.kintsugi.healer.policy.Given.replicaSet;
import static dev.kintsugi.healer.policy.Given.revision;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Dependency;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Revision;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.Step;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Workloads as a whole: stuck rollouts, too few replicas, what is to blame, and the way back. */
final class RollbackTest {

    private static final Instant LONG_AGO = T0.minusSeconds(7200);
    private static final HealerConfig CONFIG = Given.config("verification_probes", "false");
    private static final PodState OLD = pod("old").build();
    private static final PodState NEW = ofRevision("new", 3);

    // ---- diagnosis

    @Test
    void aRolloutIsStuckAsSoonAsKubernetesSaysSo() {
        assertThat(diagnose(seen(T0, Given.stuck(2), OLD, NEW), T0))
                .isInstanceOfSatisfying(Diagnosis.RolloutStuck.class, found -> {
                    assertThat(found.onset()).isEqualTo(T0);
                    assertThat(found.evidence()).isEqualTo("ProgressDeadlineExceeded; 1 of 2 pods good");
                });
        assertThat(diagnose(seen(T0, Given.rollingOut(2), OLD, NEW), T0)).isNull();
    }

    @Test
    void tooFewReplicasAreFoundAtTheEndOfTheirTimeWithWhatKeepsThemFromBeingMade() {
        Instant due = T0.plusSeconds(300);
        WorkloadState lacking = Given.tooShort(2, "exceeded quota: pods");
        assertThat(diagnose(seen(due, lacking, OLD), due.minusMillis(1))).isNull();
        assertThat(diagnose(seen(due, lacking, OLD), due))
                .isInstanceOfSatisfying(Diagnosis.ReplicasShort.class, found -> assertThat(found.evidence())
                        .isEqualTo("1 of 2 pods good for 300 s; exceeded quota: pods"));
        Step step = step(null, seen(due, lacking, OLD), due);
        assertThat(step.actions()).isEmpty();
        assertThat(incident(step).phase()).as("escalated").isEqualTo(Phase.GAVE_UP);
    }

    // ---- attribution

    @Test
    void aRevisionOfWhichNothingWorksIsToBlameWhereAnEarlierOneWorks() {
        Observation seen = Given.revisions(seen(T0, Given.stuck(2), OLD, NEW), revision(1, null), revision(3, null));
        assertThat(blame(seen)).isEqualTo(Attribution.Origin.NEW_REVISION);
        assertThat(attribute(seen).evidence())
                .isEqualTo("none of the 1 pods of revision 3 is good; revision 1 was (1 of its pods are now)");
    }

    @Test
    void aRevisionOfWhichSomePodsWorkIsNotToBlame() {
        PodState alsoNew = pod("new-2").controlledBy(replicaSet(3)).build();
        Observation seen =
                Given.revisions(seen(T0, Given.stuck(3), OLD, NEW, alsoNew), revision(1, LONG_AGO), revision(3, null));
        assertThat(blame(seen)).isEqualTo(Attribution.Origin.UNKNOWN);
    }

    @Test
    void aRevisionThatWorkedBeforeIsNotToBlameForWhatIsIllNow() {
        Observation seen = Given.revisions(seen(T0, Given.stuck(2), NEW), revision(1, LONG_AGO), revision(3, LONG_AGO));
        assertThat(blame(seen)).isEqualTo(Attribution.Origin.UNKNOWN);
    }

    @Test
    void podsThatNoNodeTakesOrOnAnIllNodeSayNothingAboutTheirRevision() {
        PodState nowhere = pod("new")
                .controlledBy(replicaSet(3))
                .unscheduled(T0, "3 Insufficient cpu.")
                .build();
        Observation full =
                Given.revisions(seen(T0, Given.stuck(2), OLD, nowhere), revision(1, null), revision(3, null));
        assertThat(blame(full)).isEqualTo(Attribution.Origin.UNKNOWN);
        PodState onIll = pod("new")
                .controlledBy(replicaSet(3))
                .notReadySince(T0.minusSeconds(699))
                .build();
        Observation ill = Given.revisions(
                Given.onNode(
                        seen(T0, Given.stuck(2), OLD, onIll),
                        new NodeState("node1", NodeState.Condition.NOT_READY, T0)),
                revision(1, null),
                revision(3, null));
        assertThat(blame(ill)).isEqualTo(Attribution.Origin.UNKNOWN);
    }

    @Test
    void aMissingDependencyIsToBlameBeforeTheRevision() {
        Observation seen = Given.needing(
                Given.revisions(seen(T0, Given.stuck(2), OLD, NEW), revision(1, null), revision(3, null)),
                new Dependency("shop/db", 0));
        assertThat(blame(seen)).isEqualTo(Attribution.Origin.DEPENDENCY);
    }

    @Test
    void aNodeIsToBlameWhereAllThatIsIllIsOnItAndWhatIsElsewhereIsGood() {
        PodState a = pod("a").notReadySince(T0).on("node2").build();
        PodState b = pod("b").notReadySince(T0).on("node2").build();
        assertThat(blame(seen(T0, Given.stuck(3), OLD, a, b))).isEqualTo(Attribution.Origin.NODE);
        PodState elsewhere = pod("b").notReadySince(T0).on("node3").build();
        assertThat(blame(seen(T0, Given.stuck(3), OLD, a, elsewhere))).isEqualTo(Attribution.Origin.UNKNOWN);
        assertThat(blame(seen(T0, Given.stuck(3), OLD, a))).as("one alone").isEqualTo(Attribution.Origin.UNKNOWN);
    }

    @Test
    void anImageThatDoesNotComeIsToBlame() {
        PodState pod = pod("a").notReadySince(T0).waitingFor("ErrImagePull").build();
        Diagnosis diagnosis = new Diagnosis.ImagePullBackOff(pod, T0, "");
        assertThat(Attribution.of(diagnosis, Given.seen(T0, pod), CONFIG, T0).origin())
                .isEqualTo(Attribution.Origin.IMAGE);
    }

    // ---- the way back

    @Test
    void goesBackToTheLastRevisionThatWasVerifiedGoodAndNotToTheOneBefore() {
        Observation seen = Given.revisions(
                seen(T0, Given.stuck(2), NEW),
                revision(1, LONG_AGO.minusSeconds(9)),
                revision(4, LONG_AGO),
                new Revision(replicaSet(5), 5, null, null),
                new Revision(replicaSet(3), 6, null, null));
        Step step = step(null, seen, T0);
        assertThat(step.actions()).containsExactly(new Action.RollBack(DEPLOYMENT, replicaSet(4), 4));
        assertThat(incident(step).evidence()).contains("NEW_REVISION: none of the 1 pods of revision 6 is good");
        assertThat(incident(step).target()).isEqualTo(DEPLOYMENT);
    }

    @Test
    void podsThatAreReadyForLongEnoughNowShowThatTheirRevisionIsGood() {
        PodState fresh = pod("old").created(T0.minusSeconds(9)).build();
        Observation tooFresh =
                Given.revisions(seen(T0, Given.stuck(2), fresh, NEW), revision(1, null), revision(3, null));
        assertThat(step(null, tooFresh, T0).actions()).isEmpty();
        PodState steady = pod("old").created(T0.minusSeconds(10)).build();
        Observation seen = Given.revisions(seen(T0, Given.stuck(2), steady, NEW), revision(1, null), revision(3, null));
        assertThat(step(null, seen, T0).actions()).hasSize(1);
    }

    @Test
    void withoutARevisionKnownToBeGoodItIsEscalatedAndNothingIsGuessed() {
        Observation seen = Given.revisions(seen(T0, Given.stuck(2), NEW), revision(1, null), revision(3, null));
        Step step = step(null, seen, T0);
        assertThat(step.actions()).isEmpty();
        assertThat(incident(step).phase()).isEqualTo(Phase.GAVE_UP);
        assertThat(incident(step).detail()).contains("no earlier revision was verified good");
    }

    @Test
    void aPodOfABadRevisionBringsTheRollbackOncePatienceIsOver() {
        PodState crashing = pod("new")
                .controlledBy(replicaSet(3))
                .notReadySince(T0)
                .waiting(3, "CrashLoopBackOff", Given.error(T0))
                .build();
        Instant due = T0.plusSeconds(120);
        Step waits = step(null, ofPod(due.minusMillis(1), crashing), due.minusMillis(1));
        assertThat(waits.actions()).isEmpty();
        Step acts = step(incident(waits), ofPod(due, crashing), due);
        assertThat(acts.actions()).containsExactly(new Action.RollBack(DEPLOYMENT, replicaSet(1), 1));
    }

    @Test
    void healedOnlyOnceEverythingIsRolledOutAndStable() {
        Observation stuck = Given.revisions(seen(T0, Given.stuck(2), OLD, NEW), revision(1, null), revision(3, null));
        Incident acting = incident(step(null, stuck, T0));
        Incident verifying = incident(new Planner(CONFIG).answer(acting, Attempt.Result.DONE, ""));
        PodState other = pod("other").created(T0.plusSeconds(5)).build();
        Instant t1 = T0.plusSeconds(20);
        Incident rolling = incident(step(verifying, seen(t1, Given.rollingOut(2), OLD, other), t1));
        assertThat(rolling.goodSince()).isNull();
        Incident good = incident(step(rolling, seen(t1, Given.deployment(2), OLD, other), t1));
        assertThat(good.goodSince()).isEqualTo(t1);
        Instant t2 = t1.plusSeconds(10);
        assertThat(incident(step(good, seen(t2, Given.deployment(2), OLD, other), t2))
                        .phase())
                .isEqualTo(Phase.HEALED);
    }

    @Test
    void whatSomebodyElseLooksAfterIsNotChangedButSaid() {
        WorkloadState argo = new WorkloadState(
                DEPLOYMENT, 2, false, true, null, Settings.NONE, T0, T0, null, "Argo CD application shop");
        Step step = step(null, Given.revisions(seen(T0, argo, OLD, NEW), revision(1, null), revision(3, null)), T0);
        assertThat(step.actions()).isEmpty();
        assertThat(step.notices()).anySatisfy(notice -> {
            assertThat(notice.reason()).isEqualTo(Notice.Reason.REFUSED);
            assertThat(notice.message())
                    .contains("managed-elsewhere", "looked after by Argo CD application shop, which would undo it");
        });
    }

    // ---- what is remembered as good

    @Test
    void aRevisionIsRememberedOnceAllItsPodsHaveBeenReadyForLongEnough() {
        PodState young = pod("b").created(T0).build();
        Observation seen = Given.revisions(seen(T0, Given.deployment(2), OLD, young), revision(1, null));
        assertThat(GoodRevisions.steadiness(seen, CONFIG, T0.plusSeconds(10).minusMillis(1)))
                .isEqualTo(new GoodRevisions.Steadiness(null, T0.plusSeconds(10)));
        assertThat(GoodRevisions.steadiness(seen, CONFIG, T0.plusSeconds(10)))
                .isEqualTo(new GoodRevisions.Steadiness(revision(1, null), null));
    }

    @Test
    void whatIsRollingOutShortOrRememberedAlreadyIsNotRemembered() {
        Instant late = T0.plusSeconds(100);
        Revision one = revision(1, null);
        assertThat(remembered(Given.revisions(seen(T0, Given.deployment(1), OLD), one), late))
                .isEqualTo(one);
        assertThat(remembered(Given.revisions(seen(T0, Given.rollingOut(1), OLD), one), late))
                .isNull();
        assertThat(remembered(Given.revisions(seen(T0, Given.tooShort(1, null), OLD), one), late))
                .isNull();
        assertThat(remembered(Given.revisions(seen(T0, Given.deployment(2), OLD), one), late))
                .isNull();
        assertThat(remembered(Given.revisions(seen(T0, Given.deployment(1), OLD), revision(1, T0)), late))
                .isNull();
        assertThat(remembered(Given.revisions(seen(T0, Given.deployment(1), OLD), one, revision(2, null)), late))
                .as("the pod is of another revision")
                .isNull();
    }

    private static @Nullable Revision remembered(Observation seen, Instant now) {
        return GoodRevisions.steadiness(seen, CONFIG, now).toRemember();
    }

    private static PodState ofRevision(String name, long number) {
        return pod(name)
                .controlledBy(replicaSet(number))
                .created(T0.minusSeconds(700))
                .notReadySince(T0.minusSeconds(699))
                .build();
    }

    private static Observation ofPod(Instant at, PodState pod) {
        return Given.revisions(
                Given.seen(at, pod.ref(), pod, Given.rollingOut(2), OLD), revision(1, null), revision(3, null));
    }

    private static Observation seen(Instant at, WorkloadState workload, PodState... pods) {
        return Given.seen(at, DEPLOYMENT, null, workload, pods);
    }

    private static Attribution attribute(Observation seen) {
        return Attribution.of(Objects.requireNonNull(diagnose(seen, T0)), seen, CONFIG, T0);
    }

    private static Attribution.Origin blame(Observation seen) {
        return attribute(seen).origin();
    }

    private static @Nullable Diagnosis diagnose(Observation seen, Instant now) {
        return new Diagnoser(CONFIG).diagnose(seen, now).diagnosis();
    }

    private static Step step(@Nullable Incident known, Observation seen, Instant now) {
        Diagnoser diagnoser = new Diagnoser(CONFIG);
        Diagnoser.Finding finding =
                known == null ? diagnoser.diagnose(seen, now) : diagnoser.diagnose(known, seen, now);
        return new Planner(CONFIG).step(known, new Assessment(seen, finding, Circumstances.QUIET), now);
    }

    private static Incident incident(Step step) {
        return Objects.requireNonNull(step.incident());
    }
}
