package dev.kintsugi.healer.policy;

import static dev.kintsugi.healer.policy.Given.DEPLOYMENT;
import static dev.kintsugi.healer.policy.Given.T0;
import static dev.kintsugi.healer.policy.Given.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Dependency;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.ProbeResult;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.Step;
import dev.kintsugi.healer.model.Verification;
import dev.kintsugi.healer.model.Verification.Check;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The step function in virtual time. */
final class PlannerTest {

    private static final PodState ILL =
            pod("a").notReadySince(T0.minusSeconds(120)).build();
    private static final PodState PEER = pod("b").build();

    private final HealerConfig config = Given.config("strategies", Given.STEADY);

    // ---- not ready

    @Test
    void podNotReadyTooLongIsDeletedOnceTheIncidentIsThere() {
        Step step = first(ILL, PEER);
        assertThat(step.actions()).containsExactly(new Action.DeletePod(ILL.ref(), false));
        assertThat(incident(step).phase()).isEqualTo(Phase.ACTING);
        assertThat(incident(step).attempts())
                .containsExactly(new Attempt("DeletePod", ILL.ref(), T0, Attempt.Result.PLANNED, "", "PodNotReady/1"));
        assertThat(incident(step).workload()).isEqualTo(DEPLOYMENT);
        assertThat(reasons(step)).containsExactly(Notice.Reason.DETECTED);
    }

    @Test
    void podUnderABudgetIsEvicted() {
        Step step = step(null, Given.budgeted(Given.seen(T0, ILL, PEER)), T0);
        assertThat(step.actions()).containsExactly(new Action.Evict(ILL.ref()));
    }

    @Test
    void barePodIsNeverDeleted() {
        PodState bare =
                pod("a").controlledBy(null).notReadySince(T0.minusSeconds(120)).build();
        Step step = step(null, Given.seen(T0, bare.ref(), bare, null), T0);
        assertThat(step.actions()).isEmpty();
        assertThat(incident(step).phase()).isEqualTo(Phase.GAVE_UP);
        assertThat(incident(step).detail()).contains("no controller");
        assertThat(reasons(step)).containsExactly(Notice.Reason.DETECTED, Notice.Reason.GAVE_UP);
    }

    @Test
    void nothingIsDecidedWhileAnActionIsOnItsWay() {
        Incident acting = incident(first(ILL, PEER));
        Step step = step(acting, Given.seen(T0.plusSeconds(100), ILL, PEER), T0.plusSeconds(100));
        assertThat(step.actions()).isEmpty();
        assertThat(step.incident()).isEqualTo(acting);
    }

    @Test
    void failedActionIsNoHealingAndIsTriedAgainAfterTheDelay() {
        Incident failed = answer(incident(first(ILL, PEER)), Attempt.Result.FAILED, "429");
        assertThat(failed.phase()).isEqualTo(Phase.VERIFYING);
        Instant due = T0.plusSeconds(30);
        Step before = step(failed, Given.seen(due.minusMillis(1), ILL, PEER), due.minusMillis(1));
        assertThat(before.actions()).isEmpty();
        assertThat(before.recheckAfter()).isEqualTo(Duration.ofMillis(1));
        Step again = step(failed, Given.seen(due, ILL, PEER), due);
        assertThat(again.actions()).hasSize(1);
        assertThat(incident(again).attempts()).hasSize(2);
    }

    @Test
    void afterThreeAttemptsWithGrowingDelaysItIsGivenUp() {
        Incident incident = incident(first(ILL, PEER));
        Instant now = T0;
        for (int attempt = 1; attempt < 3; attempt++) {
            now = now.plusSeconds(30L * attempt);
            incident = incident(step(answer(incident, Attempt.Result.FAILED, "no"), Given.seen(now, ILL, PEER), now));
        }
        now = now.plusSeconds(120);
        Step last = step(answer(incident, Attempt.Result.FAILED, "no"), Given.seen(now, ILL, PEER), now);
        assertThat(incident(last).phase()).isEqualTo(Phase.GAVE_UP);
        assertThat(incident(last).attempts()).hasSize(3);
        assertThat(reasons(last)).containsExactly(Notice.Reason.GAVE_UP);
    }

