package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.List;

/** What is to be done for a pod. Each is answered by the {@link PodInput} that it names. */
public sealed interface Operation {

    /**
     * Stop the runs, all at once; when they have ended give the pod its network, if it has none, and start the containers, one after
     * the other, each answered by {@link PodInput.StartFailed}, or by {@link PodInput.Started} and perhaps
     * {@link PodInput.PostStartFailed}; then {@link PodInput.Done}.
     */
    record Change(List<Stop> stops, List<Start> starts) implements Operation {
        public Change {
            stops = List.copyOf(stops);
            starts = List.copyOf(starts);
        }
    }

    /**
     * A run to stop.
     *
     * @param grace from SIGTERM to SIGKILL
     */
    record Stop(ContainerRun run, Duration grace) {}

    /**
     * A container to start.
     *
     * @param attempt how often it was started before
     */
    record Start(Container container, int attempt) {}

    /** Stop all that runs in the pod and take its network away; answered by {@link PodInput.Ended}. */
    record End(Duration grace) implements Operation {}

    /** Let what is being stopped have no more than this from now on. No answer. */
    record Hasten(Duration grace) implements Operation {}

    /** Ask a run; answered by {@link PodInput.Answered}. */
    record Ask(Container container, ProbeKind kind, String runId, Probe probe) implements Operation {}

    /** Take the pod's object out of the cluster, with grace 0, if it still is the one with this UID. */
    record Delete(String uid) implements Operation {}
}
