package dev.kintsugi.healer.model;

import java.util.Arrays;
import java.util.Optional;

/** Everything that the healer can find wrong, by the name under which it is published and configured. */
public enum Cause {
    POD_NOT_READY("PodNotReady", Subject.POD),
    OOM_KILLED("OOMKilled", Subject.POD),
    CRASH_LOOP_BACK_OFF("CrashLoopBackOff", Subject.POD),
    POD_FAILED("PodFailed", Subject.POD),
    POD_EVICTED("PodEvicted", Subject.POD),
    STUCK_TERMINATING("StuckTerminating", Subject.POD),
    IMAGE_PULL_BACK_OFF("ImagePullBackOff", Subject.POD),
    CONTAINER_CONFIG_ERROR("ContainerConfigError", Subject.POD),
    INIT_CONTAINER_FAILING("InitContainerFailing", Subject.POD),
    POD_UNSCHEDULABLE("PodUnschedulable", Subject.POD),
    ROLLOUT_STUCK("RolloutStuck", Subject.WORKLOAD),
    REPLICAS_SHORT("ReplicasShort", Subject.WORKLOAD),
    NODE_NOT_READY("NodeNotReady", Subject.NODE),
    NODE_NETWORK_UNAVAILABLE("NodeNetworkUnavailable", Subject.NODE),
    NODE_MEMORY_PRESSURE("NodeMemoryPressure", Subject.NODE),
    NODE_DISK_PRESSURE("NodeDiskPressure", Subject.NODE),
    NODE_PID_PRESSURE("NodePIDPressure", Subject.NODE),
    NODE_PROBLEM("NodeProblem", Subject.NODE),
    NODE_LEFT_CORDONED("NodeLeftCordoned", Subject.NODE);

    private final String published;
    private final Subject subject;

    Cause(String published, Subject subject) {
        this.published = published;
        this.subject = subject;
    }

    /** The name as it stands in the {@code Recovery} resource and in policy. */
    public String published() {
        return published;
    }

    /** What it is wrong with. */
    public Subject subject() {
        return subject;
    }

    /** The cause of a published name; empty if there is none. */
    public static Optional<Cause> of(String published) {
        return Arrays.stream(values())
                .filter(cause -> cause.published.equals(published))
                .findFirst();
    }
}
