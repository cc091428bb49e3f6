package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Dependency;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.ProbeResult;
import dev.kintsugi.healer.model.Verification;
import dev.kintsugi.healer.model.Verification.Check;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges whether a target is good again, in four steps of which each needs the one before. */
final class Verifier {

    /** An answer older than this says nothing about the present. */
    private static final Duration FRESH = Duration.ofSeconds(3);

    private final HealerConfig config;

    Verifier(HealerConfig config) {
        this.config = config;
    }

    /**
     * The outcome of one look.
     *
     * @param passed nothing has failed and nothing is missing
     * @param probe the pod whose answer is missing; null if none is
     */
    record Verdict(
            Verification verification,
            boolean passed,
            @Nullable PodState probe,
            String detail) {}

    /**
     * The four steps, in order:
     *
     * <ol>
     *   <li>Status: see {@link #statusProblem}.
     *   <li>Connectivity: the target, or else the newest good pod of its workload, accepts a connection.
     *   <li>Performance: the slowest of a few requests to its readiness endpoint stays within the threshold, and so does
     *       the share of failed ones.
     *   <li>Dependencies: every Service that target or workload say they need has a ready endpoint.
     * </ol>
     *
     * Connectivity and performance are asked at the beginning and at the end of the time for which the target must stay
     * good; in between the answer from the beginning stands.
     */
    Verdict verify(Incident incident, Observation seen, Instant now) {
        Optional<String> problem = statusProblem(incident, seen);
        if (problem.isPresent()) {
            return failed(Check.FAILED, Check.NOT_RUN, Check.NOT_RUN, "status: " + problem.get());
        }
        boolean pods = !incident.target().kind().equals("Node");
        PodState asked = config.verificationProbes() && pods ? subject(seen) : null;
        Check connectivity = Check.NOT_RUN;
        Check performance = Check.NOT_RUN;
        if (asked != null && asked.endpoint() != null) {
            if (betweenBeginningAndEnd(incident, now)) {
                connectivity = incident.verification().connectivity();
                performance = incident.verification().performance();
            } else {
                ProbeResult answer = seen.probe();
                if (answer == null || !counts(answer, asked, incident, now)) {
                    Verification soFar = new Verification(Check.PASSED, Check.NOT_RUN, Check.NOT_RUN, Check.NOT_RUN);
                    return new Verdict(soFar, false, asked, "waiting for an answer of " + asked.ref());
                }
                if (!answer.connected()) {
                    return failed(Check.PASSED, Check.FAILED, Check.NOT_RUN, "connectivity: " + answer.detail());
                }
                connectivity = Check.PASSED;
                Optional<String> slow = performanceProblem(answer);
                if (slow.isPresent()) {
                    return failed(Check.PASSED, connectivity, Check.FAILED, "performance: " + slow.get());
                }
                performance = Check.PASSED;
            }
        }
        Optional<Dependency> missing = seen.dependencies().stream()
                .filter(d -> d.readyEndpoints() == 0)
                .findFirst();
        Check dependencies =
                missing.isPresent() ? Check.FAILED : seen.dependencies().isEmpty() ? Check.NOT_RUN : Check.PASSED;
        String detail = missing.map(d -> "dependencies: Service " + d.service() + " has no ready endpoint")
                .orElse("verified");
        return new Verdict(
                new Verification(Check.PASSED, connectivity, performance, dependencies),
                missing.isEmpty(),
                null,
                detail);
    }

    /**
     * Good is: the target, unless gone or on its way out, is ready; the workload has as many ready pods of its own as it
     * wants, whatever their names; and a rolling restart or rollback, if that was the action,
     * is through, as is any rollout of a workload that was the target. A pod that was stuck must
     * be gone. Of an owner whose kind is not known at least one good pod must have come in the target's place.
     */
    private Optional<String> statusProblem(Incident incident, Observation seen) {
        if (incident.target().kind().equals("Node")) {
            return nodeProblem(incident, seen);
        }
        PodState pod = seen.pod();
        if (pod != null && incident.cause().equals("StuckTerminating")) {
            return Optional.of(pod.ref() + " still exists");
        }
        if (pod != null && !pod.beingDeleted() && !pod.good()) {
            return Optional.of(pod.ref() + " is not ready");
        }
        long good = seen.pods().filter(PodState::good).count();
        WorkloadState workload = seen.workload();
        if (workload == null) {
            boolean replaced = incident.workload() == null || good > 0;
            return replaced ? Optional.empty() : Optional.of("nothing has come in place of " + incident.target());
        }
        if (good < workload.desired()) {
            return Optional.of(workload.ref() + " has " + good + " of " + workload.desired() + " pods ready");
        }
        Attempt last = incident.lastAttempt();
        boolean rolled = last != null
                && (last.action().equals("RollingRestart") || last.action().equals("RollBack"));
        boolean ofWorkload = incident.target().equals(workload.ref());
        return (rolled || ofWorkload) && workload.rollingOut()
                ? Optional.of(workload.ref() + " is rolling out")
                : Optional.empty();
    }

    /** A node is good when it is ready and nothing is wrong with it; one that was left cordoned, when it no longer is. */
    private Optional<String> nodeProblem(Incident incident, Observation seen) {
        NodeState node = seen.nodes().get(incident.target().name());
        if (node == null || !node.good(config.nodeProblemConditions())) {
            return Optional.of(incident.target() + " is not good");
        }
        boolean left = incident.cause().equals(Cause.NODE_LEFT_CORDONED.published()) && node.cordonedByHealer() != null;
        return left ? Optional.of(incident.target() + " is cordoned still") : Optional.empty();
    }

    private Optional<String> performanceProblem(ProbeResult answer) {
        if (answer.errorRatePercent() > config.errorRateThreshold()) {
            return Optional.of(
                    "%d of %d requests failed (%s)".formatted(answer.failures(), answer.requests(), answer.detail()));
        }
        return answer.slowest().compareTo(config.responseTimeThreshold()) > 0
                ? Optional.of("a request took %d ms (threshold %d ms)"
                        .formatted(
                                answer.slowest().toMillis(),
                                config.responseTimeThreshold().toMillis()))
                : Optional.empty();
    }

    private boolean betweenBeginningAndEnd(Incident incident, Instant now) {
        return incident.goodSince() != null
                && incident.verification().connectivity() == Check.PASSED
                && now.isBefore(incident.goodSince().plus(config.stableFor()));
    }

    /** An answer counts if it is recent, from after the last action, and at the end from after the beginning. */
    private static boolean counts(ProbeResult answer, PodState asked, Incident incident, Instant now) {
        Attempt last = incident.lastAttempt();
        return answer.pod().equals(asked.ref().uid())
                && !answer.at().isBefore(now.minus(FRESH))
                && (last == null || answer.at().isAfter(last.at()))
                && (incident.goodSince() == null || answer.at().isAfter(incident.goodSince()));
    }

    private static @Nullable PodState subject(Observation seen) {
        PodState pod = seen.pod();
        return pod != null && pod.good()
                ? pod
                : seen.peers().stream()
                        .filter(PodState::good)
                        .max(Comparator.comparing(PodState::createdAt)
                                .thenComparing(p -> p.ref().uid()))
                        .orElse(null);
    }

    private static Verdict failed(Check status, Check connectivity, Check performance, String detail) {
        return new Verdict(new Verification(status, connectivity, performance, Check.NOT_RUN), false, null, detail);
    }
}
