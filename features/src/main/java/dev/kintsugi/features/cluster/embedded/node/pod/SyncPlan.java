package dev.kintsugi.features.cluster.embedded.node.pod;

import dev.kintsugi.features.cluster.embedded.node.pod.Operation.Start;
import dev.kintsugi.features.cluster.embedded.node.pod.Operation.Stop;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a sync has to stop and to start ({@code computePodActions} of the kubelet).
 *
 * @param incomplete whether something that should start could not
 * @param needsNetwork whether the pod must get its network, even when nothing can start in it yet
 */
record SyncPlan(List<Stop> stops, List<Start> starts, boolean incomplete, boolean needsNetwork) {

    SyncPlan {
        stops = List.copyOf(stops);
        starts = List.copyOf(starts);
    }

    boolean isEmpty() {
        return stops.isEmpty() && starts.isEmpty() && !needsNetwork;
    }

    /**
     * The next init container, or all main containers that do not run and should. One that runs is stopped when its image was changed or
     * when it failed its liveness or startup probe, and started again unless the pod never restarts.
     *
     * @param notices gets the Events that come of it
     */
    static SyncPlan of(Pod pod, RuntimeView view, Probes probes, StartGate gate, Notices notices, Instant now) {
        List<Stop> stops = new ArrayList<>();
        List<Container> wish = new ArrayList<>();
        RestartRules.Progress initialization = RestartRules.initialization(pod, view);
        initialization.next().ifPresent(wish::add);
        if (initialization.state() == RestartRules.Initialization.DONE) {
            for (Container container : pod.getSpec().getContainers()) {
                Optional<ContainerRun> running =
                        view.latest(container.getName()).filter(ContainerRun::running);
                Optional<String> fault = running.flatMap(run -> fault(container, run, probes));
                if (running.isPresent() && fault.isPresent()) {
                    boolean restart =
                            RestartRules.restartsAfterKill(pod) || fault.get().endsWith("changed");
                    String message = fault.get() + (restart ? ", will be restarted" : "");
                    notices.normal(pod, container.getName(), "Killing", message);
                    stops.add(new Stop(running.get(), grace(pod, container, running.get(), probes)));
                    if (restart) {
                        wish.add(container);
                    }
                } else if (running.isEmpty() && RestartRules.mustStart(pod, container, view)) {
                    wish.add(container);
                }
            }
        }
        List<Start> starts = new ArrayList<>();
        for (Container container : wish) {
            if (gate.passes(pod, container, view, notices, now)) {
                int attempt = view.latest(container.getName())
                        .map(run -> run.attempt() + 1)
                        .orElse(0);
                starts.add(new Start(container, attempt));
            }
        }
        return new SyncPlan(stops, starts, starts.size() < wish.size(), view.podIp() == null && !wish.isEmpty());
    }

    /** Why a running container must be killed, if it must. */
    private static Optional<String> fault(Container container, ContainerRun run, Probes probes) {
        String subject = "Container " + container.getName();
        if (!container.getImage().equals(run.image())) {
            return Optional.of(subject + " definition changed");
        }
        return probes.failed(run)
                .map(kind -> subject + " failed " + kind.title().toLowerCase(Locale.ROOT) + " probe");
    }

    /** That of the probe that failed, else that of the pod. */
    private static Duration grace(Pod pod, Container container, ContainerRun run, Probes probes) {
        Long seconds = probes.failed(run)
                .map(kind -> kind.of(container))
                .map(probe -> probe.getTerminationGracePeriodSeconds())
                .orElse(null);
        return Duration.ofSeconds(Math.max(1, seconds == null ? RestartRules.graceSeconds(pod) : seconds));
    }
}
