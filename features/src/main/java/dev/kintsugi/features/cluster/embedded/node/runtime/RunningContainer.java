package dev.kintsugi.features.cluster.embedded.node.runtime;

import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun.Exit;
import dev.kintsugi.features.process.LogFile;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** A container from its start to its end. Thread-safe. */
public interface RunningContainer {

    /** Completes when the container has ended. */
    CompletionStage<Exit> exit();

    /**
     * Asks the container to end (SIGTERM) and ends it (SIGKILL) when the grace is over. Asked again, it is not signalled again, but the
     * earlier deadline holds.
     */
    void stop(Duration grace);

    /** Ends the container at once, as SIGKILL to its main process from outside does. */
    void kill();

    /** Ends the container as the kernel does when its memory passes the limit: all its processes, {@code OOMKilled}. */
    void killForMemory();

    /** Whether somebody may answer at its ports; nobody does for a simulated container whose command is known to serve nothing. */
    boolean serves();

    /** Whether the container is but a state, without any process. */
    boolean simulated();

    /** Its main process and all attached ones that are alive; empty for a simulated container. */
    Set<Long> pids();

    /** Memory in bytes that counts against the limit, of all its processes; 0 for a simulated container. */
    long residentBytes();

    /** CPU time of all its processes so far, those attached included while they live; zero for a simulated container. */
    Duration cpuTime();

    /** The memory limit in bytes; empty for none. */
    OptionalLong memoryLimit();

    /** What it prints; empty for a simulated container. */
    Optional<LogFile> log();

    /**
     * Starts a further process that belongs to the container, as if entered with {@code nsenter}: its memory counts against the
     * container's limit, and it ends with the container.
     *
     * @throws UnsupportedOperationException for a simulated container
     * @throws IllegalStateException if the container has ended
     */
    AttachedProcess attach(List<String> command);
}
