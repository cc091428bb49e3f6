package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.config.Rung;
import dev.kintsugi.healer.config.Strategy;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where an incident stands on the ladder of its diagnosis, as told by its attempts. */
final class Ladder {

    private static final Duration DEPENDENCY_LATER = Duration.ofSeconds(5);

    private final HealerConfig config;

    Ladder(HealerConfig config) {
        this.config = config;
    }

    /** What comes next. */
    sealed interface Next {
        /** Not yet. */
        record Wait(Instant until, String why) implements Next {}

        /** This, on this rung. */
        record Act(Action action, String rung) implements Next {}

        /** Nothing is left. */
        record Escalate(String why) implements Next {}
    }

    /**
     * What comes next, in this order:
     *
     * <ol>
     *   <li>After an attempt, nothing until the delay of its rung is over, whatever the answer to it was.
     *   <li>Kubernetes has its time (patience) from the onset of the incident, unless a container restarts more often
     *       than it may.
     *   <li>While a Service that the target needs has no ready endpoint, nothing: the root is healed before what hangs on
     *       it.
     *   <li>The rung of the last attempt as often as it may be tried, then the ones after it. A rung that is for
     *       containers that do not repeat, or whose treatment can do nothing here, is passed over.
     *   <li>After the last rung it is escalated, with the reason why each was passed over.
     * </ol>
     */
    Next next(Diagnosis diagnosis, Incident incident, Observation seen, Instant now) {
        Attempt last = incident.lastAttempt();
        if (last != null) {
            Instant due = last.at().plus(delayAfter(last, incident));
            if (now.isBefore(due)) {
                return new Next.Wait(due, "the last attempt has until " + due);
            }
        }
        Strategy strategy = config.strategies().of(diagnosis.cause());
        Instant patient = incident.onset().plus(patience(diagnosis.cause(), strategy));
        if (!diagnosis.repeats() && now.isBefore(patient)) {
            return new Next.Wait(patient, "Kubernetes has until then to mend it by itself");
        }
        Attribution behind = Attribution.of(diagnosis, seen, config, now);
        if (behind.origin() == Attribution.Origin.DEPENDENCY
                && !strategy.ladder().isEmpty()) {
            return new Next.Wait(now.plus(DEPENDENCY_LATER), behind.evidence() + ": that has to be healed first");
        }
        return climb(strategy, diagnosis, incident, seen, now);
    }

    private Next climb(Strategy strategy, Diagnosis diagnosis, Incident incident, Observation seen, Instant now) {
        List<String> passedOver = new ArrayList<>();
        List<Rung> rungs = strategy.ladder();
        for (int i = reached(rungs, diagnosis.cause(), incident); i < rungs.size(); i++) {
            Rung rung = rungs.get(i);
            if (rung.unlessRepeating() && diagnosis.repeats()) {
                continue;
            }
            Remedy remedy = Remedy.of(rung.treatment(), diagnosis, seen, config, now);
            if (remedy instanceof Remedy.Act act) {
                return new Next.Act(act.action(), name(diagnosis.cause(), i));
            }
            if (remedy instanceof Remedy.Wait wait) {
                return new Next.Wait(wait.until(), wait.why());
            }
            passedOver.add(rung.treatment().published() + ": " + ((Remedy.None) remedy).why());
        }
        int tried = incident.attempts().size();
        return new Next.Escalate("%s%s"
                .formatted(
                        tried == 0
                                ? "nothing that may be done would help"
                                : tried + (tried == 1 ? " attempt" : " attempts") + " did not help",
                        passedOver.isEmpty() ? "" : " (" + String.join("; ", passedOver) + ")"));
    }

    /** The first rung that may be tried: no lower one than was tried already. */
    private int reached(List<Rung> rungs, Cause cause, Incident incident) {
        for (int i = rungs.size() - 1; i >= 0; i--) {
            long tried = tried(incident, name(cause, i));
            if (tried > 0) {
                return tried < rungs.get(i).attempts(config) ? i : i + 1;
            }
        }
        return 0;
    }

    private Duration delayAfter(Attempt last, Incident incident) {
        return rung(last.rung())
                .map(rung -> rung.delayAfter((int) tried(incident, last.rung()), incident.id(), config))
                .orElse(config.attemptDelay());
    }

    private Optional<Rung> rung(String name) {
        for (Cause cause : Cause.values()) {
            List<Rung> rungs = config.strategies().of(cause).ladder();
            for (int i = 0; i < rungs.size(); i++) {
                if (name(cause, i).equals(name)) {
                    return Optional.of(rungs.get(i));
                }
            }
        }
        return Optional.empty();
    }

    private Duration patience(Cause cause, Strategy strategy) {
        if (strategy.patience() != null) {
            return strategy.patience();
        }
        return switch (cause) {
            case OOM_KILLED, CRASH_LOOP_BACK_OFF, INIT_CONTAINER_FAILING -> config.podNotReadyThreshold();
            default -> Duration.ZERO;
        };
    }

    private static long tried(Incident incident, String rung) {
        return incident.attempts().stream().filter(a -> a.rung().equals(rung)).count();
    }

    private static String name(Cause cause, int index) {
        return cause.published() + "/" + (index + 1);
    }
}