    @Test
    void whatWasGivenUpIsNotTakenUpAgainUntilItHasBeenGood() {
        Incident gaveUp = incident(first(ILL, PEER)).close(Phase.GAVE_UP, T0, "for a test");
        Step ignored = step(gaveUp, Given.seen(T0.plusSeconds(1), ILL, PEER), T0.plusSeconds(1));
        assertThat(ignored.incident()).isEqualTo(gaveUp);

        Incident good =
                incident(step(gaveUp, Given.seen(T0.plusSeconds(2), pod("a").build(), PEER), T0.plusSeconds(2)));
        Step again = step(good, Given.seen(T0.plusSeconds(200), ILL, PEER), T0.plusSeconds(200));
        assertThat(incident(again).phase()).isEqualTo(Phase.ACTING);
        assertThat(incident(again).ordinal()).isEqualTo(2);
        assertThat(incident(again).id()).isNotEqualTo(gaveUp.id());
    }

    // ---- verification

    @Test
    void closesOnlyAfterEveryStepHasPassedAndStayedSo() {
        PodState replacement = pod("c").created(T0.plusSeconds(1)).build();
        Incident verifying = answer(incident(first(ILL, PEER)), Attempt.Result.DONE, "");

        Instant t1 = T0.plusSeconds(5);
        Step asks = step(verifying, replaced(t1, replacement, null), t1);
        assertThat(asks.probe()).isEqualTo(replacement);
        assertThat(incident(asks).closed()).isFalse();

        Step passes = step(incident(asks), replaced(t1, replacement, Given.answer(replacement, t1)), t1);
        assertThat(incident(passes).goodSince()).isEqualTo(t1);
        assertThat(passes.recheckAfter()).isEqualTo(Duration.ofSeconds(10));

        Instant stable = t1.plusSeconds(10);
        Step early = step(incident(passes), replaced(stable.minusMillis(1), replacement, null), stable.minusMillis(1));
        assertThat(incident(early).closed()).isFalse();
        assertThat(early.probe()).isNull();

        Step asksAgain = step(incident(early), replaced(stable, replacement, Given.answer(replacement, t1)), stable);
        assertThat(asksAgain.probe()).isEqualTo(replacement);
        Instant end = stable.plusMillis(20);
        Step closes = step(incident(asksAgain), replaced(end, replacement, Given.answer(replacement, end)), end);
        assertThat(incident(closes).phase()).isEqualTo(Phase.HEALED);
        assertThat(incident(closes).verification())
                .isEqualTo(new Verification(Check.PASSED, Check.PASSED, Check.PASSED, Check.NOT_RUN));
        assertThat(reasons(closes)).containsExactly(Notice.Reason.VERIFIED);
        assertThat(incident(closes).took()).isEqualTo(Duration.ofMillis(15_020));
    }

    @Test
    void theTimeOfStayingGoodBeginsAnewAfterABreak() {
        PodState replacement = pod("c").created(T0.plusSeconds(1)).build();
        PodState bad = pod("c").created(T0.plusSeconds(1))
                .notReadySince(T0.plusSeconds(8))
                .build();
        Instant t1 = T0.plusSeconds(5);
        Incident good = incident(step(
                answer(incident(first(ILL, PEER)), Attempt.Result.DONE, ""),
                replaced(t1, replacement, Given.answer(replacement, t1)),
                t1));
        Instant t2 = T0.plusSeconds(8);
        Incident broken = incident(step(good, replaced(t2, bad, null), t2));
        assertThat(broken.goodSince()).isNull();
        assertThat(broken.verification().status()).isEqualTo(Check.FAILED);
    }

    @Test
    void tooFewReadyPodsAreNotHealedWhateverTheReplacementsName() {
        Incident verifying = answer(incident(first(ILL, PEER)), Attempt.Result.DONE, "");
        Instant t1 = T0.plusSeconds(5);
        Step step = step(verifying, Given.seen(t1, ILL.ref(), null, Given.deployment(2), PEER), t1);
        assertThat(incident(step).verification().status()).isEqualTo(Check.FAILED);
        assertThat(incident(step).detail()).contains("1 of 2 pods ready");
    }

