package dev.kintsugi.features.cluster.embedded.node.runtime;

import dev.kintsugi.features.process.ChildProcess;
import dev.kintsugi.features.process.ProcessUsage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A process that was attached to a container, such as a stressor. Closing it kills it. */
public final class AttachedProcess implements AutoCloseable {

    private final ChildProcess process;

    AttachedProcess(ChildProcess process) {
        this.process = process;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Memory in bytes that counts against the container's limit. */
    public long residentBytes() {
        return ProcessUsage.residentBytes(pid());
    }

    public Duration cpuTime() {
        return ProcessUsage.cpuTime(pid());
    }

    /** Completes with the exit code when it has ended. */
    public CompletableFuture<Integer> exit() {
        return process.exit();
    }

    /** What it has printed so far, for messages about a process that did not do as asked. */
    public String output() {
        StringBuilder text = new StringBuilder();
        process.log().lines().forEach(line -> text.append(line.text()).append('\n'));
        return text.toString();
    }

    @Override
    public void close() {
        process.close();
    }
}
