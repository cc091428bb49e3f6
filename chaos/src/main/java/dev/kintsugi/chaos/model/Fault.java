package dev.kintsugi.chaos.model;

import java.time.Duration;
import java.util.List;

/** What is broken. The parameters carry their units; a value out of range is refused when the fault is made. */
public sealed interface Fault
        permits Fault.PodKill,
                Fault.PodFailure,
                Fault.ContainerKill,
                Fault.Network,
                Fault.MemoryStress,
                Fault.CpuStress,
                HttpRule {

    /** The kind of resource that it becomes. */
    Kind kind();

    /** {@code spec.action}, or for kinds that have none what they do: the stressor's name, or what becomes of a message. */
    String action();

    /** A fault that happens once and is not taken back: Chaos Mesh ignores its duration and pauses. */
    default boolean isOneShot() {
        return false;
    }

    /** Containers that are hit; empty means the first one, where the fault is about containers at all. */
    default List<String> containerNames() {
        return List.of();
    }

    /** Double dispatch over the faults. */
    <T> T accept(Visitor<T> visitor);

    /** A fault of the network, which meets certain packets. */
    sealed interface Network extends Fault
            permits NetworkLoss, NetworkDelay, NetworkPartition, PacketHarm, NetworkEmulation, Bandwidth {

        /** The packets that it meets. */
        Traffic traffic();

        /** The same fault on other packets. */
        Network with(Traffic other);

        @Override
        default Kind kind() {
            return Kind.NETWORK_CHAOS;
        }
    }

    /** One answer for each fault. */
    interface Visitor<T> {
        T podKill(PodKill fault);

        T podFailure(PodFailure fault);

        T containerKill(ContainerKill fault);

        T networkLoss(NetworkLoss fault);

        T networkDelay(NetworkDelay fault);

        T networkPartition(NetworkPartition fault);

        T packetHarm(PacketHarm fault);

        T networkEmulation(NetworkEmulation fault);

        T bandwidth(Bandwidth fault);

        T httpRule(HttpRule fault);

        T memoryStress(MemoryStress fault);

        T cpuStress(CpuStress fault);
    }

    /** Deletes the pod. {@code gracePeriodSeconds} is at least 0; 0 kills at once. */
    record PodKill(long gracePeriodSeconds) implements Fault {
        public PodKill {
            if (gracePeriodSeconds < 0) {
                throw new InvalidExperiment(
                        "spec.gracePeriod",
                        gracePeriodSeconds,
                        "should be greater than or equal to 0",
                        "give seconds, at least 0");
            }
        }

        @Override
        public Kind kind() {
            return Kind.POD_CHAOS;
        }

        @Override
        public String action() {
            return "pod-kill";
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.podKill(this);
        }
    }

    /** Makes the pod do nothing for a while, by swapping its images for one that only sleeps. */
    record PodFailure() implements Fault {
        @Override
        public Kind kind() {
            return Kind.POD_CHAOS;
        }

        @Override
        public String action() {
            return "pod-failure";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.podFailure(this);
        }
    }

    /** Kills containers of the pod. At least one must be named. */
    record ContainerKill(List<String> containerNames) implements Fault {
        public ContainerKill {
            containerNames = List.copyOf(containerNames);
            if (containerNames.isEmpty()) {
                throw new InvalidExperiment(
                        "spec.containerNames",
                        containerNames,
                        "the name of container is empty on container-kill action",
                        "name at least one container of the pod");
            }
        }

        @Override
        public Kind kind() {
            return Kind.POD_CHAOS;
        }

        @Override
        public String action() {
            return "container-kill";
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.containerKill(this);
        }
    }

    /** Drops packets at random. {@code correlation}: how much each drop depends on the one before. */
    record NetworkLoss(Percentage loss, Percentage correlation, Traffic traffic) implements Network {
        public NetworkLoss {
            traffic.requireSender();
        }

        /** Drops a share of all that leaves the selected pods, independently of each other. */
        public static NetworkLoss outgoing(double percent) {
            return new NetworkLoss(Percentage.of(percent), Percentage.ZERO, Traffic.outgoing());
        }

        @Override
        public Network with(Traffic other) {
            return new NetworkLoss(loss, correlation, other);
        }

        @Override
        public String action() {
            return "loss";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.networkLoss(this);
        }
    }

    /** Delays packets by {@code latency} plus or minus {@code jitter}. */
    record NetworkDelay(Duration latency, Duration jitter, Percentage correlation, Traffic traffic) implements Network {
        public NetworkDelay {
            requireNotNegative("spec.delay.latency", latency);
            requireNotNegative("spec.delay.jitter", jitter);
            traffic.requireSender();
        }

        /** Delays all that leaves the selected pods by the same time. */
        public static NetworkDelay outgoing(Duration latency) {
            return new NetworkDelay(latency, Duration.ZERO, Percentage.ZERO, Traffic.outgoing());
        }

        @Override
        public Network with(Traffic other) {
            return new NetworkDelay(latency, jitter, correlation, other);
        }

        @Override
        public String action() {
            return "delay";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.networkDelay(this);
        }
    }

    /** Cuts pods off. */
    record NetworkPartition(Traffic traffic) implements Network {
        @Override
        public Network with(Traffic other) {
            return new NetworkPartition(other);
        }

        @Override
        public String action() {
            return "partition";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.networkPartition(this);
        }
    }

    /**
     * Makes memory resident in a container.
     *
     * @param workers 0 to 8192 processes that share the size; with 0 nothing happens, though Chaos Mesh says it did
     * @param oomScoreAdj −1000 to 1000: how gladly the kernel picks the stressor when memory is short
     */
    record MemoryStress(int workers, MemorySize size, int oomScoreAdj, List<String> containerNames) implements Fault {
        public MemoryStress {
            requireWorkers("spec.stressors.memory.workers", workers);
            if (oomScoreAdj < -1000 || oomScoreAdj > 1000) {
                throw new InvalidExperiment(
                        "spec.stressors.memory.oomScoreAdj",
                        oomScoreAdj,
                        "must be from -1000 to 1000",
                        "give a whole number from -1000 to 1000, normally 0");
            }
            containerNames = List.copyOf(containerNames);
        }

        /** Makes the size resident in the first container. */
        public static MemoryStress of(MemorySize size) {
            return new MemoryStress(1, size, 0, List.of());
        }

        @Override
        public Kind kind() {
            return Kind.STRESS_CHAOS;
        }

        @Override
        public String action() {
            return "memory";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.memoryStress(this);
        }
    }

    /**
     * Burns CPU in a container.
     *
     * @param workers 0 to 8192 busy threads; with 0 nothing happens, though Chaos Mesh says it did
     * @param load 0 to 100 percent of a CPU for each worker
     */
    record CpuStress(int workers, int load, List<String> containerNames) implements Fault {
        public CpuStress {
            requireWorkers("spec.stressors.cpu.workers", workers);
            if (load < 0 || load > 100) {
                throw new InvalidExperiment(
                        "spec.stressors.cpu.load",
                        load,
                        "percent field should be in 0-100",
                        "give a whole percentage from 0 to 100");
            }
            containerNames = List.copyOf(containerNames);
        }

        @Override
        public Kind kind() {
            return Kind.STRESS_CHAOS;
        }

        @Override
        public String action() {
            return "cpu";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.cpuStress(this);
        }
    }

    private static void requireWorkers(String field, int workers) {
        if (workers < 0 || workers > 8192) {
            throw new InvalidExperiment(
                    field, workers, "should be from 0 to 8192", "give the number of workers, normally 1");
        }
    }

    private static void requireNotNegative(String field, Duration duration) {
        if (duration.isNegative()) {
            throw new InvalidExperiment(
                    field, GoDuration.format(duration), "must not be negative", "give a duration such as 100ms");
        }
    }
}
