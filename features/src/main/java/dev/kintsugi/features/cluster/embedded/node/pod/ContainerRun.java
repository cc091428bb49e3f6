package dev.kintsugi.features.cluster.embedded.node.pod;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run of a container, as its runtime knows it.
 *
 * @param container name of the container, init or not
 * @param attempt 0 for the first run, one more for each restart
 * @param id as the status shows it, with the scheme of the runtime
 * @param image the image it was started from
 * @param exit how it ended, null while it runs
 */
public record ContainerRun(
        String container,
        int attempt,
        String id,
        String image,
        Instant startedAt,
        @Nullable Exit exit) {

    /**
     * The end of a run.
     *
     * @param code exit code, 128 plus the signal's number when a signal ended it
     * @param reason {@code Completed}, {@code Error} or {@code OOMKilled}
     * @param message the termination message; empty for none
     */
    public record Exit(int code, String reason, Instant at, String message) {

        /** The end of a process that was not killed for its memory: reason {@code Completed} for code 0, else {@code Error}. */
        public static Exit of(int code, Instant at) {
            return new Exit(code, code == 0 ? "Completed" : "Error", at, "");
        }

        /** The end of a container whose memory passed its limit. */
        public static Exit outOfMemory(Instant at) {
            return new Exit(137, "OOMKilled", at, "");
        }

        /** The same end with a termination message. */
        public Exit saying(String text) {
            return new Exit(code, reason, at, text);
        }
    }

    public boolean running() {
        return exit == null;
    }

    /** The same run after its end. */
    public ContainerRun ended(Exit end) {
        return new ContainerRun(container, attempt, id, image, startedAt, end);
    }
}
