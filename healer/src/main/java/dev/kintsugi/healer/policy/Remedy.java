package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Revision;
import dev.kintsugi.healer.model.Treatment;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a treatment comes to in the case at hand. */
sealed interface Remedy {

    /** Not yet: look again then. */
    record Wait(Instant until, String why) implements Remedy {}

    /** Do this. */
    record Act(Action action) implements Remedy {}

    /** It can do nothing here. */
    record None(String why) implements Remedy {}

    /** The remedy that a treatment has for a diagnosis. */
    static Remedy of(Treatment treatment, Diagnosis diagnosis, Observation seen, HealerConfig config, Instant now) {
        return switch (treatment) {
            case RESTART_POD ->
                diagnosis instanceof Diagnosis.OfPod ofPod ? restart(ofPod.pod(), seen) : new None("it is no pod");
            case FORCE_DELETE_POD ->
                diagnosis instanceof Diagnosis.StuckTerminating stuck
                        ? force(stuck, config, now)
                        : new None("it is not being deleted");
            case ROLLING_RESTART -> rollingRestart(diagnosis, seen, now);
            case ROLL_BACK -> rollBack(diagnosis, seen, config, now);
            case CORDON, DRAIN, UNCORDON ->
                diagnosis instanceof Diagnosis.OfNode ofNode
                        ? ofNode(treatment, ofNode.node(), seen, now)
                        : new None("it is no node");
        };
    }

    /**
     * Removes the pod, so that its owner makes a new one: by eviction where a PodDisruptionBudget stands over it. A pod
     * that has failed counts for no budget and is deleted. A pod that nothing would replace is never removed.
     */
    private static Remedy restart(PodState pod, Observation seen) {
        if (pod.controller() == null && !seen.controlled()) {
            return new None(pod.ref() + " has no controller that would replace it");
        }
        boolean guarded = seen.budgeted().contains(pod.ref().uid()) && pod.phase() != PodPhase.FAILED;
        return new Act(guarded ? new Action.Evict(pod.ref()) : new Action.DeletePod(pod.ref(), false));
    }

    /**
     * Deletes without grace, but only once its node has been gone for {@code node_failure_threshold} health checks, for
     * until then it may still be running there (Kubernetes: "Force Delete StatefulSet Pods"), and only if no finalizer
     * holds it.
     */
    private static Remedy force(Diagnosis.StuckTerminating stuck, HealerConfig config, Instant now) {
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

    /** Replaces the pods of a Deployment, StatefulSet or DaemonSet; of another owner, the pod that is ill. */
    private static Remedy rollingRestart(Diagnosis diagnosis, Observation seen, Instant now) {
        WorkloadState workload = seen.workload();
        if (workload != null && workload.canRollingRestart()) {
            return new Act(new Action.RollingRestart(workload.ref(), now));
        }
        return diagnosis instanceof Diagnosis.OfPod ofPod
                ? restart(ofPod.pod(), seen)
                : new None("its kind has no rolling restart");
    }

    /** A node that somebody cordoned already stays as they have it: without the healer's mark it is never uncordoned. */
    private static Remedy ofNode(Treatment treatment, NodeState node, Observation seen, Instant now) {
        if (treatment == Treatment.DRAIN) {
            return Drain.of(node, seen.peers());
        }
        if (treatment == Treatment.CORDON) {
            return node.cordoned() ? new None("it is cordoned already") : new Act(new Action.Cordon(node.ref(), now));
        }
        return node.cordonedByHealer() == null
                ? new None("it was not the healer who cordoned it")
                : new Act(new Action.Uncordon(node.ref()));
    }

    /** Back to the last revision that was verified good, but only where the newest one is what is wrong. */
    private static Remedy rollBack(Diagnosis diagnosis, Observation seen, HealerConfig config, Instant now) {
        WorkloadState workload = seen.workload();
        if (workload == null || !workload.canRollingRestart()) {
            return new None("there is no revision to go back to");
        }
        Attribution behind = Attribution.of(diagnosis, seen, config, now);
        Optional<Revision> good = GoodRevisions.lastBeforeNewest(seen, config, now);
        if (behind.origin() != Attribution.Origin.NEW_REVISION || good.isEmpty()) {
            return new None(
                    good.isEmpty() ? "no earlier revision was verified good" : "the newest revision is not to blame");
        }
        return new Act(
                new Action.RollBack(workload.ref(), good.get().ref(), good.get().number()));
    }
}
