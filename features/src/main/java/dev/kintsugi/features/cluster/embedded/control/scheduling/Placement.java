package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.Resources;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where a pod goes: to a node, or nowhere for a reason. */
sealed interface Placement {

    /** There is room on this node. */
    record On(String node) implements Placement {}

    /**
     * No node takes it.
     *
     * @param message why, as Kubernetes' scheduler says it
     * @param crowded the nodes that might if other pods were not there
     * @param lasting how many would not in any case
     */
    record Nowhere(String message, List<Site> crowded, int lasting) implements Placement {}

    /** Up to this number of nodes all are looked at. */
    int FEW_NODES = 100;

    /**
     * The best by its {@link Rank} of the nodes that the pod may go to and that have room for it. In a large cluster the search ends when
     * enough of them are found, and begins at another node for each pod.
     *
     * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/scheduler-perf-tuning/">Share of nodes to score</a>
     */
    static Placement of(Pod pod, List<Site> sites, NeighbourRules neighbours, long seed) {
        if (sites.isEmpty()) {
            return new Nowhere("no nodes available to schedule pods", List.of(), 0);
        }
        Resources request = Resources.requestedBy(pod);
        int enough = enough(sites.size());
        int start = sites.size() <= FEW_NODES
                ? 0
                : Math.floorMod(pod.getMetadata().getUid().hashCode() ^ (int) seed, sites.size());
        List<Site> fitting = new ArrayList<>();
        List<Site> crowded = new ArrayList<>();
        Map<String, Integer> reasons = new TreeMap<>();
        for (int i = 0; i < sites.size() && fitting.size() < enough; i++) {
            Site site = sites.get((start + i) % sites.size());
            Optional<Refusal> refusal = against(pod, request, site, neighbours);
            if (refusal.isEmpty()) {
                fitting.add(site);
                continue;
            }
            refusal.get().reasons().forEach(reason -> reasons.merge(reason, 1, Integer::sum));
            if (refusal.get().byPods()) {
                crowded.add(site);
            }
        }
        return fitting.stream()
                .map(site -> Rank.of(pod, site, neighbours, seed))
                .min(Rank.BEST_FIRST)
                .<Placement>map(rank -> new On(rank.node()))
                .orElseGet(() -> new Nowhere(said(sites.size(), reasons), crowded, sites.size() - crowded.size()));
    }

    /** As many as Kubernetes takes: all of few, half of many less one percent for each 125 nodes, at least 5 % and 100. */
    private static int enough(int nodes) {
        int percent = Math.max(5, 50 - nodes / 125);
        return nodes <= FEW_NODES ? nodes : Math.max(FEW_NODES, nodes * percent / 100);
    }

    /** Why a node does not take a pod; empty if it does. */
    static Optional<Refusal> against(Pod pod, Resources request, Site site, NeighbourRules neighbours) {
        Optional<String> unsuited = NodeRules.against(pod, site);
        if (unsuited.isPresent()) {
            return unsuited.map(Refusal::lasting);
        }
        List<String> lack = site.lackFor(pod, request);
        return lack.isEmpty() ? neighbours.against(site.node()) : Optional.of(new Refusal(lack, true));
    }

    /** One sentence for all nodes, equal reasons together. */
    static String said(int nodes, Map<String, Integer> reasons) {
        return reasons.entrySet().stream()
                .map(reason -> reason.getValue() + " " + reason.getKey())
                .sorted()
                .collect(Collectors.joining(", ", "0/" + nodes + " nodes are available: ", "."));
    }

    /** The reasons why making room did not help, as the scheduler adds them to a message. */
    static String withoutPreemption(Nowhere nowhere, String outcome) {
        Map<String, Integer> reasons = new LinkedHashMap<>();
        if (!nowhere.crowded().isEmpty()) {
            reasons.put(outcome, nowhere.crowded().size());
        }
        if (nowhere.lasting() > 0) {
            reasons.put("Preemption is not helpful for scheduling", nowhere.lasting());
        }
        int nodes = nowhere.crowded().size() + nowhere.lasting();
        return nowhere.message() + (nodes == 0 ? "" : " preemption: " + said(nodes, reasons) + ".");
    }
}
