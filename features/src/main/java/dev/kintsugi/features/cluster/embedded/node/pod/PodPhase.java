package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The phase of a pod, from the states of its containers ({@code getPhase} of the kubelet). */
final class PodPhase {

    private PodPhase() {}

    /**
     * Failed when an init container failed and nothing is restarted; Pending while an init container or the first start of a
     * container is outstanding; Running while one runs, or all ended and one of them will be restarted; then Succeeded if
     * all ended with 0, else Failed.
     *
     * @param ending whether the pod is being ended, so that nothing will be restarted whatever its restart policy says
     */
    static String of(Pod pod, List<ContainerStatus> inits, List<ContainerStatus> containers, boolean ending) {
        String policy = pod.getSpec().getRestartPolicy();
        boolean initPending = inits.stream().anyMatch(PodPhase::pending);
        boolean initFailed = inits.stream().anyMatch(PodPhase::failed);
        if (initFailed && "Never".equals(policy)) {
            return "Failed";
        }
        long waiting = containers.stream().filter(PodPhase::neverRan).count();
        if (initPending || waiting > 0) {
            return "Pending";
        }
        if (containers.stream().anyMatch(each -> each.getState().getRunning() != null)) {
            return "Running";
        }
        boolean succeeded = containers.stream()
                .allMatch(each -> each.getState().getTerminated() != null
                        && each.getState().getTerminated().getExitCode() == 0);
        if (ending) {
            return succeeded ? "Succeeded" : "Failed";
        }
        if (!"Never".equals(policy) && !"OnFailure".equals(policy)) {
            return "Running";
        }
        if (succeeded) {
            return "Succeeded";
        }
        return "Never".equals(policy) ? "Failed" : "Running";
    }

    static boolean isTerminal(String phase) {
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private static boolean neverRan(ContainerStatus status) {
        ContainerState state = status.getState();
        return state.getRunning() == null && state.getTerminated() == null && lastEnd(status) == null;
    }

    private static boolean pending(ContainerStatus init) {
        return init.getState().getRunning() != null || neverRan(init);
    }

    private static boolean failed(ContainerStatus init) {
        ContainerStateTerminated end = init.getState().getTerminated();
        if (end == null && init.getState().getRunning() == null) {
            end = lastEnd(init);
        }
        return end != null && end.getExitCode() != 0;
    }

    private static @Nullable ContainerStateTerminated lastEnd(ContainerStatus status) {
        ContainerState last = status.getLastState();
        return last == null ? null : last.getTerminated();
    }
}
