package dev.kintsugi.features.cluster.embedded.node.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one run of a simulated container does.
 *
 * @param ending how it ends by itself; empty when it runs until it is stopped
 * @param onTerm with which code it ends on SIGTERM, at once; empty when it ignores the signal and is killed after the grace
 * @param serves whether somebody answers at its ports
 */
public record Behaviour(Optional<Ending> ending, OptionalInt onTerm, boolean serves) {

    /** Of a container of which nothing is known: it serves until it is stopped, and ends on SIGTERM with 0. */
    static final Behaviour SERVER = new Behaviour(Optional.empty(), OptionalInt.of(0), true);

    /** Of the pause image: it only waits for its end. */
    private static final Behaviour PAUSE = new Behaviour(Optional.empty(), OptionalInt.of(0), false);

    /**
     * An end that comes by itself.
     *
     * @param after from the start of the run
     * @param code exit code, 137 when out of memory
     * @param message what the process left as its termination message; empty for none
     */
    public record Ending(Duration after, int code, boolean outOfMemory, String message) {}

    /**
     * The behaviour of a container, from what is known of it: its command where it is one that {@link ShellCommand} understands, else
     * its image ({@code pause} serves nothing); what the annotation says goes before both.
     *
     * @param image reference of the image
     * @param command {@code command} and {@code args} after one another; empty without a {@code command}, since what the image would
     *     do is not known then
     * @param memoryLimited whether the container has a memory limit that it could pass
     */
    public static Behaviour of(String image, List<String> command, boolean memoryLimited, Simulation simulation) {
        Behaviour known = command.isEmpty()
                ? isPause(image) ? PAUSE : SERVER
                : ShellCommand.of(command).behaviour(memoryLimited);
        return new Behaviour(
                simulation.ending().or(known::ending),
                simulation.ignoresTerm() ? OptionalInt.empty() : known.onTerm,
                known.serves);
    }

    /** {@code registry.k8s.io/pause:3.9} and the like, which Chaos Mesh puts in place of the image it makes fail. */
    private static boolean isPause(String image) {
        String last = image.substring(image.lastIndexOf('/') + 1);
        return last.equals("pause")
                || last.startsWith("pause:")
                || last.startsWith("pause@")
                || last.startsWith("pause-");
    }
}
