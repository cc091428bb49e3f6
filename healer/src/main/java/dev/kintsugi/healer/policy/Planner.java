package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Step;
import dev.kintsugi.healer.model.Verification;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The step function: from an incident and what is seen now, to the incident as it is from now on, what to do, what to
 * tell and when to look again. Every outcome is one of: nothing, act, look again later.
 */
public final class Planner {

    /** How often a target that is not good yet is looked at besides its own events. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** How long beyond its time a last answer may be waited for. */
    private static final Duration LAST_ANSWER = Duration.ofSeconds(30);

    private final HealerConfig config;
    private final Verifier verifier;
    private final Ladder ladder;

    /** By the settings of {@code config}. */
    public Planner(HealerConfig config) {
        this.config = config;
        this.verifier = new Verifier(config);
        this.ladder = new Ladder(config);
    }

    /**
     * One step. Without an open incident a diagnosis opens one, unless it is the failure that the last incident was
     * about: one that was given up is not taken up again until its target has been good
     * (what is left to tidy up afterwards, a cordoned node, is another matter), and an end of a container that
     * an incident has covered does not open another. With an open incident, in this order:
     *
     * <ol>
     *   <li>While an action is on its way, nothing: its answer comes by {@link #answer}.
     *   <li>If every verification step passes and has done so for {@code stable_for}, it closes: healed if an action may
     *       have done it, untouched otherwise.
     *   <li>Past its deadline it is given up.
     *   <li>If something is wrong still, it is treated: see {@link #treat}.
     * </ol>
     *
     * @param known the open, or else the latest closed incident of the target; null if there was none
     */
    public Step step(@Nullable Incident known, Assessment seen, Instant now) {
        Diagnosis diagnosis = seen.finding().diagnosis();
        if (known != null && !known.closed()) {
            Incident covering = diagnosis != null && diagnosis.target().equals(known.target())
                    ? known.covering(diagnosis.occurrence())
                    : known;
            return advance(covering, seen, List.of(), now);
        }
        if (diagnosis != null && opens(known, diagnosis)) {
            Incident incident = open(known, diagnosis, seen.observation(), now);
            return advance(incident, seen, List.of(detected(incident)), now);
        }
        return new Step(
                rested(known, seen, now),
                List.of(),
                List.of(),
                null,
                until(seen.finding().nextLook(), now));
    }

    /** The step that the answer to an incident's action makes: whatever it was, verification follows. */
    public Step answer(Incident acting, Attempt.Result result, String message) {
        Incident incident = acting.answered(result, message);
        Attempt last = Objects.requireNonNull(incident.lastAttempt());
        String text = "attempt %d (%s): %s of %s: %s %s"
                .formatted(incident.attempts().size(), last.rung(), last.action(), last.on(), result, message);
        return new Step(
                incident,
                List.of(),
                List.of(notice(
                        Notice.Reason.ACTED,
                        incident,
                        Integer.toString(incident.attempts().size()),
                        text.strip())),
                null,
                Duration.ZERO);
    }

    private static boolean opens(@Nullable Incident last, Diagnosis diagnosis) {
        if (last == null) {
            return true;
        }
        if (diagnosis.cause() == Cause.NODE_LEFT_CORDONED
                && !last.cause().equals(diagnosis.cause().published())) {
            return true;
        }
        return last.phase() == Phase.GAVE_UP
                ? last.goodSince() != null && diagnosis.ongoing()
                : diagnosis.ongoing() || diagnosis.occurrence() > last.occurrence();
    }

    private @Nullable Incident rested(@Nullable Incident last, Assessment seen, Instant now) {
        if (last == null || last.goodSince() != null || seen.finding().diagnosis() != null) {
            return last;
        }
        PodState pod = seen.observation().pod();
        WorkloadState workload = seen.observation().workload();
        NodeState node = seen.observation().nodes().get(last.target().name());
        boolean good =
                switch (last.target().kind()) {
                    case "Pod" -> pod != null && pod.good();
                    case "Node" -> node != null && node.good(config.nodeProblemConditions());
                    default -> workload != null && !workload.rollingOut() && workload.shortSince() == null;
                };
        return good ? last.verified(last.verification(), now, last.detail()) : last;
    }

