package dev.kintsugi.features.cluster.embedded.node.pod;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the runtime of a node has of one pod.
 *
 * @param podIp the pod's address, null before its network exists
 * @param runs the present and the former run of each container, the newest first
 */
public record RuntimeView(@Nullable String podIp, List<ContainerRun> runs) {

    /** Of a pod that the runtime has never heard of. */
    public static final RuntimeView NOTHING = new RuntimeView(null, List.of());

    public RuntimeView {
        runs = List.copyOf(runs);
    }

    /** The newest run of a container. */
    public Optional<ContainerRun> latest(String container) {
        return runs.stream().filter(run -> run.container().equals(container)).findFirst();
    }

    /** The run before the newest one. */
    public Optional<ContainerRun> former(String container) {
        return runs.stream()
                .filter(run -> run.container().equals(container))
                .skip(1)
                .findFirst();
    }

    /** How the last run of a container that has ended did end. */
    Optional<ContainerRun.Exit> lastEnd(String container) {
        return runs.stream()
                .filter(run -> run.container().equals(container))
                .flatMap(run -> Optional.ofNullable(run.exit()).stream())
                .findFirst();
    }

    public List<ContainerRun> running() {
        return runs.stream().filter(ContainerRun::running).toList();
    }

    boolean isRunning(String container) {
        return latest(container).map(ContainerRun::running).orElse(false);
    }

    RuntimeView withoutAddress() {
        return new RuntimeView(null, runs);
    }
}
