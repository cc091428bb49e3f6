package dev.kintsugi.features.recording;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something the recorder saw, stamped on its own clock when it arrived. */
public sealed interface Observation {

    /** Receipt, on the recording's clock. */
    long atNanos();

    /** A pod as one watch event showed it. */
    record PodSeen(long atNanos, Pod pod, boolean gone) implements Observation {}

    /** The endpoints of one EndpointSlice as one watch event showed them; none when the slice is gone. */
    record EndpointsSeen(long atNanos, String namespace, String service, String slice, List<Endpoint> endpoints)
            implements Observation {
        public EndpointsSeen {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** A Deployment as one watch event showed it. */
    record WorkloadSeen(long atNanos, Workload workload) implements Observation {}

    /** A Recovery that the healer published. */
    record RecoverySeen(long atNanos, Recovery recovery) implements Observation {}

    /** A request that ended. {@code stream} is {@link #USERS} or the name of a path probe. */
    record RequestSeen(String stream, Request request) implements Observation {
        @Override
        public long atNanos() {
            return request.doneNanos();
        }
    }

    /** What a pod uses, by its kubelet's account. */
    record UsageSeen(long atNanos, String podUid, PodUsage usage) implements Observation {}

    /** The stream of the users' requests to the Service. */
    String USERS = "users";

    /**
     * What the measurement needs of a pod.
     *
     * @param controllerUid UID of the owner with {@code controller: true}
     * @param containers app containers in the order of the status; empty until the kubelet reported
     */
    record Pod(
            String namespace,
            String name,
            String uid,
            @Nullable String controllerUid,
            @Nullable String ip,
            @Nullable String node,
            boolean ready,
            boolean terminating,
            List<Container> containers) {
        public Pod {
            containers = List.copyOf(containers);
        }

        /** Sum of the restarts of its containers. */
        public int restarts() {
            return containers.stream().mapToInt(Container::restarts).sum();
        }

        /** The container of that name. */
        public Optional<Container> container(String container) {
            return containers.stream().filter(c -> c.name().equals(container)).findFirst();
        }
    }

    /**
     * What the measurement needs of a container status.
     *
     * @param terminatedReason reason of {@code state.terminated}, else of {@code lastState.terminated}, else null
     * @param exitCode exit code that belongs to it, 0 where there is none
     */
    record Container(
            String name,
            int restarts,
            boolean running,
            @Nullable String terminatedReason,
            int exitCode) {}

    /** One endpoint; missing {@code ready} and {@code serving} mean true, as EndpointSlice defines. */
    record Endpoint(@Nullable String podUid, @Nullable String podName, boolean ready) {}

    /** The figures of a Deployment's status that say whether it is whole. */
    record Workload(
            String namespace,
            String name,
            int desired,
            int replicas,
            int updated,
            int readyReplicas,
            int available,
            boolean observed) {

        /** As many replicas as wanted, all of them of the newest template, ready and available, and none to spare. */
        public boolean whole() {
            return observed
                    && replicas == desired
                    && updated == desired
                    && readyReplicas == desired
                    && available == desired;
        }
    }

    /** What the healer publishes of one recovery. */
    record Recovery(
            String namespace,
            String name,
            String targetUid,
            String targetName,
            String cause,
            String phase,
            @Nullable String action,
            int attempts) {}
}
