package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The states of containers as the kubelet reports them. */
final class ContainerStatuses {

    private ContainerStatuses() {}

    /**
     * One status for each container of the list, in its order: the newest run is the state, the one before is lastState, restartCount
     * is the attempt of the newest run. A container that never ran waits with {@code ContainerCreating}, or with
     * {@code PodInitializing} in a pod with init containers. One that is to be restarted and could not be at the last try waits with the
     * reason of that; until a try failed it stays terminated, since it is about to be started.
     *
     * @param reasons why the last try to start a container failed
     */
    static List<ContainerStatus> of(
            Pod pod, List<Container> containers, RuntimeView view, Map<String, WaitingReason> reasons) {
        return containers.stream()
                .map(container -> status(pod, container, view, Optional.ofNullable(reasons.get(container.getName()))))
                .toList();
    }

    private static ContainerStatus status(
            Pod pod, Container container, RuntimeView view, Optional<WaitingReason> reason) {
        Optional<ContainerRun> latest = view.latest(container.getName());
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(container.getName())
                .withImage(latest.map(ContainerRun::image).orElse(container.getImage()))
                .withImageID(latest.map(run -> "kintsugi://" + run.image()).orElse(""))
                .withReady(false)
                .withStarted(false)
                .withRestartCount(latest.map(ContainerRun::attempt).orElse(0))
                .withLastState(new ContainerState());
        latest.ifPresent(run -> status.withContainerID(run.id()));
        view.former(container.getName()).ifPresent(run -> status.withLastState(state(run)));
        boolean blocked = reason.isPresent() && RestartRules.mustStart(pod, container, view);
        if (blocked) {
            latest.ifPresent(run -> status.withLastState(state(run)));
            status.withState(waiting(reason.get()));
        } else if (latest.isPresent()) {
            status.withState(state(latest.get()));
        } else {
            boolean hasInits = !pod.getSpec().getInitContainers().isEmpty();
            status.withState(new ContainerStateBuilder()
                    .withNewWaiting(null, hasInits ? "PodInitializing" : "ContainerCreating")
                    .build());
        }
        return status.build();
    }

    private static ContainerState waiting(WaitingReason reason) {
        return new ContainerStateBuilder()
                .withNewWaiting(reason.message(), reason.reason())
                .build();
    }

    private static ContainerState state(ContainerRun run) {
        ContainerRun.Exit exit = run.exit();
        if (exit == null) {
            return new ContainerStateBuilder()
                    .withNewRunning(Times.text(run.startedAt()))
                    .build();
        }
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(exit.code())
                .withReason(exit.reason())
                .withMessage(exit.message().isEmpty() ? null : exit.message())
                .withStartedAt(Times.text(run.startedAt()))
                .withFinishedAt(Times.text(exit.at()))
                .withContainerID(run.id())
                .endTerminated()
                .build();
    }
}
