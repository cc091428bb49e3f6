package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/** What a pod's spec says of starting its containers, given what ran already. */
final class RestartRules {

    private static final int DEFAULT_GRACE_SECONDS = 30;

    private RestartRules() {}

    /**
     * Whether a container is to be started ({@code ShouldContainerBeRestarted} of the kubelet): never in a pod that is being deleted;
     * always when it has never run; else by the restart policy.
     */
    static boolean mustStart(Pod pod, Container container, RuntimeView view) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return false;
        }
        Optional<ContainerRun> run = view.latest(container.getName());
        if (run.isEmpty()) {
            return true;
        }
        ContainerRun.Exit exit = run.get().exit();
        if (exit == null) {
            return false;
        }
        return switch (policy(pod)) {
            case "Never" -> false;
            case "OnFailure" -> exit.code() != 0;
            default -> true;
        };
    }

    /** Whether a container that had to be killed is started again. */
    static boolean restartsAfterKill(Pod pod) {
        return !policy(pod).equals("Never");
    }

    /** From SIGTERM to SIGKILL unless something else is asked for; 30 s unless the pod says otherwise. */
    static long graceSeconds(Pod pod) {
        Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
        return seconds == null ? DEFAULT_GRACE_SECONDS : seconds;
    }

    /** Where a pod is with its init containers. */
    enum Initialization {
        /** All have ended well, or there are none. */
        DONE,
        /** One runs. */
        RUNNING,
        /** The next one is to be started. */
        NEXT,
        /** One failed, and the restart policy is Never. */
        FAILED
    }

    /** @param next name of the init container to start when {@code state} is {@code NEXT}, else empty */
    record Progress(Initialization state, Optional<Container> next) {
        private static Progress of(Initialization state) {
            return new Progress(state, Optional.empty());
        }
    }

    /**
     * Init containers run one after the other, each until it ended with 0 ({@code findNextInitContainerToRun} of the kubelet). Once
     * a main container runs they are not looked at any more.
     */
    static Progress initialization(Pod pod, RuntimeView view) {
        List<Container> inits = pod.getSpec().getInitContainers();
        boolean mainRuns = pod.getSpec().getContainers().stream().anyMatch(each -> view.isRunning(each.getName()));
        if (inits.isEmpty() || mainRuns) {
            return Progress.of(Initialization.DONE);
        }
        for (Container init : inits) {
            Optional<ContainerRun> run = view.latest(init.getName());
            if (run.isEmpty()) {
                return new Progress(Initialization.NEXT, Optional.of(init));
            }
            ContainerRun.Exit exit = run.get().exit();
            if (exit == null) {
                return Progress.of(Initialization.RUNNING);
            }
            if (exit.code() != 0) {
                return restartsAfterKill(pod)
                        ? new Progress(Initialization.NEXT, Optional.of(init))
                        : Progress.of(Initialization.FAILED);
            }
        }
        return Progress.of(Initialization.DONE);
    }

    private static String policy(Pod pod) {
        String policy = pod.getSpec().getRestartPolicy();
        return policy == null ? "Always" : policy;
    }
}
