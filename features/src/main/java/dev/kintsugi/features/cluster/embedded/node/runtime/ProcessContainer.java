package dev.kintsugi.features.cluster.embedded.node.runtime;

import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun.Exit;
import dev.kintsugi.features.process.ChildProcess;
import dev.kintsugi.features.process.ChildProcess.Command;
import dev.kintsugi.features.process.LogFile;
import dev.kintsugi.features.process.ProcessUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A container that is a real process, with the processes attached to it. It has ended when its main process has. */
final class ProcessContainer implements RunningContainer {

    static final long LOG_BYTES = 1 << 20;

    private final ContainerLaunch launch;
    private final ChildProcess main;
    private final InstantSource clock;
    private final ScheduledExecutorService timer;
    private final List<ChildProcess> attached = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private volatile boolean outOfMemory;
    private @Nullable Instant deadline;
    private @Nullable ScheduledFuture<?> killer;
    private int attachments;

    private ProcessContainer(
            ContainerLaunch launch, ChildProcess main, ScheduledExecutorService timer, InstantSource clock) {
        this.launch = launch;
        this.main = main;
        this.timer = timer;
        this.clock = clock;
    }

    static ProcessContainer start(
            ContainerLaunch launch, List<String> command, ScheduledExecutorService timer, InstantSource clock) {
        LogFile log = new LogFile(launch.log(), LOG_BYTES, clock);
        ChildProcess main = ChildProcess.start(new Command(command, launch.environment(), launch.folder()), log);
        ProcessContainer container = new ProcessContainer(launch, main, timer, clock);
        var unused = main.exit().thenAccept(container::ended);
        return container;
    }

    private void ended(int code) {
        attached.forEach(ChildProcess::kill);
        synchronized (this) {
            if (killer != null) {
                killer.cancel(false);
            }
        }
        exit.complete(outOfMemory ? Exit.outOfMemory(clock.instant()) : Exit.of(code, clock.instant()));
    }

    /**
     * Kills every process of the container when together they hold more than its limit, as the kernel does since the kubelet of
     * Kubernetes 1.28 sets {@code memory.oom.group} on cgroup v2: "all the processes will be killed" (Kubernetes pull request 117793).
     */
    void checkMemory() {
        OptionalLong limit = launch.memoryLimit();
        if (limit.isPresent() && !exit.isDone() && residentBytes() > limit.getAsLong()) {
            killForMemory();
        }
    }

    @Override
    public void killForMemory() {
        outOfMemory = true;
        main.kill();
        attached.forEach(ChildProcess::kill);
    }

    @Override
    public boolean serves() {
        return true;
    }

    @Override
    public CompletionStage<Exit> exit() {
        return exit.minimalCompletionStage();
    }

    @Override
    public synchronized void stop(Duration grace) {
        Instant wish = clock.instant().plus(grace);
        if (exit.isDone() || (deadline != null && !wish.isBefore(deadline))) {
            return;
        }
        if (deadline == null) {
            main.terminate();
        }
        if (killer != null) {
            killer.cancel(false);
        }
        deadline = wish;
        killer = timer.schedule(this::kill, grace.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void kill() {
        main.kill();
    }

    @Override
    public boolean simulated() {
        return false;
    }

    @Override
    public Set<Long> pids() {
        return processes().boxed().collect(Collectors.toUnmodifiableSet());
    }

    private LongStream processes() {
        return LongStream.concat(
                main.isAlive() ? LongStream.of(main.pid()) : LongStream.empty(),
                attached.stream().filter(ChildProcess::isAlive).mapToLong(ChildProcess::pid));
    }

    @Override
    public long residentBytes() {
        return processes().map(ProcessUsage::residentBytes).sum();
    }

    @Override
    public Duration cpuTime() {
        return processes().mapToObj(ProcessUsage::cpuTime).reduce(Duration.ZERO, Duration::plus);
    }

    @Override
    public OptionalLong memoryLimit() {
        return launch.memoryLimit();
    }

    @Override
    public Optional<LogFile> log() {
        return Optional.of(main.log());
    }

    @Override
    public AttachedProcess attach(List<String> command) {
        LogFile log;
        synchronized (this) {
            attachments++;
            log = new LogFile(
                    launch.log().resolveSibling(launch.log().getFileName() + ".attached" + attachments),
                    LOG_BYTES / 16,
                    clock);
        }
        if (exit.isDone()) {
            log.close();
            throw new IllegalStateException("container " + launch.name() + " has ended; nothing can be attached to it");
        }
        ChildProcess process = ChildProcess.start(new Command(command, Map.of(), launch.folder()), log);
        attached.add(process);
        var unused = process.exit().thenRun(() -> attached.remove(process));
        if (exit.isDone()) {
            process.kill();
        }
        return new AttachedProcess(process);
    }
}
