package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.ContainerState;
import dev.kintsugi.healer.model.Dependency;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What most likely lies behind a diagnosis, and what shows it.
 *
 * @param evidence for people
 */
record Attribution(Origin origin, String evidence) {

    /** Where it comes from. */
    enum Origin {
        /** What the target needs is not there. */
        DEPENDENCY,
        /** What was changed last. */
        NEW_REVISION,
        /** The node it is on. */
        NODE,
        /** The image, whatever the node. */
        IMAGE,
        /** Nothing tells. */
        UNKNOWN
    }

    private static final Attribution UNKNOWN = new Attribution(Origin.UNKNOWN, "");

    /**
     * The first of these that holds:
     *
     * <ol>
     *   <li>A Service of others that it says it needs has no ready endpoint: the dependency.
     *   <li>No pod of the newest revision is good, and an earlier one {@linkplain GoodRevisions#lastBeforeNewest was verified good}: the new
     *       revision. A pod of an earlier revision that is ill does not speak against the newest.
     *   <li>At least two of the workload's pods are ill, all on one node, while those on other nodes are good: the node.
     *   <li>It waits for its image: the image.
     * </ol>
     */
    static Attribution of(Diagnosis diagnosis, Observation seen, HealerConfig config, Instant now) {
        Optional<Dependency> missing = seen.dependencies().stream()
                .filter(d -> d.readyEndpoints() == 0 && !d.own())
                .findFirst();
        if (missing.isPresent()) {
            return new Attribution(Origin.DEPENDENCY, "Service " + missing.get().service() + " has no ready endpoint");
        }
        return newRevision(diagnosis, seen, config, now)
                .or(() -> node(seen))
                .or(() -> image(diagnosis))
                .orElse(UNKNOWN);
    }

    private static Optional<Attribution> newRevision(
            Diagnosis diagnosis, Observation seen, HealerConfig config, Instant now) {
        Optional<Revision> newest = seen.around().newest();
        Optional<Revision> good = GoodRevisions.lastBeforeNewest(seen, config, now);
        if (newest.isEmpty() || good.isEmpty() || newest.get().verifiedAt() != null) {
            return Optional.empty();
        }
        if (diagnosis instanceof Diagnosis.OfPod ofPod && !newest.get().has(ofPod.pod())) {
            return Optional.empty();
        }
        List<PodState> ofNewest = seen.pods()
                .filter(newest.get()::has)
                .filter(pod -> testifies(pod, seen, config))
                .toList();
        if (ofNewest.isEmpty() || ofNewest.stream().anyMatch(PodState::good)) {
            return Optional.empty();
        }
        long stillGood =
                seen.pods().filter(good.get()::has).filter(PodState::good).count();
        return Optional.of(new Attribution(
                Origin.NEW_REVISION,
                "none of the %d pods of revision %d is good; revision %d was (%d of its pods are now)"
                        .formatted(
                                ofNewest.size(),
                                newest.get().number(),
                                good.get().number(),
                                stillGood)));
    }

    /** What no node takes, or is on a node that is ill itself, says nothing about its revision. */
    private static boolean testifies(PodState pod, Observation seen, HealerConfig config) {
        NodeState node = seen.nodeOf(pod);
        return pod.unscheduled() == null && (node == null || node.good(config.nodeProblemConditions()));
    }

    private static Optional<Attribution> node(Observation seen) {
        List<PodState> ill = seen.pods()
                .filter(p -> !p.good() && !p.beingDeleted() && p.nodeName() != null)
                .toList();
        List<String> nodes = ill.stream().map(PodState::nodeName).distinct().toList();
        if (ill.size() < 2 || nodes.size() != 1) {
            return Optional.empty();
        }
        String name = nodes.get(0);
        long elsewhere =
                seen.pods().filter(p -> p.good() && !name.equals(p.nodeName())).count();
        NodeState node = seen.nodes().get(name);
        return elsewhere == 0
                ? Optional.empty()
                : Optional.of(new Attribution(
                        Origin.NODE,
                        "all %d ill pods are on node %s%s, %d on other nodes are good"
                                .formatted(
                                        ill.size(),
                                        name,
                                        node == null ? "" : " (" + node.condition() + ")",
                                        elsewhere)));
    }

    private static Optional<Attribution> image(Diagnosis diagnosis) {
        return diagnosis instanceof Diagnosis.OfPod ofPod
                ? Stream.concat(ofPod.pod().initContainers().stream(), ofPod.pod().containers().stream())
                        .map(ContainerState::waitingReason)
                        .filter(reason -> reason != null && Blocked.IMAGE.contains(reason))
                        .findFirst()
                        .map(reason -> new Attribution(Origin.IMAGE, "its image does not come: " + reason))
                : Optional.empty();
    }
}
