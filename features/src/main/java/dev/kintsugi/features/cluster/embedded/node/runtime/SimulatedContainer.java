package dev.kintsugi.features.cluster.embedded.node.runtime;

import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun.Exit;
import dev.kintsugi.features.cluster.embedded.node.simulation.Behaviour;
import dev.kintsugi.features.cluster.embedded.node.simulation.Behaviour.Ending;
import dev.kintsugi.features.process.LogFile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A container that is only a state: it runs until it is stopped, killed or, where its behaviour says so, ends by itself. */
final class SimulatedContainer implements RunningContainer {

    /** No process ends in no time: what is told of it before the end is told before it. */
    private final String name;

    private final OptionalLong memoryLimit;
    private final Behaviour behaviour;
    private final Duration reaction;
    private final ScheduledExecutorService timer;
    private final InstantSource clock;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    private SimulatedContainer(
            ContainerLaunch launch,
            Behaviour behaviour,
            Duration reaction,
            ScheduledExecutorService timer,
            InstantSource clock) {
        this.name = launch.name();
        this.memoryLimit = launch.memoryLimit();
        this.behaviour = behaviour;
        this.reaction = reaction;
        this.timer = timer;
        this.clock = clock;
    }

    /** @param reaction from SIGTERM to the end of a container that heeds it */
    static SimulatedContainer start(
            ContainerLaunch launch,
            Behaviour behaviour,
            Duration reaction,
            ScheduledExecutorService timer,
            InstantSource clock) {
        SimulatedContainer container = new SimulatedContainer(launch, behaviour, reaction, timer, clock);
        behaviour.ending().ifPresent(ending -> container.later(ending.after(), () -> container.end(ending)));
        return container;
    }

    /** A timer that outlives the container would hold it in memory. */
    private void later(Duration delay, Runnable task) {
        ScheduledFuture<?> timed = timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        var unused = exit.whenComplete((end, failure) -> timed.cancel(false));
    }

    private void end(Ending ending) {
        Instant now = clock.instant();
        Exit end = ending.outOfMemory() ? Exit.outOfMemory(now) : Exit.of(ending.code(), now);
        exit.complete(end.saying(ending.message()));
    }

    @Override
    public CompletionStage<Exit> exit() {
        return exit.minimalCompletionStage();
    }

    @Override
    public void stop(Duration grace) {
        if (behaviour.onTerm().isPresent()) {
            later(reaction, () -> exit.complete(Exit.of(behaviour.onTerm().getAsInt(), clock.instant())));
        } else {
            later(grace, this::kill);
        }
    }

    @Override
    public void kill() {
        exit.complete(Exit.of(137, clock.instant()));
    }

    @Override
    public void killForMemory() {
        exit.complete(Exit.outOfMemory(clock.instant()));
    }

    @Override
    public boolean serves() {
        return behaviour.serves();
    }

    @Override
    public boolean simulated() {
        return true;
    }

    @Override
    public Set<Long> pids() {
        return Set.of();
    }

    @Override
    public long residentBytes() {
        return 0;
    }

    @Override
    public Duration cpuTime() {
        return Duration.ZERO;
    }

    @Override
    public OptionalLong memoryLimit() {
        return memoryLimit;
    }

    @Override
    public Optional<LogFile> log() {
        return Optional.empty();
    }

    @Override
    public AttachedProcess attach(List<String> command) {
        throw new UnsupportedOperationException(
                "container " + name
                        + " is simulated, so no process can be attached to it; use an image that the cluster runs as a process");
    }
}