    @Test
    void refusedConnectionFailsConnectivityAndSlowAnswersPerformance() {
        PodState replacement = pod("c").created(T0.plusSeconds(1)).build();
        Incident verifying = answer(incident(first(ILL, PEER)), Attempt.Result.DONE, "");
        Instant t1 = T0.plusSeconds(5);
        ProbeResult refused = new ProbeResult("c-uid", t1, false, 1, 1, Duration.ZERO, "Connection refused");
        ProbeResult limit = new ProbeResult("c-uid", t1, true, 5, 0, Duration.ofSeconds(1), "");
        ProbeResult slow = new ProbeResult("c-uid", t1, true, 5, 0, Duration.ofMillis(1001), "");
        ProbeResult errors = new ProbeResult("c-uid", t1, true, 5, 1, Duration.ofMillis(1), "answered 500");
        assertThat(check(verifying, replacement, refused, t1))
                .containsExactly(Check.PASSED, Check.FAILED, Check.NOT_RUN);
        assertThat(check(verifying, replacement, limit, t1)).containsExactly(Check.PASSED, Check.PASSED, Check.PASSED);
        assertThat(check(verifying, replacement, slow, t1)).containsExactly(Check.PASSED, Check.PASSED, Check.FAILED);
        assertThat(check(verifying, replacement, errors, t1)).containsExactly(Check.PASSED, Check.PASSED, Check.FAILED);
    }

    @Test
    void answerFromBeforeTheActionDoesNotCount() {
        PodState replacement = pod("c").created(T0).build();
        Incident verifying = answer(incident(first(ILL, PEER)), Attempt.Result.DONE, "");
        Instant t1 = T0.plusSeconds(1);
        Step step = step(verifying, replaced(t1, replacement, Given.answer(replacement, T0)), t1);
        assertThat(step.probe()).isEqualTo(replacement);
    }

    @Test
    void dependencyWithoutReadyEndpointsKeepsItOpen() {
        PodState replacement = pod("c").created(T0.plusSeconds(1)).build();
        Incident verifying = answer(incident(first(ILL, PEER)), Attempt.Result.DONE, "");
        Instant t1 = T0.plusSeconds(5);
        Observation seen = replaced(t1, replacement, Given.answer(replacement, t1));
        Step missing = step(verifying, Given.needing(seen, new Dependency("shop/db", 0)), t1);
        assertThat(incident(missing).verification().dependencies()).isEqualTo(Check.FAILED);
        Step there = step(verifying, Given.needing(seen, new Dependency("shop/db", 1)), t1);
        assertThat(incident(there).verification().dependencies()).isEqualTo(Check.PASSED);
        assertThat(incident(there).goodSince()).isEqualTo(t1);
    }

    @Test
    void pastItsDeadlineItIsGivenUp() {
        Incident verifying = answer(incident(first(ILL, PEER)), Attempt.Result.DONE, "");
        Instant deadline = T0.plusSeconds(300);
        Observation short1 = Given.seen(deadline.minusMillis(1), ILL.ref(), null, Given.deployment(2), PEER);
        Step before = step(verifying, short1, deadline.minusMillis(1));
        assertThat(incident(before).closed()).isFalse();
        assertThat(before.recheckAfter()).isEqualTo(Duration.ofMillis(1));
        Step after = step(verifying, Given.seen(deadline, ILL.ref(), null, Given.deployment(2), PEER), deadline);
        assertThat(incident(after).phase()).isEqualTo(Phase.GAVE_UP);
    }

    @Test
    void replacementThatIsIllTooIsTreatedInTheSameIncident() {
        PodState replacement = pod("c").created(T0.plusSeconds(1))
                .notReadySince(T0.plusSeconds(2))
                .build();
        Incident verifying = answer(incident(first(ILL, PEER)), Attempt.Result.DONE, "");
        Instant late = T0.plusSeconds(182);
        Step step = step(verifying, Given.seen(late, ILL.ref(), null, Given.deployment(2), PEER, replacement), late);
        assertThat(step.actions()).containsExactly(new Action.DeletePod(replacement.ref(), false));
        assertThat(incident(step).attempts()).hasSize(2);
    }

