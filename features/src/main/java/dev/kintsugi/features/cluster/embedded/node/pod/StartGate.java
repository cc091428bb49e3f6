package dev.kintsugi.features.cluster.embedded.node.pod;

import dev.kintsugi.features.cluster.embedded.Timings;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which of a pod's containers may be started now, and why the others could not be started the last time. */
final class StartGate {

    private final Timings timings;
    private final Map<String, WaitingReason> reasons = new HashMap<>();
    private Backoff backoff = Backoff.NONE;

    StartGate(Timings timings) {
        this.timings = timings;
    }

    /**
     * Lets a container start unless its back-off, counted from the end of its last run, is not over; it then waits with
     * {@code CrashLoopBackOff}.
     *
     * @param pod as the kubelet names pods in messages
     */
    boolean passes(String container, String pod, RuntimeView view, Instant now) {
        Optional<Instant> endedAt = view.lastEnd(container).map(ContainerRun.Exit::at);
        if (endedAt.isPresent() && backoff.holds(container, endedAt.get(), timings, now)) {
            reasons.put(
                    container,
                    new WaitingReason(
                            "CrashLoopBackOff",
                            "back-off " + Times.text(backoff.of(container)) + " restarting failed container="
                                    + container + " pod=" + pod));
            return false;
        }
        endedAt.ifPresent(end -> backoff = backoff.restarted(container, end, timings, now));
        reasons.remove(container);
        return true;
    }

    /** A container that was let through could not be started. */
    void failed(String container, WaitingReason reason) {
        reasons.put(container, reason);
    }

    /** By container, for those that could not be started the last time. */
    Map<String, WaitingReason> reasons() {
        return reasons;
    }
}