    private Incident open(@Nullable Incident last, Diagnosis diagnosis, Observation seen, Instant now) {
        WorkloadState workload = seen.workload();
        ObjectRef owner =
                diagnosis instanceof Diagnosis.OfPod ofPod ? ofPod.pod().controller() : null;
        String cause = diagnosis.cause().published();
        Attribution behind = Attribution.of(diagnosis, seen, config, now);
        int ordinal = last == null ? 1 : last.ordinal() + 1;
        return new Incident(
                IncidentName.of(diagnosis.target(), cause, ordinal),
                diagnosis.target(),
                workload != null ? workload.ref() : owner,
                cause,
                diagnosis.evidence()
                        + (behind.evidence().isEmpty() ? "" : "; " + behind.origin() + ": " + behind.evidence()),
                diagnosis.onset(),
                diagnosis.occurrence(),
                ordinal,
                now,
                now.plus(config.recoveryTimeout()),
                Phase.DETECTED,
                List.of(),
                Set.of(),
                null,
                Verification.NOT_RUN,
                null,
                diagnosis.evidence());
    }

    private Step advance(Incident incident, Assessment seen, List<Notice> notices, Instant now) {
        if (incident.phase() == Phase.ACTING) {
            return new Step(incident, List.of(), notices, null, null);
        }
        if (vanished(incident, seen.observation())) {
            return close(
                    incident,
                    mayHaveActed(incident) ? Phase.GAVE_UP : Phase.UNTOUCHED,
                    incident.target() + " and what owned it are gone: nothing is left to heal",
                    notices,
                    now);
        }
        Diagnosis found = seen.finding().diagnosis();
        Diagnosis illness = found != null && found.ongoing() ? found : null;
        Verifier.Verdict verdict = verifier.verify(incident, seen.observation(), now);
        if (illness == null && verdict.passed()) {
            return good(incident, verdict, notices, now);
        }
        boolean atTheEnd = illness == null && verdict.probe() != null && incident.goodSince() != null;
        Incident looked = atTheEnd
                ? incident
                : incident.verified(
                        verdict.probe() == null ? verdict.verification() : incident.verification(),
                        null,
                        verdict.detail());
        Instant limit = atTheEnd ? latest(incident).plus(LAST_ANSWER) : incident.deadline();
        if (!now.isBefore(limit)) {
            return giveUp(
                    looked,
                    "not good within %d s: %s"
                            .formatted(
                                    config.recoveryTimeout().toSeconds(),
                                    illness != null ? illness.evidence() : verdict.detail()),
                    notices,
                    now);
        }
        if (illness != null) {
            return treat(looked, illness, seen, notices, now);
        }
        return new Step(
                looked,
                List.of(),
                notices,
                verdict.probe(),
                soonest(now, now.plus(LOOK_AGAIN), limit, seen.finding().nextLook()));
    }

    private Instant latest(Incident incident) {
        Instant stable = Objects.requireNonNull(incident.goodSince()).plus(config.stableFor());
        return stable.isAfter(incident.deadline()) ? stable : incident.deadline();
    }

    private Step good(Incident incident, Verifier.Verdict verdict, List<Notice> notices, Instant now) {
        Instant since = incident.goodSince() == null ? now : incident.goodSince();
        Incident verified = incident.verified(verdict.verification(), since, verdict.detail());
        Instant stable = since.plus(config.stableFor());
        if (now.isBefore(stable)) {
            return new Step(verified, List.of(), notices, null, Duration.between(now, stable));
        }
        boolean acted = mayHaveActed(verified);
        return close(
                verified,
                acted ? Phase.HEALED : Phase.UNTOUCHED,
                "good for %d s%s".formatted(config.stableFor().toSeconds(), acted ? "" : ", without any action"),
                notices,
                now);
    }