    @Test
    void workloadThatIsGoneLeavesNothingToHeal() {
        Incident detected = incident(first(oomKilled(), PEER));
        Step step = step(detected, Given.seen(T0, detected.target(), null, null), T0);
        assertThat(incident(step).phase()).isEqualTo(Phase.UNTOUCHED);
    }

    // ---- restarts

    @Test
    void containerThatKubernetesBringsBackIsWatchedAndUntouched() {
        Step detected = first(oomKilled(), PEER);
        assertThat(detected.actions()).isEmpty();
        assertThat(incident(detected).phase()).isEqualTo(Phase.DETECTED);
        assertThat(incident(detected).cause()).isEqualTo("OOMKilled");

        PodState back = pod("a").running(1, T0.plusSeconds(1), Given.oom(T0)).build();
        Instant t1 = T0.plusSeconds(2);
        Observation good = Given.seen(t1, back, PEER).withProbe(Given.answer(back, t1));
        Incident stable = incident(step(incident(detected), good, t1));
        Instant t2 = t1.plusSeconds(10);
        Step closed = step(stable, Given.seen(t2, back, PEER).withProbe(Given.answer(back, t2)), t2);
        assertThat(incident(closed).phase()).isEqualTo(Phase.UNTOUCHED);
        assertThat(incident(closed).attempts()).isEmpty();

        Step same = step(incident(closed), Given.seen(t2, back, PEER), t2);
        assertThat(same.incident()).isEqualTo(closed.incident());
        assertThat(same.notices()).isEmpty();
    }

    @Test
    void nextOutOfMemoryOfTheSamePodIsAnIncidentOfItsOwn() {
        Incident first = incident(first(oomKilled(), PEER));
        Incident closed = first.close(Phase.UNTOUCHED, T0.plusSeconds(12), "");
        Instant t1 = T0.plusSeconds(60);
        PodState again = pod("a").notReadySince(t1).terminated(1, Given.oom(t1)).build();
        Step step = step(closed, Given.seen(t1, again, PEER), t1);
        assertThat(incident(step).ordinal()).isEqualTo(2);
        assertThat(incident(step).phase()).isEqualTo(Phase.DETECTED);
    }

    @Test
    void containerThatDoesNotComeBackInTimeIsReplacedByANewPod() {
        Incident detected = incident(first(oomKilled(), PEER));
        Instant inTime = T0.plusSeconds(120);
        Step before = step(detected, Given.seen(inTime.minusMillis(1), oomKilled(), PEER), inTime.minusMillis(1));
        assertThat(before.actions()).isEmpty();
        assertThat(before.recheckAfter()).isEqualTo(Duration.ofMillis(1));
        Step at = step(detected, Given.seen(inTime, oomKilled(), PEER), inTime);
        assertThat(at.actions())
                .containsExactly(new Action.DeletePod(oomKilled().ref(), false));
    }

    @Test
    void crashLoopThatNeverStopsIsNotWaitedForAnewAtEachCrash() {
        Incident detected = incident(first(crashing(T0), PEER));
        Instant late = T0.plusSeconds(120);
        assertThat(step(detected, Given.seen(late, crashing(late), PEER), late).actions())
                .hasSize(1);
    }

    @Test
    void restartsBeyondTheThresholdRestartTheWholeWorkload() {
        Step step = first(repeating(), PEER);
        assertThat(step.actions()).containsExactly(new Action.RollingRestart(DEPLOYMENT, T0));
    }

    @Test
    void aWorkloadThatIsRollingOutOrPausedIsNotRestarted() {
        Step rolling = step(null, Given.seen(T0, repeating().ref(), repeating(), Given.rollingOut(2), PEER), T0);
        assertThat(rolling.actions()).isEmpty();
        assertThat(refusal(rolling)).isEqualTo("rollout");
        WorkloadState paused = new WorkloadState(DEPLOYMENT, 2, true, false, null, Settings.NONE);
        Step halted = step(null, Given.seen(T0, repeating().ref(), repeating(), paused, PEER), T0);
        assertThat(refusal(halted)).isEqualTo("rollout");
    }

    // ---- failed and stuck

    @Test
    void failedPodIsDeletedAtOnce() {
        PodState failed = pod("a").phase(PodPhase.FAILED).build();
        assertThat(first(failed, PEER).actions()).containsExactly(new Action.DeletePod(failed.ref(), false));
    }

