package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;

/** What a diagnosis calls for. */
sealed interface Remedy {

    /** Kubernetes itself may still bring it back: look again then. */
    record Wait(Instant until, String why) implements Remedy {}

    /** Do this. */
    record Act(Action action) implements Remedy {}

    /** Nothing the healer may do would help. */
    record None(String why) implements Remedy {}

    /**
     * The remedy for a diagnosis.
     *
     * <ul>
     *   <li>Not ready too long: remove the pod, so that its owner makes a new one.
     *   <li>OOM killed or crash loop: Kubernetes restarts the container, so wait as long as a pod may be not ready, counted from the onset of the incident. After
     *       that remove the pod, and if that was tried before, restart the whole workload. Where restarts exceed the
     *       threshold, restart the whole workload at once.
     *   <li>Failed: delete the pod; its containers will not run again.
     *   <li>Stuck terminating: delete without grace, but only once its node has been gone for
     *       {@code node_failure_threshold} health checks, for until then it may still be running there
     *       (Kubernetes: "Force Delete StatefulSet Pods"), and only if no finalizer holds it.
     * </ul>
     *
     * A pod that nothing would replace is never removed.
     */
    static Remedy of(Diagnosis diagnosis, Incident incident, Observation seen, HealerConfig config, Instant now) {
        if (diagnosis instanceof Diagnosis.StuckTerminating stuck) {
            return ofStuck(stuck, config, now);
        }
        if (diagnosis instanceof Diagnosis.PodFailed failed) {
            return seen.controlled() ? new Act(new Action.DeletePod(failed.pod().ref(), false)) : uncontrolled(failed);
        }
        if (diagnosis instanceof Diagnosis.OOMKilled killed) {
            return ofRestarting(killed, killed.repeats(), incident, seen, config, now);
        }
        if (diagnosis instanceof Diagnosis.CrashLoopBackOff loop) {
            return ofRestarting(loop, loop.repeats(), incident, seen, config, now);
        }
        return remove(diagnosis, seen);
    }

    private static Remedy ofStuck(Diagnosis.StuckTerminating stuck, HealerConfig config, Instant now) {
        PodState pod = stuck.pod();
        if (!pod.finalizers().isEmpty()) {
            return new None("held by finalizers (" + String.join(", ", pod.finalizers())
                    + "), which only their owners may remove");
        }
        if (stuck.nodeGoneSince() == null) {
            return new None("its node " + pod.nodeName()
                    + " still exists and may still run it: only the node, or its removal, can confirm its end");
        }
        Duration sure = config.healthCheckInterval().multipliedBy(config.nodeFailureThreshold());
        Instant from = stuck.nodeGoneSince().plus(sure);
        return now.isBefore(from)
                ? new Wait(from, "its node has been gone for less than " + sure.toSeconds() + " s")
                : new Act(new Action.DeletePod(pod.ref(), true));
    }

    private static Remedy ofRestarting(
            Diagnosis diagnosis,
            boolean repeats,
            Incident incident,
            Observation seen,
            HealerConfig config,
            Instant now) {
        Instant inTime = incident.onset().plus(config.podNotReadyThreshold());
        if (!repeats && now.isBefore(inTime)) {
            return new Wait(inTime, "Kubernetes restarts the container itself");
        }
        WorkloadState workload = seen.workload();
        boolean whole = repeats || !incident.attempts().isEmpty();
        return whole && workload != null && workload.canRollingRestart()
                ? new Act(new Action.RollingRestart(workload.ref(), now))
                : remove(diagnosis, seen);
    }

    private static Remedy remove(Diagnosis diagnosis, Observation seen) {
        if (!seen.controlled()) {
            return uncontrolled(diagnosis);
        }
        PodState pod = diagnosis.pod();
        return new Act(
                seen.budgeted().contains(pod.ref().uid())
                        ? new Action.Evict(pod.ref())
                        : new Action.DeletePod(pod.ref(), false));
    }

    private static Remedy uncontrolled(Diagnosis diagnosis) {
        return new None(diagnosis.pod().ref() + " has no controller that would replace it");
    }
}
