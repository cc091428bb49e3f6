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
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Step;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Up the rungs in virtual time. */
final class LadderTest {

    private static final PodState ILL =
            pod("a").notReadySince(T0.minusSeconds(120)).build();
    private static final PodState PEER = pod("b").build();
    private static final HealerConfig TWO_RUNGS = Given.config("recovery_timeout", "1800", "strategies", """
            - for: PodNotReady
              ladder:
                - {do: RestartPod, attempts: 2, delay: 10, jitter: 0}
                - {do: RollingRestart, attempts: 1, delay: 40, jitter: 0}
            """);

    @Test
    void eachRungHasItsAttemptsAndDelaysAndAfterTheLastItIsEscalated() {
        Walk walk = new Walk(TWO_RUNGS);
        walk.actsAt(0, new Action.DeletePod(ILL.ref(), false), "PodNotReady/1");
        walk.waitsUntil(10);
        walk.actsAt(10, new Action.DeletePod(ILL.ref(), false), "PodNotReady/1");
        walk.waitsUntil(30);
        walk.actsAt(30, new Action.RollingRestart(DEPLOYMENT, T0.plusSeconds(30)), "PodNotReady/2");
        walk.waitsUntil(70);
        Incident end = walk.endsAt(70);
        assertThat(end.phase()).isEqualTo(Phase.GAVE_UP);
        assertThat(end.detail()).startsWith("3 attempts did not help: not ready since");
    }

    @Test
    void jitterIsAddedToTheDelayAndIsTheSameForARestartedHealer() {
        HealerConfig jittery =
                Given.config("strategies", "[{for: PodNotReady, ladder: [{do: RestartPod, delay: 100, jitter: 1}]}]");
        Walk walk = new Walk(jittery);
        walk.actsAt(0, new Action.DeletePod(ILL.ref(), false), "PodNotReady/1");
        Step first = walk.look(T0.plusSeconds(100).minusMillis(1));
        long due = Objects.requireNonNull(first.recheckAfter()).toMillis() + 99_999;
        assertThat(due).isBetween(100_000L, 200_000L);
        walk.incident = Objects.requireNonNull(walk.incident).resumed();
        assertThat(walk.look(T0.plusMillis(due - 1)).actions()).isEmpty();
        assertThat(walk.look(T0.plusMillis(due)).actions()).hasSize(1);
    }

    @Test
    void patienceIsCountedFromTheOnset() {
        Walk walk =
                new Walk(Given.config("strategies", "[{for: PodNotReady, patience: 150, ladder: [{do: RestartPod}]}]"));
        assertThat(walk.look(T0).actions()).isEmpty();
        walk.waitsUntil(30);
        assertThat(walk.look(T0.plusSeconds(30)).actions()).hasSize(1);
    }

    @Test
    void aLadderWithoutRungsEscalatesAtOnce() {
        Walk walk = new Walk(Given.config("strategies", "[{for: PodNotReady, ladder: []}]"));
        assertThat(walk.endsAt(0).detail()).startsWith("nothing that may be done would help");
    }

    @Test
    void aRungThatCanDoNothingIsPassedOverWithItsReason() {
        Walk walk = new Walk(Given.config(
                "strategies",
                "[{for: PodNotReady, ladder: [{do: RollBack}, {do: ForceDeletePod}, {do: RestartPod}]}]"));
        walk.actsAt(0, new Action.DeletePod(ILL.ref(), false), "PodNotReady/3");

        Walk nothing = new Walk(
                Given.config("strategies", "[{for: PodNotReady, ladder: [{do: RollBack}, {do: ForceDeletePod}]}]"));
        assertThat(nothing.endsAt(0).detail())
                .contains("RollBack: no earlier revision was verified good", "ForceDeletePod: it is not being deleted");
    }

    @Test
    void whatTargetsNeedOfOthersIsHealedFirstButNotTheirOwnService() {
        Walk walk = new Walk(Given.config());
        Observation seen = Given.seen(T0, ILL, PEER);
        Step waits = walk.look(Given.needing(seen, new Dependency("shop/db", 0)), T0);
        assertThat(waits.actions()).isEmpty();
        assertThat(Objects.requireNonNull(waits.incident()).evidence())
                .contains("DEPENDENCY: Service shop/db has no ready endpoint");
        assertThat(walk.look(Given.needing(seen, new Dependency("shop/web", 0, true)), T0)
                        .actions())
                .hasSize(1);
        assertThat(walk.look(Given.needing(seen, new Dependency("shop/db", 1)), T0)
                        .actions())
                .hasSize(1);
    }

    @Test
    void configurationThatChangesInTheMiddleHoldsFromThenOn() {
        Walk walk = new Walk(TWO_RUNGS);
        walk.actsAt(0, new Action.DeletePod(ILL.ref(), false), "PodNotReady/1");
        walk.config = Given.config(
                "strategies", "[{for: PodNotReady, ladder: [{do: RestartPod, attempts: 1, delay: 20, jitter: 0}]}]");
        walk.waitsUntil(20);
        assertThat(walk.endsAt(20).phase()).isEqualTo(Phase.GAVE_UP);
    }

    /** An incident of a pod that stays ill, every action of which is refused by the API server. */
    private static final class Walk {
        private HealerConfig config;
        private @Nullable Incident incident;

        Walk(HealerConfig config) {
            this.config = config;
        }

        void actsAt(int second, Action action, String rung) {
            Step step = look(T0.plusSeconds(second));
            assertThat(step.actions()).containsExactly(action);
            Incident acting = Objects.requireNonNull(step.incident());
            assertThat(Objects.requireNonNull(acting.lastAttempt()).rung()).isEqualTo(rung);
            incident = new Planner(config)
                    .answer(acting, Attempt.Result.FAILED, "no")
                    .incident();
        }

        void waitsUntil(int second) {
            Step step = look(T0.plusSeconds(second).minusMillis(1));
            assertThat(step.actions()).isEmpty();
            assertThat(step.recheckAfter()).hasMillis(1);
            incident = step.incident();
        }

        Incident endsAt(int second) {
            Step step = look(T0.plusSeconds(second));
            assertThat(step.actions()).isEmpty();
            return Objects.requireNonNull(step.incident());
        }

        Step look(Instant now) {
            return look(Given.seen(now, ILL, PEER), now);
        }

        Step look(Observation seen, Instant now) {
            Diagnoser.Finding finding = new Diagnoser(config).diagnose(seen, now);
            return new Planner(config)
                    .step(incident, new Assessment(seen, finding, new Circumstances(0, List.of())), now);
        }
    }
}
