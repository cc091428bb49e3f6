package dev.kintsugi.healer.policy;

import static dev.kintsugi.healer.policy.Given.DEPLOYMENT;
import static dev.kintsugi.healer.policy.Given.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.Verification;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TrustTest {

    private static final HealerConfig CONFIG = Given.config();

    @Test
    void trustIsLostBelowTheFloorOnceThereAreEnoughOutcomes() {
        assertThat(trusts(new History().failed(9))).as("too few to tell").isTrue();
        assertThat(trusts(new History().healed(5).failed(5)))
                .as("just at the floor")
                .isTrue();
        assertThat(trusts(new History().healed(5).failed(6))).isFalse();
    }

    @Test
    void trustThatIsLostDoesNotComeBackByItself() {
        assertThat(trusts(new History().failed(10).healed(20))).isFalse();
    }

    @Test
    void somebodyResetsItByForgettingWhatWasBefore() {
        Trust lost = new History().failed(10).trust(CONFIG);
        HealerConfig reset =
                Given.config("trust_since", T0.plusSeconds(10).plusMillis(1).toString());
        assertThat(lost.judgedBy(CONFIG).in(Cause.POD_NOT_READY, "DeletePod")).isFalse();
        assertThat(lost.judgedBy(reset).in(Cause.POD_NOT_READY, "DeletePod")).isTrue();
        assertThat(new History().failed(10).trust(reset).in(Cause.POD_NOT_READY, "DeletePod"))
                .isTrue();
    }

    @Test
    void anActionIsJudgedForEachCauseApartAndOnceForEachIncident() {
        assertThat(new History().failed(10).trust(CONFIG).in(Cause.POD_FAILED, "DeletePod"))
                .isTrue();
        Incident thrice = incident(1);
        for (int attempt = 0; attempt < 3; attempt++) {
            thrice = thrice.acting(new Action.DeletePod(pod(1), false), "PodNotReady/1", T0)
                    .answered(Attempt.Result.DONE, "");
        }
        Trust trust = Trust.NEW.after(thrice.close(Phase.GAVE_UP, T0, ""), CONFIG);
        assertThat(trust.record(Cause.POD_NOT_READY, "DeletePod")).startsWith("0 of its last 1 ");
    }

    @Test
    void onlyTheActionThatWasLastBeforeHealingHasHelped() {
        Incident both = incident(1)
                .acting(new Action.DeletePod(pod(1), false), "", T0)
                .answered(Attempt.Result.DONE, "")
                .acting(new Action.RollingRestart(DEPLOYMENT, T0), "", T0)
                .answered(Attempt.Result.DONE, "")
                .close(Phase.HEALED, T0, "");
        Trust trust = Trust.NEW.after(both, CONFIG);
        assertThat(trust.record(Cause.POD_NOT_READY, "DeletePod")).startsWith("0 of its last 1");
        assertThat(trust.record(Cause.POD_NOT_READY, "RollingRestart")).startsWith("1 of its last 1");
    }

    @Test
    void whatTheApiServerRefusedAndWhatWasNotDoneDoesNotCount() {
        Incident refused = incident(1)
                .acting(new Action.DeletePod(pod(1), false), "", T0)
                .answered(Attempt.Result.FAILED, "429")
                .close(Phase.GAVE_UP, T0, "");
        assertThat(Trust.NEW.after(refused, CONFIG)).isEqualTo(Trust.NEW);
        assertThat(Trust.NEW.after(incident(1).close(Phase.UNTOUCHED, T0, ""), CONFIG))
                .isEqualTo(Trust.NEW);
    }

    @Test
    void whatKeepsANodesHarmFromOthersIsNotJudgedByWhetherTheNodeComesBack() {
        Incident dead = incident(1)
                .acting(new Action.Cordon(pod(1), T0), "", T0)
                .answered(Attempt.Result.DONE, "")
                .acting(new Action.Drain(pod(1), List.of()), "", T0)
                .answered(Attempt.Result.DONE, "")
                .close(Phase.GAVE_UP, T0, "");
        assertThat(Trust.NEW.after(dead, CONFIG)).isEqualTo(Trust.NEW);
    }

    @Test
    void aRestartedHealerKnowsWhatItsJournalTells() {
        History history = new History().healed(3).failed(9);
        List<Incident> journal = new ArrayList<>(history.incidents);
        Collections.reverse(journal);
        journal.add(incident(99));
        assertThat(Trust.of(journal, CONFIG)).isEqualTo(history.trust(CONFIG));
    }

    private static boolean trusts(History history) {
        return history.trust(CONFIG).in(Cause.POD_NOT_READY, "DeletePod");
    }

    /** One incident after the other, a second apart, each with one deleted pod. */
    static final class History {
        private final List<Incident> incidents = new ArrayList<>();

        History healed(int times) {
            return add(times, Phase.HEALED);
        }

        History failed(int times) {
            return add(times, Phase.GAVE_UP);
        }

        Trust trust(HealerConfig config) {
            return Trust.of(incidents, config);
        }

        private History add(int times, Phase end) {
            for (int i = 0; i < times; i++) {
                int number = incidents.size() + 1;
                incidents.add(incident(number)
                        .acting(new Action.DeletePod(pod(number), false), "PodNotReady/1", T0)
                        .answered(Attempt.Result.DONE, "")
                        .close(end, T0.plusSeconds(number), ""));
            }
            return this;
        }
    }

    private static ObjectRef pod(int number) {
        return ObjectRef.pod("shop", "web-" + number, "uid-" + number);
    }

    private static Incident incident(int number) {
        return new Incident(
                "i" + number,
                pod(number),
                DEPLOYMENT,
                "PodNotReady",
                "",
                T0,
                0,
                1,
                T0,
                T0.plusSeconds(300),
                Phase.DETECTED,
                List.of(),
                Set.of(),
                null,
                Verification.NOT_RUN,
                null,
                "");
    }
}
