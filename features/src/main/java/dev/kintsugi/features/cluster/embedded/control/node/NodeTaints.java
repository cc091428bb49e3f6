package dev.kintsugi.features.cluster.embedded.control.node;

import dev.kintsugi.features.cluster.embedded.control.model.Times;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The taints by which a node says what its conditions are.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-nodes-by-condition">Taint nodes by
 *     condition</a>
 */
final class NodeTaints {

    static final String NO_SCHEDULE = "NoSchedule";
    static final String NO_EXECUTE = "NoExecute";

    private static final String NOT_READY = "node.kubernetes.io/not-ready";
    private static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private static final String CORDONED = "node.kubernetes.io/unschedulable";
    private static final Map<String, String> PRESSURES = Map.of(
            "MemoryPressure", "node.kubernetes.io/memory-pressure",
            "DiskPressure", "node.kubernetes.io/disk-pressure",
            "PIDPressure", "node.kubernetes.io/pid-pressure",
            "NetworkUnavailable", "node.kubernetes.io/network-unavailable");

    private NodeTaints() {}

    static List<Taint> of(Node node) {
        return node.getSpec() == null || node.getSpec().getTaints() == null
                ? List.of()
                : node.getSpec().getTaints();
    }

    static Optional<NodeCondition> condition(Node node, String type) {
        return node.getStatus() == null || node.getStatus().getConditions() == null
                ? Optional.empty()
                : node.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst();
    }

    static boolean isReady(Node node) {
        return condition(node, "Ready")
                .filter(condition -> condition.getStatus().equals("True"))
                .isPresent();
    }

    /** The keys that keep new pods away: not ready, unreachable, cordoned, under pressure. */
    private static Set<String> keepingAway(Node node) {
        Set<String> keys = new LinkedHashSet<>();
        readiness(node).ifPresent(keys::add);
        PRESSURES.forEach((type, key) -> condition(node, type)
                .filter(condition -> condition.getStatus().equals("True"))
                .ifPresent(condition -> keys.add(key)));
        if (Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
            keys.add(CORDONED);
        }
        return keys;
    }

    /** The key for a Ready condition that is not True. */
    private static Optional<String> readiness(Node node) {
        return condition(node, "Ready").flatMap(condition -> switch (condition.getStatus()) {
            case "True" -> Optional.empty();
            case "False" -> Optional.of(NOT_READY);
            default -> Optional.of(UNREACHABLE);
        });
    }

    /** The taints with those that keep pods away as the conditions now say; all others stay. */
    static List<Taint> withNoSchedule(Node node, List<Taint> present, Instant now) {
        Set<String> ours = new LinkedHashSet<>(PRESSURES.values());
        ours.addAll(List.of(NOT_READY, UNREACHABLE, CORDONED));
        return exchanged(present, NO_SCHEDULE, ours, keepingAway(node), now);
    }

    /** The taints with those that drive pods out as the conditions now say; all others stay. */
    static List<Taint> withNoExecute(Node node, List<Taint> present, Instant now) {
        Set<String> wanted = readiness(node).map(Set::of).orElse(Set.of());
        return exchanged(present, NO_EXECUTE, Set.of(NOT_READY, UNREACHABLE), wanted, now);
    }

    /** The taints without those that drive pods out; all others stay. */
    static List<Taint> withoutNoExecute(List<Taint> present, Instant now) {
        return exchanged(present, NO_EXECUTE, Set.of(NOT_READY, UNREACHABLE), Set.of(), now);
    }

    private static List<Taint> exchanged(
            List<Taint> present, String effect, Set<String> ours, Set<String> wanted, Instant now) {
        List<Taint> taints = new ArrayList<>(present);
        taints.removeIf(taint ->
                taint.getEffect().equals(effect) && ours.contains(taint.getKey()) && !wanted.contains(taint.getKey()));
        for (String key : wanted) {
            boolean there = taints.stream()
                    .anyMatch(taint ->
                            taint.getEffect().equals(effect) && taint.getKey().equals(key));
            if (!there) {
                taints.add(new Taint(effect, key, Times.seconds(now), null));
            }
        }
        return taints;
    }
}
