package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which pods of a ReplicaSet go first when there are too many: those without a node, then pending ones, then those that are not ready,
 * then those with the lower deletion cost, then those that share their node with more of their kind, then those that became ready
 * later, then those that restarted more often, then the younger ones. Ages are compared by their logarithm, so that pods of about the
 * same age are taken in the order of their UIDs.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset">Scaling a ReplicaSet</a>
 */
final class DeletionOrder {

    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    private DeletionOrder() {}

    /**
     * The pods of a ReplicaSet, the first to go first.
     *
     * @param related all active pods of the ReplicaSet and of those with the same owner
     */
    static List<Pod> of(List<Pod> pods, List<Pod> related, Instant now) {
        Map<String, Long> perNode = related.stream()
                .filter(Pods::isAssigned)
                .collect(Collectors.groupingBy(pod -> pod.getSpec().getNodeName(), Collectors.counting()));
        return pods.stream()
                .sorted(Comparator.comparing(Pods::isAssigned)
                        .thenComparing(pod -> phaseRank(Pods.phase(pod)))
                        .thenComparing(Pods::isReady)
                        .thenComparing(DeletionOrder::cost)
                        .thenComparing(pod -> -perNode.getOrDefault(
                                String.valueOf(pod.getSpec().getNodeName()), 0L))
                        .thenComparing(pod -> Pods.readySince(pod)
                                .map(since -> magnitude(since, now))
                                .orElse(0))
                        .thenComparing(pod -> -restarts(pod))
                        .thenComparing(
                                pod -> magnitude(Times.parse(pod.getMetadata().getCreationTimestamp()), now))
                        .thenComparing(pod -> pod.getMetadata().getUid()))
                .toList();
    }

    private static int phaseRank(String phase) {
        return switch (phase) {
            case "", "Pending" -> 0;
            case "Unknown" -> 1;
            default -> 2;
        };
    }

    private static int cost(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String cost = annotations == null ? null : annotations.get(COST);
        try {
            return cost == null ? 0 : Integer.parseInt(cost);
        } catch (NumberFormatException invalid) {
            return 0;
        }
    }

    private static int magnitude(Instant since, Instant now) {
        long nanos = Duration.between(since, now).toNanos();
        return nanos <= 0 ? -1 : Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
    }

    private static int restarts(Pod pod) {
        if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
            return 0;
        }
        return pod.getStatus().getContainerStatuses().stream()
                .mapToInt(ContainerStatus::getRestartCount)
                .max()
                .orElse(0);
    }
}
