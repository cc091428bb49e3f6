package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.NodeState.Condition;
import dev.kintsugi.healer.model.NodeState.Trouble;
import dev.kintsugi.healer.model.Observation;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** Says what is wrong with a node. */
final class NodeDiagnoser {

    private final HealerConfig config;

    NodeDiagnoser(HealerConfig config) {
        this.config = config;
    }

    /**
     * The first of these that holds. What a node says must have stood for {@code node_failure_threshold} health checks, for
     * nodes come and go in ordinary life (a reboot, an upgrade).
     *
     * <ol>
     *   <li>Ready is False, or Unknown since nobody has heard of it: not ready.
     *   <li>NetworkUnavailable, one of the pressures, or one of {@code node_problem_conditions} (node-problem-detector) is
     *       True: that. Other conditions are left alone, as True may be their good state.
     *   <li>The healer has cordoned it, nobody has changed that since, and it has been good for {@code stable_for}: left
     *       cordoned.
     * </ol>
     */
    Diagnoser.Finding diagnose(Observation seen, Instant now) {
        NodeState node = seen.nodes().get(seen.target().name());
        if (node == null || node.condition() == Condition.GONE) {
            return Diagnoser.Finding.NOTHING;
        }
        Optional<Trouble> first = node.troubles().stream()
                .filter(t -> cause(t).isPresent())
                .min(Comparator.comparing(Trouble::since).thenComparing(Trouble::type));
        if (node.condition() == Condition.NOT_READY) {
            return from(new Diagnosis.NodeNotReady(node, node.since(), node.detail()), now);
        }
        if (first.isPresent()) {
            Trouble trouble = first.get();
            Cause cause = cause(trouble).orElseThrow();
            return from(
                    new Diagnosis.NodeTroubled(
                            cause, node, trouble.since(), trouble.type() + " is True: " + trouble.message()),
                    now);
        }
        return leftCordoned(node, now);
    }

    private Diagnoser.Finding from(Diagnosis diagnosis, Instant now) {
        Instant from = diagnosis.onset().plus(config.healthCheckInterval().multipliedBy(config.nodeFailureThreshold()));
        return now.isBefore(from) ? Diagnoser.Finding.later(from) : Diagnoser.Finding.of(diagnosis);
    }

    private Diagnoser.Finding leftCordoned(NodeState node, Instant now) {
        Instant cordonedAt = node.cordonedByHealer();
        if (!node.cordoned() || cordonedAt == null) {
            return Diagnoser.Finding.NOTHING;
        }
        Instant from = node.since().plus(config.stableFor());
        return now.isBefore(from)
                ? Diagnoser.Finding.later(from)
                : Diagnoser.Finding.of(new Diagnosis.NodeLeftCordoned(
                        node,
                        node.since(),
                        "good since " + node.since() + ", cordoned by the healer at " + cordonedAt));
    }

    private Optional<Cause> cause(Trouble trouble) {
        return switch (trouble.type()) {
            case "NetworkUnavailable" -> Optional.of(Cause.NODE_NETWORK_UNAVAILABLE);
            case "MemoryPressure" -> Optional.of(Cause.NODE_MEMORY_PRESSURE);
            case "DiskPressure" -> Optional.of(Cause.NODE_DISK_PRESSURE);
            case "PIDPressure" -> Optional.of(Cause.NODE_PID_PRESSURE);
            default ->
                config.nodeProblemConditions().contains(trouble.type())
                        ? Optional.of(Cause.NODE_PROBLEM)
                        : Optional.empty();
        };
    }
}