    @Test
    void stuckPodIsForcedOnlyOnceItsNodeIsSurelyGone() {
        PodState stuck = pod("a").deletionDue(T0.minusSeconds(100)).build();
        NodeState gone = new NodeState("node1", NodeState.Condition.GONE, T0);
        Observation seen = Given.onNode(Given.seen(T0, stuck, PEER), gone);
        Step waits = step(null, seen, T0);
        assertThat(waits.actions()).isEmpty();
        assertThat(waits.recheckAfter()).isEqualTo(Duration.ofSeconds(90));
        Instant sure = T0.plusSeconds(90);
        Observation later = Given.onNode(Given.seen(sure, stuck, PEER), gone);
        assertThat(step(incident(waits), later, sure).actions())
                .containsExactly(new Action.DeletePod(stuck.ref(), true));
    }

    @Test
    void stuckPodOfALivingNodeOrWithAFinalizerIsGivenUp() {
        PodState stuck = pod("a").deletionDue(T0.minusSeconds(100)).build();
        assertThat(incident(first(stuck, PEER)).detail()).contains("still exists");
        PodState held = pod("a").deletionDue(T0.minusSeconds(100))
                .finalizer("example.com/hold")
                .build();
        assertThat(incident(first(held, PEER)).detail()).contains("example.com/hold");
    }

    // ---- guards

    @Test
    void dryRunProtectedNamespaceAndOptOutStopTheActionAndSaySoOnce() {
        assertRefusedOnce(Given.config("dry_run", "true"), Given.seen(T0, ILL, PEER), "dry-run");
        assertRefusedOnce(
                Given.config("protected_namespaces", "shop"), Given.seen(T0, ILL, PEER), "protected-namespace");
        PodState out = pod("a").notReadySince(T0.minusSeconds(120))
                .settings(new Settings(false, List.of()))
                .build();
        assertRefusedOnce(config, Given.seen(T0, out, PEER), "opt-out");
    }

    @Test
    void staleObservationIsNotActedOn() {
        Observation old = Given.seen(T0.minusSeconds(15).minusMillis(1), ILL, PEER);
        assertThat(refusal(step(null, old, T0))).isEqualTo("stale-observation");
        Observation fresh = Given.seen(T0.minusSeconds(15), ILL, PEER);
        assertThat(step(null, fresh, T0).actions()).hasSize(1);
    }

    @Test
    void tenUnverifiedRecoveriesAreTheLimit() {
        Observation seen = Given.seen(T0, ILL, PEER);
        assertThat(step(config, null, seen, new Circumstances(9, List.of()), T0).actions())
                .hasSize(1);
        Step eleventh = step(config, null, seen, new Circumstances(10, List.of()), T0);
        assertThat(refusal(eleventh)).isEqualTo("concurrency");
    }

    @Test
    void whatCameInPlaceOfATargetIsLeftAloneForTheCooldown() {
        PodState replacement = pod("c").created(T0.minusSeconds(125))
                .notReadySince(T0.minusSeconds(120))
                .build();
        HealerConfig longer = Given.config("cooldown", "200");
        Circumstances acted = new Circumstances(
                0, List.of(new Circumstances.PastAction(ILL.ref(), DEPLOYMENT, T0.minusSeconds(130))));
        Observation seen = Given.seen(T0, replacement, PEER);
        Step refused = step(longer, null, seen, acted, T0);
        assertThat(refusal(refused)).isEqualTo("cooldown");
        assertThat(refused.recheckAfter()).isEqualTo(Duration.ofSeconds(70));
        Observation older = Given.seen(T0, ILL, PEER);
        assertThat(step(longer, null, older, acted, T0).actions())
                .as("the same pod again")
                .isEmpty();
        PodState other = pod("d").notReadySince(T0.minusSeconds(120)).build();
        assertThat(step(longer, null, Given.seen(T0, other, PEER), acted, T0).actions())
                .as("another pod, older than the action")
                .hasSize(1);
    }

