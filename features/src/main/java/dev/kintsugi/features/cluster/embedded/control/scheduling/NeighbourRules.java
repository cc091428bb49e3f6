package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.NodeSelection;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a pod's rules about other pods, and theirs about it, say of each node: topology spread constraints, affinity and anti-affinity.
 * Made once for a pod, so that asking about a node costs a look at its labels.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/">Topology spread constraints</a>
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/">Affinity and anti-affinity</a>
 */
final class NeighbourRules {

    private static final String MISSING_LABEL =
            "node(s) didn't match pod topology spread constraints (missing required label)";
    private static final String SKEWED = "node(s) didn't match pod topology spread constraints";
    private static final String NO_FRIEND = "node(s) didn't match pod affinity rules";
    private static final String FOE = "node(s) didn't match pod anti-affinity rules";
    private static final String UNWANTED = "node(s) didn't satisfy existing pods anti-affinity rules";

    /** How many selected pods each part of the cluster has. */
    private record Spread(TopologySpreadConstraint constraint, Map<String, Integer> counts, int least, boolean self) {}

    private record Place(String topologyKey, String domain) {}

    private record Wish(Place place, long weight) {}

    private final List<Spread> hard = new ArrayList<>();
    private final List<Spread> soft = new ArrayList<>();
    private final List<Set<Place>> friends = new ArrayList<>();
    private final Set<Place> foes = new HashSet<>();
    private final Set<Place> unwanted = new HashSet<>();
    private final List<Wish> wishes = new ArrayList<>();

    private NeighbourRules() {}

    /** Those of a pod to which its neighbours do not matter. */
    static NeighbourRules none() {
        return new NeighbourRules();
    }

    NeighbourRules(Pod pod, World world) {
        Neighbours neighbours = new Neighbours(world);
        List<TopologySpreadConstraint> constraints = pod.getSpec().getTopologySpreadConstraints();
        if (constraints != null && !constraints.isEmpty()) {
            List<Node> nodes = world.all(Node.class);
            for (TopologySpreadConstraint constraint : constraints) {
                boolean must = !"ScheduleAnyway".equals(constraint.getWhenUnsatisfiable());
                (must ? hard : soft).add(spread(pod, constraint, nodes, neighbours));
            }
        }
        for (PodAffinityTerm term : Neighbours.required(pod)) {
            Set<Place> places = places(term, pod, neighbours);
            if (!places.isEmpty() || !neighbours.means(term, pod, pod)) {
                friends.add(places);
            }
        }
        Neighbours.forbidden(pod).forEach(term -> foes.addAll(places(term, pod, neighbours)));
        for (Pod other : world.pods().withPodAffinity()) {
            if (Pods.isAssigned(other) && !Pods.hasEnded(other)) {
                Neighbours.forbidden(other).stream()
                        .filter(term -> neighbours.means(term, other, pod))
                        .forEach(term -> place(other, term, neighbours).ifPresent(unwanted::add));
            }
        }
        Optional<Affinity> affinity = Neighbours.affinity(pod);
        affinity.map(Affinity::getPodAffinity)
                .map(wanted -> wanted.getPreferredDuringSchedulingIgnoredDuringExecution())
                .ifPresent(terms -> wish(terms, pod, 1, neighbours));
        affinity.map(Affinity::getPodAntiAffinity)
                .map(wanted -> wanted.getPreferredDuringSchedulingIgnoredDuringExecution())
                .ifPresent(terms -> wish(terms, pod, -1, neighbours));
    }

    private void wish(List<WeightedPodAffinityTerm> terms, Pod pod, int sign, Neighbours neighbours) {
        for (WeightedPodAffinityTerm term : terms) {
            neighbours.meantBy(term.getPodAffinityTerm(), pod).forEach(other -> place(
                            other, term.getPodAffinityTerm(), neighbours)
                    .ifPresent(place -> wishes.add(new Wish(place, (long) sign * term.getWeight()))));
        }
    }

