package dev.kintsugi.features.cluster.embedded.node.runtime;

import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun.Exit;
import dev.kintsugi.features.process.LogFile;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A container that is only a state: it runs until it is stopped, killed or, where its behaviour says so, ends by itself. */
final class SimulatedContainer implements RunningContainer {

    private final String name;
    private final SimulatedBehaviour behaviour;
    private final ScheduledExecutorService timer;
    private final InstantSource clock;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    private SimulatedContainer(
            String name, SimulatedBehaviour behaviour, ScheduledExecutorService timer, InstantSource clock) {
        this.name = name;
        this.behaviour = behaviour;
        this.timer = timer;
        this.clock = clock;
    }

    static SimulatedContainer start(
            String name, SimulatedBehaviour behaviour, ScheduledExecutorService timer, InstantSource clock) {
        SimulatedContainer container = new SimulatedContainer(name, behaviour, timer, clock);
        behaviour.endsAfter().ifPresent(after -> container.later(after, () -> container.end(behaviour.exitCode())));
        return container;
    }

    private void later(Duration delay, Runnable task) {
        var unused = timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void end(int code) {
        exit.complete(Exit.of(code, clock.instant()));
    }

    @Override
    public CompletionStage<Exit> exit() {
        return exit.minimalCompletionStage();
    }

    @Override
    public void stop(Duration grace) {
        if (behaviour.ignoresTerm()) {
            later(grace, this::kill);
        } else {
            end(0);
        }
    }

    @Override
    public void kill() {
        end(137);
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
        return OptionalLong.empty();
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