    @Test
    void whatHasRecoveredInBetweenIsNotActedOn() {
        Step refused = step(Given.config("dry_run", "true"), null, Given.seen(T0, ILL, PEER), Circumstances.QUIET, T0);
        Instant t1 = T0.plusSeconds(5);
        Step step = step(incident(refused), Given.seen(t1, pod("a").build(), PEER), t1);
        assertThat(step.actions()).isEmpty();
    }

    // ---- restart of the healer

    @Test
    void actionWhoseAnswerWasLostIsRepeatedOnlyAfterTheDelayAndIfStillNeeded() {
        Incident resumed = incident(first(ILL, PEER)).resumed();
        assertThat(resumed.phase()).isEqualTo(Phase.VERIFYING);
        Instant t1 = T0.plusSeconds(30).minusMillis(1);
        assertThat(step(resumed, Given.seen(t1, ILL, PEER), t1).actions()).isEmpty();
        Instant t2 = T0.plusSeconds(30);
        assertThat(step(resumed, Given.seen(t2, ILL, PEER), t2).actions())
                .containsExactly(new Action.DeletePod(ILL.ref(), false));
        PodState going = pod("a").notReadySince(T0.minusSeconds(120))
                .deletionDue(T0.plusSeconds(30))
                .build();
        assertThat(step(resumed, Given.seen(t2, going, PEER), t2).actions()).isEmpty();
    }

    // ----

    private static PodState oomKilled() {
        return pod("a").notReadySince(T0).terminated(0, Given.oom(T0)).build();
    }

    private static PodState crashing(Instant at) {
        return pod("a").notReadySince(T0)
                .waiting(3, "CrashLoopBackOff", Given.error(at))
                .build();
    }

    private static PodState repeating() {
        Instant t = T0.minusSeconds(60);
        return pod("a").running(6, T0, Given.error(T0))
                .restartedAt(t, t.plusSeconds(10), t.plusSeconds(20), t.plusSeconds(30), t.plusSeconds(40), T0)
                .build();
    }

    private static Observation replaced(Instant at, PodState replacement, @Nullable ProbeResult answer) {
        return Given.seen(at, ILL.ref(), null, Given.deployment(2), PEER, replacement)
                .withProbe(answer);
    }

    private List<Check> check(Incident incident, PodState replacement, ProbeResult answer, Instant now) {
        Verification shown = incident(step(incident, replaced(now, replacement, answer), now))
                .verification();
        return List.of(shown.status(), shown.connectivity(), shown.performance());
    }

    private void assertRefusedOnce(HealerConfig by, Observation seen, String guard) {
        Step first = step(by, null, seen, Circumstances.QUIET, T0);
        assertThat(first.actions()).isEmpty();
        assertThat(refusal(first)).isEqualTo(guard);
        assertThat(incident(first).phase()).isEqualTo(Phase.DETECTED);
        Step second = step(by, incident(first), seen, Circumstances.QUIET, T0.plusSeconds(1));
        assertThat(second.actions()).isEmpty();
        assertThat(second.notices()).isEmpty();
    }

    private static @Nullable String refusal(Step step) {
        return step.notices().stream()
                .filter(n -> n.reason() == Notice.Reason.REFUSED)
                .map(Notice::key)
                .findFirst()
                .orElse(null);
    }

    private static List<Notice.Reason> reasons(Step step) {
        return step.notices().stream().map(Notice::reason).toList();
    }

    private Step first(PodState pod, PodState... peers) {
        return step(null, Given.seen(T0, pod, peers), T0);
    }

    private Step step(@Nullable Incident known, Observation seen, Instant now) {
        return step(config, known, seen, Circumstances.QUIET, now);
    }

    private static Step step(
            HealerConfig by, @Nullable Incident known, Observation seen, Circumstances circumstances, Instant now) {
        Diagnoser diagnoser = new Diagnoser(by);
        Diagnoser.Finding finding =
                known == null || known.closed() ? diagnoser.diagnose(seen, now) : diagnoser.diagnose(known, seen, now);
        return new Planner(by).step(known, new Assessment(seen, finding, circumstances), now);
    }

    private Incident answer(Incident acting, Attempt.Result result, String message) {
        return incident(new Planner(config).answer(acting, result, message));
    }

    private static Incident incident(Step step) {
        return Objects.requireNonNull(step.incident());
    }
}