    private static Set<Place> places(PodAffinityTerm term, Pod pod, Neighbours neighbours) {
        return neighbours
                .meantBy(term, pod)
                .flatMap(other -> place(other, term, neighbours).stream())
                .collect(Collectors.toSet());
    }

    private static Optional<Place> place(Pod pod, PodAffinityTerm term, Neighbours neighbours) {
        return neighbours.domainOf(pod, term.getTopologyKey()).map(domain -> new Place(term.getTopologyKey(), domain));
    }

    /** Nodes that the pod does not select, and pods that are going, do not count. */
    private static Spread spread(
            Pod pod, TopologySpreadConstraint constraint, List<Node> nodes, Neighbours neighbours) {
        String key = constraint.getTopologyKey();
        boolean every = "Ignore".equals(constraint.getNodeAffinityPolicy());
        Map<String, Integer> counts = new HashMap<>();
        nodes.stream()
                .filter(node -> every || NodeSelection.selects(pod, node))
                .flatMap(node -> Neighbours.domain(node, key).stream())
                .forEach(domain -> counts.put(domain, 0));
        LabelSelector selector = selector(pod, constraint);
        neighbours
                .selected(pod.getMetadata().getNamespace(), selector)
                .filter(other -> !Pods.isTerminating(other))
                .flatMap(other -> neighbours.domainOf(other, key).stream())
                .forEach(domain -> counts.computeIfPresent(domain, (same, count) -> count + 1));
        Integer minDomains = constraint.getMinDomains();
        boolean few = minDomains != null && counts.size() < minDomains;
        int least = few
                ? 0
                : counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        boolean self = Selectors.matches(selector, Selectors.labels(pod));
        return new Spread(constraint, counts, least, self);
    }

    /** With the pod's own values of the labels that have to agree. */
    private static LabelSelector selector(Pod pod, TopologySpreadConstraint constraint) {
        LabelSelectorBuilder selector = new LabelSelectorBuilder(
                Objects.requireNonNullElseGet(constraint.getLabelSelector(), LabelSelector::new));
        for (String key : Objects.requireNonNullElse(constraint.getMatchLabelKeys(), List.<String>of())) {
            String value = Selectors.labels(pod).get(key);
            if (value != null) {
                selector.addToMatchLabels(key, value);
            }
        }
        return selector.build();
    }

    /** Why a node is not for the pod, as the scheduler says it; empty if it is. */
    Optional<Refusal> against(Node node) {
        for (Spread spread : hard) {
            Optional<String> domain =
                    Neighbours.domain(node, spread.constraint().getTopologyKey());
            if (domain.isEmpty()) {
                return Optional.of(Refusal.lasting(MISSING_LABEL));
            }
            int count = spread.counts().getOrDefault(domain.get(), 0) + (spread.self() ? 1 : 0);
            if (count - spread.least() > spread.constraint().getMaxSkew()) {
                return Optional.of(Refusal.ofPods(SKEWED));
            }
        }
        if (!friends.stream().allMatch(places -> places.stream().anyMatch(place -> isIn(node, place)))) {
            return Optional.of(Refusal.lasting(NO_FRIEND));
        }
        if (foes.stream().anyMatch(place -> isIn(node, place))) {
            return Optional.of(Refusal.ofPods(FOE));
        }
        return unwanted.stream().anyMatch(place -> isIn(node, place))
                ? Optional.of(Refusal.ofPods(UNWANTED))
                : Optional.empty();
    }

    private static boolean isIn(Node node, Place place) {
        return place.domain().equals(Selectors.labels(node).get(place.topologyKey()));
    }

    /** How well a node suits what the pod would like of its neighbours; more is better. */
    long preference(Node node) {
        long sum = wishes.stream()
                .filter(wish -> isIn(node, wish.place()))
                .mapToLong(Wish::weight)
                .sum();
        for (Spread spread : soft) {
            sum -= Neighbours.domain(node, spread.constraint().getTopologyKey())
                    .map(domain -> spread.counts().getOrDefault(domain, 0))
                    .orElse(Integer.MAX_VALUE);
        }
        return sum;
    }
}
