package dev.kintsugi.healer.model;

import java.time.Instant;

/**
 * How a container's process ended.
 *
 * @param reason as Kubernetes gives it, e.g. {@code OOMKilled}, {@code Error}, {@code Completed}
 * @param finishedAt by the node's clock, whole seconds
 */
public record Termination(String reason, int exitCode, Instant finishedAt) {

    /** Whether the kernel ended it for want of memory. Exit code 137 alone says only SIGKILL. */
    public boolean outOfMemory() {
        return "OOMKilled".equals(reason);
    }
}
