package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.NamespaceState;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The rules that stop an action, in the order in which they are asked. */
final class Guards {

    /** How soon to look again where nothing tells when the reason will be gone. */
    private static final Duration LATER = Duration.ofSeconds(5);

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final List<Guard> ALL = List.of(
            Guards::optedOut,
            Guards::paused,
            Guards::nonsense,
            Guards::protectedNamespace,
            Guards::endingNamespace,
            Guards::staleObservation,
            Guards::managedElsewhere,
            Guards::rolloutInProgress,
            Guards::cooldown,
            Guards::storm,
            Guards::nodeStorm,
            Guards::controlPlane,
            Guards::selfDistrust,
            Guards::rate,
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

    /** Annotation or label {@code kintsugi.dev/heal: "false"} on the target, its workload or its namespace. */
    private static Optional<Refusal> optedOut(Proposal p) {
        return refuseIf(settings(p).anyMatch(s -> !s.healing()), "opt-out", Settings.HEAL + " is \"false\"", LATER);
    }

    /**
     * Annotation {@code kintsugi.dev/pause: "true"} on the target, its workload, its namespace, or for the whole cluster on
     * the healer's ConfigMap (or its key {@code paused}).
     */
    private static Optional<Refusal> paused(Proposal p) {
        boolean here = settings(p).anyMatch(Settings::paused);
        return refuseIf(
                p.config.paused() || here,
                "pause",
                p.config.paused() ? "healing is paused in the whole cluster" : Settings.PAUSE + " is \"true\"",
                LATER);
    }

    /** Whoever wrote an annotation that means nothing wanted something, so nothing is done until it is known what. */
    private static Optional<Refusal> nonsense(Proposal p) {
        Optional<String> problem =
                settings(p).flatMap(s -> s.problems().stream()).findFirst();
        return problem.map(text -> new Refusal("annotation", text, LATER));
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

    /** Nothing is done in a namespace that is being deleted. */
    private static Optional<Refusal> endingNamespace(Proposal p) {
        NamespaceState namespace = p.seen.around().namespace();
        return refuseIf(
                namespace != null && namespace.ending(),
                "ending-namespace",
                "namespace " + p.action.on().namespace() + " is being deleted",
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

    /**
     * No change to what a workload ought to be where somebody else looks after that (Argo CD, Flux, Helm, an operator), for
     * they would undo it. A restart is none: what they look after stays as it is.
     */
    private static Optional<Refusal> managedElsewhere(Proposal p) {
        WorkloadState workload = p.seen.workload();
        boolean changes = p.action instanceof Action.RollBack;
        return refuseIf(
                changes && workload != null && workload.manager() != null,
                "managed-elsewhere",
                workload == null
                        ? ""
                        : workload.ref() + " is looked after by " + workload.manager() + ", which would undo it",
                LATER);
    }

    /**
     * No rolling restart of what is paused (kubectl refuses it too) or already replacing its pods, and no rollback of what
     * is paused.
     */
    private static Optional<Refusal> rolloutInProgress(Proposal p) {
        WorkloadState workload = p.seen.workload();
        boolean paused = workload != null && workload.paused();
        boolean rolling = workload != null && workload.rollingOut();
        boolean refused = (p.action instanceof Action.RollingRestart && (paused || rolling))
                || (p.action instanceof Action.RollBack && paused);
        return refuseIf(refused, "rollout", p.action.on() + (paused ? " is paused" : " is rolling out"), LATER);
    }

    /**
     * For {@code cooldown} after another incident's action its target is left alone, and so is what came in its place: a
     * pod of the same workload created since, and the whole workload's pods after a rolling restart or rollback.
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
        if (!(p.diagnosis instanceof Diagnosis.OfPod ofPod) || !p.action.on().equals(ofPod.target())) {
            return false;
        }
        WorkloadState workload = p.seen.workload();
        boolean sameWorkload = past.workload() != null
                && workload != null
                && past.workload().uid().equals(workload.ref().uid());
        boolean rolled =
                workload != null && past.on().uid().equals(workload.ref().uid());
        Instant created = ofPod.pod().createdAt();
        return rolled || (sameWorkload && !created.isBefore(past.at().truncatedTo(ChronoUnit.SECONDS)));
    }

    /**
     * Where a great many fail at once the reason is not theirs, and healing one by one would only add to it: nothing is
     * done while in the namespace or in the cluster more than {@code storm_breaker_count} targets are ill and they are more
     * than {@code storm_breaker_share} percent of its pods. Both must hold: a small namespace may be ill as a whole, and a
     * large cluster always has some.
     */
    private static Optional<Refusal> storm(Proposal p) {
        Prevalence here = p.circumstances.prevalence();
        return storm(
                        here.illHere(),
                        here.podsHere(),
                        "namespace " + p.action.on().namespace(),
                        p.config)
                .or(() -> storm(here.ill(), here.pods(), "the cluster", p.config));
    }

    private static Optional<Refusal> storm(int ill, int pods, String where, HealerConfig config) {
        boolean tripped =
                ill > config.stormBreakerCount() && 100L * ill > (long) config.stormBreakerShare() * Math.max(1, pods);
        return refuseIf(
                tripped,
                "storm",
                "%d of %d pods in %s are ill (limits %d and %d %%)"
                        .formatted(ill, pods, where, config.stormBreakerCount(), config.stormBreakerShare()),
                LATER);
    }

    /**
     * Where many nodes are ill it is most likely the network, or what watches them: nothing is done to a node while at least
     * two are ill and these are more than {@code storm_breaker_share} percent of all. (Kubernetes itself stops evicting at
     * 55 % of a zone.)
     */
    private static Optional<Refusal> nodeStorm(Proposal p) {
        Collection<NodeState> nodes = p.seen.nodes().values();
        long ill = nodes.stream()
                .filter(n -> !n.good(p.config.nodeProblemConditions()))
                .count();
        return refuseIf(
                takesANodeOut(p) && ill >= 2 && 100 * ill > (long) p.config.stormBreakerShare() * nodes.size(),
                "storm",
                ill + " of " + nodes.size() + " nodes are ill (limit " + p.config.stormBreakerShare() + " %)",
                LATER);
    }

    /** A node of the control plane is left alone while another is ill or cordoned: one at a time keeps the quorum. */
    private static Optional<Refusal> controlPlane(Proposal p) {
        Optional<NodeState> other = p.seen.nodes().values().stream()
                .filter(NodeState::controlPlane)
                .filter(n -> !n.name().equals(p.action.on().name()))
                .filter(n -> n.cordoned() || !n.good(p.config.nodeProblemConditions()))
                .findFirst();
        boolean own =
                p.diagnosis instanceof Diagnosis.OfNode ofNode && ofNode.node().controlPlane();
        return other.filter(n -> own && takesANodeOut(p))
                .map(n -> new Refusal(
                        "control-plane", "node " + n.name() + " of the control plane is out already", LATER));
    }

    private static boolean takesANodeOut(Proposal p) {
        return p.action instanceof Action.Cordon || p.action instanceof Action.Drain;
    }

    /** A remedy whose outcomes have fallen below {@code success_floor} is not taken until somebody resets it. */
    private static Optional<Refusal> selfDistrust(Proposal p) {
        String action = p.action.name();
        Cause cause = p.diagnosis.cause();
        Trust trust = p.circumstances.trust();
        return refuseIf(
                p.config.successFloor() > 0 && !trust.in(cause, action),
                "self-distrust",
                "%s is not trusted any more against %s: %s (floor %d %%); reset by trust_since"
                        .formatted(action, cause.published(), trust.record(cause, action), p.config.successFloor()),
                LATER);
    }

    /** At most {@code max_actions_per_minute} actions within any minute. */
    private static Optional<Refusal> rate(Proposal p) {
        List<Instant> recent = p.circumstances.past().stream()
                .map(Circumstances.PastAction::at)
                .filter(at -> at.plus(MINUTE).isAfter(p.now))
                .sorted()
                .toList();
        int limit = p.config.maxActionsPerMinute();
        return recent.size() < limit
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "rate",
                        recent.size() + " actions within the last minute (limit " + limit + ")",
                        Duration.between(
                                p.now, recent.get(recent.size() - limit).plus(MINUTE))));
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

    /** With {@code dry_run}, or {@code dryRun} in the strategy of the diagnosis, everything is decided and nothing done. */
    private static Optional<Refusal> dryRun(Proposal p) {
        boolean everywhere = p.config.dryRun();
        boolean here = p.config.strategies().of(p.diagnosis.cause()).dryRun();
        return refuseIf(
                everywhere || here,
                "dry-run",
                everywhere
                        ? "dry_run is on"
                        : "dryRun is on for " + p.diagnosis.cause().published(),
                LATER);
    }

    /** Of the target, its workload and its namespace. */
    private static Stream<Settings> settings(Proposal p) {
        WorkloadState workload = p.seen.workload();
        NamespaceState namespace = p.seen.around().namespace();
        return Stream.of(
                        p.diagnosis.settings(),
                        workload == null ? null : workload.settings(),
                        namespace == null ? null : namespace.settings())
                .filter(Objects::nonNull);
    }

    private static Optional<Refusal> refuseIf(boolean refused, String guard, String reason, Duration retryAfter) {
        return refused ? Optional.of(new Refusal(guard, reason, retryAfter)) : Optional.empty();
    }
}
