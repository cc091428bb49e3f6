package dev.kintsugi.healer.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is wrong with something, with the evidence that shows it. */
public sealed interface Diagnosis {

    /** What is ill. */
    ObjectRef target();

    /** What its own annotations ask for. */
    Settings settings();

    /** Since when, as well as it can be told: Kubernetes gives most times in whole seconds. */
    Instant onset();

    /** For people: what was seen. */
    String evidence();

    /** What kind of wrong; also the name under which it is published. */
    Cause cause();

    /** Whether it is wrong still, and not merely known to have happened. */
    default boolean ongoing() {
        return true;
    }

    /** Whether a container restarted more often within the window than it may. */
    default boolean repeats() {
        return false;
    }

    /** Tells one failure of the same target from the next; grows with each. */
    default int occurrence() {
        return 0;
    }

    /** Something wrong with a pod: the target of an incident, or what came in its place. */
    sealed interface OfPod extends Diagnosis {

        /** The pod that is ill. */
        PodState pod();

        @Override
        default ObjectRef target() {
            return pod().ref();
        }

        @Override
        default Settings settings() {
            return pod().settings();
        }
    }

    /** Something wrong with a workload as a whole. */
    sealed interface OfWorkload extends Diagnosis {

        /** The workload that is ill. */
        WorkloadState workload();

        @Override
        default ObjectRef target() {
            return workload().ref();
        }

        @Override
        default Settings settings() {
            return workload().settings();
        }
    }

    /** Something wrong with a node. */
    sealed interface OfNode extends Diagnosis {

        /** The node that is ill. */
        NodeState node();

        @Override
        default ObjectRef target() {
            return node().ref();
        }

        @Override
        default Settings settings() {
            return node().settings();
        }
    }

    /** A pod that runs but has not been ready for longer than it may. */
    record PodNotReady(PodState pod, Instant onset, String evidence) implements OfPod {
        @Override
        public Cause cause() {
            return Cause.POD_NOT_READY;
        }
    }

    /** A container that ends again and again. */
    record CrashLoopBackOff(PodState pod, Instant onset, String evidence, boolean repeats, int occurrence)
            implements OfPod {
        @Override
        public Cause cause() {
            return Cause.CRASH_LOOP_BACK_OFF;
        }
    }

    /**
     * A container that was killed for want of memory.
     *
     * @param ongoing false once the pod is good again
     */
    record OOMKilled(PodState pod, Instant onset, String evidence, boolean repeats, int occurrence, boolean ongoing)
            implements OfPod {
        @Override
        public Cause cause() {
            return Cause.OOM_KILLED;
        }
    }

    /** A pod that has failed for good (phase Failed). */
    record PodFailed(PodState pod, Instant onset, String evidence) implements OfPod {
        @Override
        public Cause cause() {
            return Cause.POD_FAILED;
        }
    }

    /** A pod that its node put out for want of memory, disk or process ids. */
    record PodEvicted(PodState pod, Instant onset, String evidence) implements OfPod {
        @Override
        public Cause cause() {
            return Cause.POD_EVICTED;
        }
    }

    /**
     * A pod that ought to be gone and is not.
     *
     * @param nodeGoneSince since when the node that would have to confirm its end no longer exists; null if it does
     */
    record StuckTerminating(
            PodState pod,
            Instant onset,
            String evidence,
            @Nullable Instant nodeGoneSince) implements OfPod {
        @Override
        public Cause cause() {
            return Cause.STUCK_TERMINATING;
        }
    }

    /** A pod whose image does not come to its node. */
    record ImagePullBackOff(PodState pod, Instant onset, String evidence) implements OfPod {
        @Override
        public Cause cause() {
            return Cause.IMAGE_PULL_BACK_OFF;
        }
    }

    /** A pod with a container that its node cannot make, as when a ConfigMap or a command is missing. */
    record ContainerConfigError(PodState pod, Instant onset, String evidence) implements OfPod {
        @Override
        public Cause cause() {
            return Cause.CONTAINER_CONFIG_ERROR;
        }
    }

    /** A pod whose preparations end badly again and again, so that it never gets to run. */
    record InitContainerFailing(PodState pod, Instant onset, String evidence, boolean repeats, int occurrence)
            implements OfPod {
        @Override
        public Cause cause() {
            return Cause.INIT_CONTAINER_FAILING;
        }
    }

    /** A pod that no node takes. */
    record PodUnschedulable(PodState pod, Instant onset, String evidence) implements OfPod {
        @Override
        public Cause cause() {
            return Cause.POD_UNSCHEDULABLE;
        }
    }

    /** A rollout that makes no progress. */
    record RolloutStuck(WorkloadState workload, Instant onset, String evidence) implements OfWorkload {
        @Override
        public Cause cause() {
            return Cause.ROLLOUT_STUCK;
        }
    }

    /** A node that says it is not ready, or of which nobody has heard. */
    record NodeNotReady(NodeState node, Instant onset, String evidence) implements OfNode {
        @Override
        public Cause cause() {
            return Cause.NODE_NOT_READY;
        }
    }

    /** A node that is ready and says that something is wrong with it all the same. */
    record NodeTroubled(Cause cause, NodeState node, Instant onset, String evidence) implements OfNode {}

    /** A node that is good again and still keeps new pods away, since the healer told it to. */
    record NodeLeftCordoned(NodeState node, Instant onset, String evidence) implements OfNode {
        @Override
        public Cause cause() {
            return Cause.NODE_LEFT_CORDONED;
        }
    }

    /** A workload with fewer good pods than it wants, for longer than it may. */
    record ReplicasShort(WorkloadState workload, Instant onset, String evidence) implements OfWorkload {
        @Override
        public Cause cause() {
            return Cause.REPLICAS_SHORT;
        }
    }
}