    /**
     * What to do about something that is wrong: what its {@linkplain Ladder#next ladder} calls for, if the guards let it.
     * A guard says so once for each incident. After the last rung it is given up, which is told.
     */
    private Step treat(Incident incident, Diagnosis diagnosis, Assessment seen, List<Notice> notices, Instant now) {
        Ladder.Next next = ladder.next(diagnosis, incident, seen.observation(), now);
        if (next instanceof Ladder.Next.Escalate escalate) {
            return giveUp(incident, escalate.why() + ": " + diagnosis.evidence(), notices, now);
        }
        if (next instanceof Ladder.Next.Wait wait) {
            return look(incident, notices, now, wait.until());
        }
        Ladder.Next.Act act = (Ladder.Next.Act) next;
        Action action = act.action();
        Optional<Guards.Refusal> refusal = Guards.check(
                new Guards.Proposal(action, diagnosis, seen.observation(), seen.circumstances(), config, now));
        if (refusal.isPresent()) {
            return refuse(incident, action, refusal.get(), notices, now);
        }
        return new Step(incident.acting(action, act.rung(), now), List.of(action), notices, null, null);
    }

    private Step refuse(Incident incident, Action action, Guards.Refusal refusal, List<Notice> notices, Instant now) {
        List<Notice> all = new ArrayList<>(notices);
        if (!incident.refusals().contains(refusal.guard())) {
            String text = "%s of %s refused by %s: %s"
                    .formatted(action.name(), action.on(), refusal.guard(), refusal.reason());
            all.add(notice(Notice.Reason.REFUSED, incident, refusal.guard(), text));
        }
        return look(incident.refused(refusal.guard(), refusal.reason()), all, now, now.plus(refusal.retryAfter()));
    }

    private static boolean vanished(Incident incident, Observation seen) {
        if (incident.target().kind().equals("Node")) {
            NodeState node = seen.nodes().get(incident.target().name());
            return node == null || node.condition() == NodeState.Condition.GONE;
        }
        boolean known = incident.workload() == null
                || switch (incident.workload().kind()) {
                    case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet" -> true;
                    default -> false;
                };
        return known
                && seen.pod() == null
                && seen.workload() == null
                && seen.peers().isEmpty();
    }

    private static boolean mayHaveActed(Incident incident) {
        return incident.attempts().stream().anyMatch(Attempt::mayHaveActed);
    }

    private Step look(Incident incident, List<Notice> notices, Instant now, Instant at) {
        return new Step(incident, List.of(), notices, null, soonest(now, at, incident.deadline(), null));
    }

    private Step giveUp(Incident incident, String why, List<Notice> notices, Instant now) {
        return close(
                incident.verified(incident.verification(), null, incident.detail()), Phase.GAVE_UP, why, notices, now);
    }

    private Step close(Incident incident, Phase end, String why, List<Notice> notices, Instant now) {
        Incident closed = incident.close(end, now, why);
        List<Notice> all = new ArrayList<>(notices);
        Notice.Reason reason = end == Phase.GAVE_UP ? Notice.Reason.GAVE_UP : Notice.Reason.VERIFIED;
        all.add(notice(
                reason,
                closed,
                "",
                "%s after %d ms: %s"
                        .formatted(
                                end.published(),
                                Duration.between(incident.detectedAt(), now).toMillis(),
                                why)));
        return new Step(closed, List.of(), all, null, null);
    }

    private static Notice detected(Incident incident) {
        return notice(Notice.Reason.DETECTED, incident, "", incident.cause() + ": " + incident.evidence());
    }

    private static Notice notice(Notice.Reason reason, Incident incident, String key, String message) {
        return new Notice(reason, incident.id(), incident.target(), key, message);
    }

    private static Duration soonest(Instant now, Instant a, Instant b, @Nullable Instant c) {
        Instant first = a.isBefore(b) ? a : b;
        Instant next = c != null && c.isAfter(now) && c.isBefore(first) ? c : first;
        return Duration.between(now, next);
    }

    private static @Nullable Duration until(@Nullable Instant at, Instant now) {
        return at == null ? null : at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
    }
}
