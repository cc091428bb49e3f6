package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.NodeLoad;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Resources;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Whose place a pod may take: pods of a lower priority on one node, as few and as unimportant as will do.
 *
 * @param node where
 * @param victims the pods that have to go
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/">Priority and preemption</a>
 */
record Preemption(String node, List<Pod> victims) {

    private static final int MOST_CANDIDATES = 100;
    private static final Comparator<Pod> MOST_IMPORTANT_FIRST = Comparator.<Pod>comparingInt(pod -> -priority(pod))
            .thenComparing(Preemption::started)
            .thenComparing(pod -> pod.getMetadata().getName());

    static int priority(Pod pod) {
        return Objects.requireNonNullElse(pod.getSpec().getPriority(), 0);
    }

    /** Whether the pod may take the place of others at all. */
    static boolean isAllowed(Pod pod) {
        return !"Never".equals(pod.getSpec().getPreemptionPolicy());
    }

    private static Instant started(Pod pod) {
        String start = pod.getStatus() == null ? null : pod.getStatus().getStartTime();
        return Times.parse(start == null ? pod.getMetadata().getCreationTimestamp() : start);
    }

    /** Whether pods of a lower priority are on their way out of a node. */
    static boolean isUnderWay(Pod pod, String node, World world) {
        return world.pods().on(node).stream()
                .anyMatch(other -> Pods.isTerminating(other) && priority(other) < priority(pod));
    }

    /**
     * On each node first all less important pods are thought away; if the pod fits then, as many of them as possible may stay, the most
     * important first. Of the nodes the one is taken where the fewest budgets are broken, then where the most important victim is least
     * important, then where the sum of their importance is lowest, then where they are fewest, then where the most important ones
     * started last.
     */
    static Optional<Preemption> of(Pod pod, Placement.Nowhere nowhere, World world) {
        List<PodDisruptionBudget> budgets = world.all(PodDisruptionBudget.class);
        return nowhere.crowded().stream()
                .limit(MOST_CANDIDATES)
                .flatMap(site -> on(site, pod, world).stream())
                .min(Comparator.<Preemption>comparingLong(one -> one.broken(budgets))
                        .thenComparingInt(one -> priority(one.victims.get(0)))
                        .thenComparingLong(one -> one.victims.stream()
                                .mapToLong(victim -> (long) priority(victim) + Integer.MAX_VALUE + 1L)
                                .sum())
                        .thenComparingInt(one -> one.victims.size())
                        .thenComparing(one -> started(one.victims.get(0)), Comparator.reverseOrder())
                        .thenComparing(Preemption::node));
    }

    private static Optional<Preemption> on(Site site, Pod pod, World world) {
        List<Pod> staying = new ArrayList<>();
        List<Pod> lesser = new ArrayList<>();
        for (Pod other : world.pods().on(site.name())) {
            if (!Pods.hasEnded(other)) {
                (priority(other) < priority(pod) ? lesser : staying).add(other);
            }
        }
        if (lesser.isEmpty() || !fits(pod, site, staying)) {
            return Optional.empty();
        }
        lesser.sort(MOST_IMPORTANT_FIRST);
        List<Pod> victims = new ArrayList<>();
        for (Pod other : lesser) {
            staying.add(other);
            if (!fits(pod, site, staying)) {
                staying.remove(staying.size() - 1);
                victims.add(other);
            }
        }
        return victims.isEmpty() ? Optional.empty() : Optional.of(new Preemption(site.name(), victims));
    }

    private static boolean fits(Pod pod, Site site, List<Pod> there) {
        return site.with(NodeLoad.of(there))
                .lackFor(pod, Resources.requestedBy(pod))
                .isEmpty();
    }

    private long broken(List<PodDisruptionBudget> budgets) {
        return victims.stream()
                .filter(victim -> budgets.stream()
                        .anyMatch(budget -> budget.getMetadata()
                                        .getNamespace()
                                        .equals(victim.getMetadata().getNamespace())
                                && budget.getSpec().getSelector() != null
                                && Selectors.matches(budget.getSpec().getSelector(), Selectors.labels(victim))
                                && budget.getStatus() != null
                                && Objects.requireNonNullElse(budget.getStatus().getDisruptionsAllowed(), 0) <= 0))
                .count();
    }
}
