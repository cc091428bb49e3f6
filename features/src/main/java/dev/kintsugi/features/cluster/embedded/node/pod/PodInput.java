package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Pod;

/** What has happened to a pod. */
public sealed interface PodInput {

    /** Time has passed, or the runtime has changed. */
    record Look() implements PodInput {}

    /** The object in the cluster is now this one. */
    record Changed(Pod pod) implements PodInput {}

    /** The object is not in the cluster any more; {@code last} is as it was last seen. */
    record Removed(Pod last) implements PodInput {}

    /** A container of the {@link Operation.Change} was started. */
    record Started(String container) implements PodInput {}

    /** A container of the {@link Operation.Change} could not be started. */
    record StartFailed(String container, WaitingReason reason) implements PodInput {}

    /** A container of the {@link Operation.Change} was started, but its {@code postStart} hook failed, and it was killed. */
    record PostStartFailed(String container, String message) implements PodInput {}

    /** The {@link Operation.Change} is through. */
    record Done() implements PodInput {}

    /** The {@link Operation.End} is through: nothing of the pod runs. */
    record Ended() implements PodInput {}

    /** The answer to an {@link Operation.Ask}. */
    record Answered(String container, ProbeKind kind, String runId, Answer answer) implements PodInput {}

    /**
     * What came of a probe.
     *
     * @param message what was wrong, as the kubelet words it; empty when all was well
     */
    record Answer(Outcome outcome, String message) {
        /** All is well. */
        public static final Answer GOOD = new Answer(Outcome.GOOD, "");
    }

    /** The three ways a probe can go. */
    enum Outcome {
        GOOD,
        BAD,
        /** It could not be asked at all; this says nothing about the container. */
        ERROR
    }
}
