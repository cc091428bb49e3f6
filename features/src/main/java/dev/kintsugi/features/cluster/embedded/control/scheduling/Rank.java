package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.SplittableRandom;

/**
 * How well a node that has room suits a pod: first by the taints that the pod would rather avoid, then by how it likes the node's labels,
 * then by how it likes the pods there, then by how few of the same controller there are, then by how few pods, then by the seed.
 */
record Rank(String node, long mildTaints, long liking, long neighbours, int siblings, int pods, long chance) {

    static final Comparator<Rank> BEST_FIRST = Comparator.comparingLong(Rank::mildTaints)
            .thenComparing(Rank::liking, Comparator.reverseOrder())
            .thenComparing(Rank::neighbours, Comparator.reverseOrder())
            .thenComparingInt(Rank::siblings)
            .thenComparingInt(Rank::pods)
            .thenComparingLong(Rank::chance)
            .thenComparing(Rank::node);

    static Rank of(Pod pod, Site site, NeighbourRules neighbours, long seed) {
        String controller = Owners.controller(pod).map(OwnerReference::getUid).orElse("");
        return new Rank(
                site.name(),
                NodeRules.mildTaintsAgainst(pod, site),
                NodeRules.preferenceOf(pod, site.node()),
                neighbours.preference(site.node()),
                site.load().perController().getOrDefault(controller, 0),
                site.load().active(),
                new SplittableRandom(seed ^ site.name().hashCode()).nextLong());
    }
}
