package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status of a pod as the kubelet generates it ({@code generateAPIPodStatus}). */
final class PodStatuses {

    private PodStatuses() {}

    /**
     * The status of a pod whose runtime state is {@code view}.
     *
     * @param previous the last status that was generated, null for the first
     * @param reasons why containers could not be started at the last try
     * @param ending whether nothing will be started any more
     * @param overdue whether the pod's active deadline has passed, which makes it Failed
     */
    static PodStatus of(
            Pod pod,
            @Nullable PodStatus previous,
            RuntimeView view,
            Map<String, WaitingReason> reasons,
            Probes probes,
            boolean ending,
            boolean overdue,
            String hostIp,
            Instant now) {
        List<ContainerStatus> inits = ContainerStatuses.of(pod, pod.getSpec().getInitContainers(), view, reasons);
        List<ContainerStatus> containers =
                ContainerStatuses.of(pod, pod.getSpec().getContainers(), view, reasons);
        String phase = previous != null && PodPhase.isTerminal(previous.getPhase())
                ? previous.getPhase()
                : overdue ? "Failed" : PodPhase.of(pod, inits, containers, ending);
        for (ContainerStatus init : inits) {
            init.setReady(init.getState().getTerminated() != null
                    && init.getState().getTerminated().getExitCode() == 0);
        }
        mark(containers, probes);
        PodStatusBuilder status = new PodStatusBuilder()
                .withPhase(phase)
                .withReason(overdue ? ActiveDeadline.REASON : null)
                .withMessage(overdue ? ActiveDeadline.MESSAGE : null)
                .withConditions(PodConditions.of(pod, conditions(pod, previous), inits, containers, phase, now))
                .withHostIP(hostIp)
                .withStartTime(previous == null ? Times.text(now) : previous.getStartTime())
                .withInitContainerStatuses(inits)
                .withContainerStatuses(containers);
        if (view.podIp() != null) {
            status.withPodIP(view.podIp()).withPodIPs(new PodIP(view.podIp()));
        }
        return status.build();
    }

    /** The same status after the probes have spoken. */
    static PodStatus probed(Pod pod, PodStatus status, Probes probes, Instant now) {
        PodStatus next = new PodStatusBuilder(status).build();
        mark(next.getContainerStatuses(), probes);
        next.setConditions(PodConditions.of(
                pod,
                conditions(pod, status),
                next.getInitContainerStatuses(),
                next.getContainerStatuses(),
                next.getPhase(),
                now));
        return next;
    }

    private static void mark(List<ContainerStatus> containers, Probes probes) {
        for (ContainerStatus container : containers) {
            container.setStarted(probes.started(container));
            container.setReady(probes.ready(container));
        }
    }

    /** Those of the last status, and those that others have written since. */
    private static List<PodCondition> conditions(Pod pod, @Nullable PodStatus previous) {
        List<PodCondition> conditions = new ArrayList<>();
        if (previous != null) {
            conditions.addAll(previous.getConditions());
        }
        if (pod.getStatus() != null) {
            Set<String> own = previous == null ? Set.of() : PodConditions.OWNED;
            Set<String> current = pod.getStatus().getConditions().stream()
                    .map(PodCondition::getType)
                    .filter(type -> !own.contains(type))
                    .collect(Collectors.toSet());
            conditions.removeIf(each -> current.contains(each.getType()));
            pod.getStatus().getConditions().stream()
                    .filter(each -> current.contains(each.getType()))
                    .forEach(conditions::add);
        }
        return conditions;
    }
}
