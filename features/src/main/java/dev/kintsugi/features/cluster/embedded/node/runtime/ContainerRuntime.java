package dev.kintsugi.features.cluster.embedded.node.runtime;

import dev.kintsugi.features.cluster.embedded.node.simulation.Behaviour;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Starts containers and watches over their memory. Closing it kills every process it has started.
 *
 * <p>Memory is looked at every 50 ms, so a container may hold more than its limit for that long.
 */
public final class ContainerRuntime implements AutoCloseable {

    private static final Duration MEMORY_PERIOD = Duration.ofMillis(50);
    private static final int START_UP_MIN_MILLIS = 50;
    private static final int START_UP_MAX_MILLIS = 250;

    private final ScheduledExecutorService timer;
    private final InstantSource clock;
    private final long seed;
    private final Set<ProcessContainer> processes = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> memoryWatch;
    private volatile boolean closed;

    private ContainerRuntime(ScheduledExecutorService timer, InstantSource clock, long seed) {
        this.timer = timer;
        this.clock = clock;
        this.seed = seed;
        this.memoryWatch = timer.scheduleWithFixedDelay(
                () -> processes.forEach(ProcessContainer::checkMemory),
                MEMORY_PERIOD.toMillis(),
                MEMORY_PERIOD.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /**
     * A runtime without containers.
     *
     * @param timer runs its short tasks; stays the caller's
     * @param seed of the start-up times of simulated containers
     */
    public static ContainerRuntime start(ScheduledExecutorService timer, InstantSource clock, long seed) {
        return new ContainerRuntime(timer, clock, seed);
    }

    /**
     * Starts a container as a process.
     *
     * @throws UncheckedIOException when its folder or log cannot be made
     * @throws IllegalStateException when the runtime is closed
     */
    public RunningContainer startProcess(ContainerLaunch launch, List<String> command) {
        try {
            Files.createDirectories(launch.folder());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the working directory " + launch.folder(), e);
        }
        ProcessContainer container = ProcessContainer.start(launch, command, timer, clock);
        processes.add(container);
        container.exit().thenRun(() -> processes.remove(container));
        if (closed) {
            container.kill();
            throw new IllegalStateException("the container runtime is closed");
        }
        return container;
    }

    /** Starts a simulated container; it runs after 50 to 250 ms, drawn from the seed and the launch's id. */
    public CompletionStage<RunningContainer> simulate(ContainerLaunch launch, Behaviour behaviour) {
        int startUp = new SplittableRandom(seed ^ launch.id().hashCode())
                .nextInt(START_UP_MIN_MILLIS, START_UP_MAX_MILLIS + 1);
        CompletableFuture<RunningContainer> started = new CompletableFuture<>();
        var unused = timer.schedule(
                () -> started.complete(SimulatedContainer.start(launch, behaviour, timer, clock)),
                startUp,
                TimeUnit.MILLISECONDS);
        return started;
    }

    /** Kills every process and waits up to five seconds until they are gone. */
    @Override
    public void close() {
        closed = true;
        memoryWatch.cancel(false);
        List<ProcessContainer> left = List.copyOf(processes);
        left.forEach(ProcessContainer::kill);
        CompletableFuture<?>[] exits =
                left.stream().map(each -> each.exit().toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(exits)
                .completeOnTimeout(null, 5, TimeUnit.SECONDS)
                .join();
    }
}
