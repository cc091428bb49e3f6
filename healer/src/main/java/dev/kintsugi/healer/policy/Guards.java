package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The rules that stop an action, in the order in which they are asked. */
final class Guards {

    /** How soon to look again where nothing tells when the reason will be gone. */
    private static final Duration LATER = Duration.ofSeconds(5);

    private static final List<Guard> ALL = List.of(
            Guards::optedOut,
            Guards::protectedNamespace,
            Guards::staleObservation,
            Guards::rolloutInProgress,
            Guards::cooldown,
            Guards::concurrency,
            Guards::dryRun);

    private Guards() {}

    /** An action that is about to be taken. */
    record Proposal(
            Action action,
            Diagnosis diagnosis,
            Observation seen,
            Circumstances circumstances,
            HealerConfig config,
            Instant now) {}

    /** Why not, and how soon to ask again. */
    record Refusal(String guard, String reason, Duration retryAfter) {}

    private interface Guard {
        Optional<Refusal> check(Proposal proposal);
    }

    /** The first guard's refusal; empty if the action may be taken. */
    static Optional<Refusal> check(Proposal proposal) {
        return ALL.stream().flatMap(guard -> guard.check(proposal).stream()).findFirst();
    }

    /** Annotation or label {@code kintsugi.dev/heal: "false"} on the pod or its workload. */
    private static Optional<Refusal> optedOut(Proposal p) {
        WorkloadState workload = p.seen.workload();
        boolean opted = !p.diagnosis.pod().settings().healing()
                || (workload != null && !workload.settings().healing());
        return refuseIf(opted, "opt-out", "kintsugi.dev/heal is \"false\"", LATER);
    }

    /** Nothing is done in the namespaces named by {@code protected_namespaces}. */
    private static Optional<Refusal> protectedNamespace(Proposal p) {
        String namespace = p.action.on().namespace();
        return refuseIf(
                p.config.protectedNamespaces().contains(namespace),
                "protected-namespace",
                "namespace " + namespace + " is protected",
                LATER);
    }

    /** Nothing is done on a view of the cluster that is older than {@code max_observation_age}. */
    private static Optional<Refusal> staleObservation(Proposal p) {
        Duration age = Duration.between(p.seen.asOf(), p.now);
        return refuseIf(
                age.compareTo(p.config.maxObservationAge()) > 0,
                "stale-observation",
                "the view of the cluster is " + age.toSeconds() + " s old",
                LATER);
    }

    /** No rolling restart of what is paused (kubectl refuses it too) or already replacing its pods. */
    private static Optional<Refusal> rolloutInProgress(Proposal p) {
        WorkloadState workload = p.seen.workload();
        boolean rolling = p.action instanceof Action.RollingRestart
                && workload != null
                && (workload.paused() || workload.rollingOut());
        return refuseIf(
                rolling,
                "rollout",
                p.action.on() + (workload != null && workload.paused() ? " is paused" : " is rolling out"),
                LATER);
    }

    /**
     * For {@code cooldown} after another incident's action its target is left alone, and so is what came in its place: a
     * pod of the same workload created since, and the whole workload's pods after a rolling restart.
     */
    private static Optional<Refusal> cooldown(Proposal p) {
        return p.circumstances.past().stream()
                .filter(past -> concerns(past, p))
                .map(past -> past.at().plus(p.config.cooldown()))
                .filter(p.now::isBefore)
                .max(Comparator.naturalOrder())
                .map(until -> new Refusal(
                        "cooldown",
                        p.action.on() + " was acted on before; left alone until " + until,
                        Duration.between(p.now, until)));
    }

    private static boolean concerns(Circumstances.PastAction past, Proposal p) {
        if (past.on().uid().equals(p.action.on().uid())) {
            return true;
        }
        if (p.action instanceof Action.RollingRestart) {
            return false;
        }
        WorkloadState workload = p.seen.workload();
        boolean sameWorkload = past.workload() != null
                && workload != null
                && past.workload().uid().equals(workload.ref().uid());
        boolean rolled =
                workload != null && past.on().uid().equals(workload.ref().uid());
        Instant created = p.diagnosis.pod().createdAt();
        return rolled || (sameWorkload && !created.isBefore(past.at().truncatedTo(ChronoUnit.SECONDS)));
    }

    /** At most {@code max_concurrent_actions} recoveries are acted on and not yet verified. */
    private static Optional<Refusal> concurrency(Proposal p) {
        int limit = p.config.maxConcurrentActions();
        return refuseIf(
                p.circumstances.unverified() >= limit,
                "concurrency",
                p.circumstances.unverified() + " recoveries are under way (limit " + limit + ")",
                LATER);
    }

    /** With {@code dry_run} everything is decided and nothing is done. */
    private static Optional<Refusal> dryRun(Proposal p) {
        return refuseIf(p.config.dryRun(), "dry-run", "dry_run is on", LATER);
    }

    private static Optional<Refusal> refuseIf(boolean refused, String guard, String reason, Duration retryAfter) {
        return Stream.of(new Refusal(guard, reason, retryAfter))
                .filter(r -> refused)
                .findFirst();
    }
}
