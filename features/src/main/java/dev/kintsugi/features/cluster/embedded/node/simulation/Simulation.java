package dev.kintsugi.features.cluster.embedded.node.simulation;

import dev.kintsugi.features.cluster.embedded.node.simulation.Behaviour.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the annotation {@code simulate.kintsugi.dev/CONTAINER} of a pod says of one of its containers, its parts joined by commas. It
 * may be changed while the pod runs.
 *
 * <table>
 * <caption>Parts</caption>
 * <tr><td>{@code exits CODE after TIME}</td><td>each run that begins from now on ends so; TIME in whole ms, s or m</td></tr>
 * <tr><td>{@code runs out of memory after TIME}</td><td>each run that begins from now on is killed for its memory: OOMKilled, 137</td></tr>
 * <tr><td>{@code ignores SIGTERM}</td><td>each run that begins from now on must be killed</td></tr>
 * <tr><td>{@code fails PROBE}, {@code fails PROBE with CODE}</td><td>the readiness, liveness or startup probe fails from now on, an
 * httpGet one with this code from 400 to 599 (default 503)</td></tr>
 * <tr><td>{@code fails PROBE … until restarted}</td><td>the same, but only in the run that there is at the change</td></tr>
 * <tr><td>{@code killed}, {@code out of memory}</td><td>once, at the change: the present run is killed, or killed for its memory;
 * {@code killed #2} and so on do it again. Without effect in a pod that is created with it</td></tr>
 * <tr><td>{@code image cannot be pulled}</td><td>the image is not on the node, and no registry has it</td></tr>
 * </table>
 *
 * @param ending how each run ends by itself
 * @param ignoresTerm whether SIGTERM is ignored
 * @param imageMissing whether the image can be had from nowhere
 * @param probeFaults which probes fail
 * @param order what is to be done once
 */
public record Simulation(
        Optional<Ending> ending,
        boolean ignoresTerm,
        boolean imageMissing,
        List<ProbeFault> probeFaults,
        Optional<Order> order) {

    /** Prefix of the annotation; the container's name follows. */
    public static final String ANNOTATION = "simulate.kintsugi.dev/";

    /** Nothing special. */
    public static final Simulation NONE = new Simulation(Optional.empty(), false, false, List.of(), Optional.empty());

    private static final Pattern EXITS = Pattern.compile("exits (\\d{1,3}) after (\\d{1,9})(ms|s|m)");
    private static final Pattern EXHAUSTS = Pattern.compile("runs out of memory after (\\d{1,9})(ms|s|m)");
    private static final Pattern FAILS =
            Pattern.compile("fails (readiness|liveness|startup)(?: with ([45]\\d\\d))?( until restarted)?");
    private static final Pattern ORDER = Pattern.compile("(killed|out of memory)( #\\d{1,9})?");
    private static final int DEFAULT_CODE = 503;
    private static final int KILLED = 137;

    /**
     * A probe that fails.
     *
     * @param probe {@code readiness}, {@code liveness} or {@code startup}
     * @param code what an httpGet probe is answered with
     * @param untilRestarted whether only the run at hand is concerned
     */
    public record ProbeFault(String probe, int code, boolean untilRestarted) {}

    /** What is done once to the run at hand, when an annotation comes to say so. */
    public enum Order {
        KILL,
        EXHAUST_MEMORY
    }

    public Simulation {
        probeFaults = List.copyOf(probeFaults);
    }

    /**
     * Checks that nothing is said that a real process would not do by itself: it can be {@code killed}, and its image can be missing.
     *
     * @throws IllegalArgumentException when more is said
     */
    public void requireProcess() {
        if (ending.isPresent()
                || ignoresTerm
                || !probeFaults.isEmpty()
                || order.equals(Optional.of(Order.EXHAUST_MEMORY))) {
            throw new IllegalArgumentException(
                    "annotation " + ANNOTATION + "CONTAINER: this container runs as a process;"
                            + " only 'killed' and 'image cannot be pulled' are for it, the rest is for simulated ones");
        }
    }

    /**
     * Of one container.
     *
     * @param annotations those of the pod
     * @throws IllegalArgumentException when the annotation says anything else than the above
     */
    public static Simulation of(@Nullable Map<String, String> annotations, String container) {
        String text = annotations == null ? null : annotations.get(ANNOTATION + container);
        return text == null ? NONE : parse(text);
    }

    /**
     * Reads the annotation's value.
     *
     * @throws IllegalArgumentException when it says anything else than the above
     */
    public static Simulation parse(String text) {
        Optional<Ending> ending = Optional.empty();
        boolean ignoresTerm = false;
        boolean imageMissing = false;
        List<ProbeFault> faults = new ArrayList<>();
        Optional<Order> order = Optional.empty();
        for (String untrimmed : text.split(",", -1)) {
            String part = untrimmed.trim();
            Matcher exits = EXITS.matcher(part);
            Matcher exhausts = EXHAUSTS.matcher(part);
            Matcher fails = FAILS.matcher(part);
            Matcher once = ORDER.matcher(part);
            if (exits.matches() && Integer.parseInt(exits.group(1)) <= 255) {
                Duration after = duration(exits.group(2), exits.group(3));
                ending = Optional.of(new Ending(after, Integer.parseInt(exits.group(1)), false, ""));
            } else if (exhausts.matches()) {
                ending = Optional.of(new Ending(duration(exhausts.group(1), exhausts.group(2)), KILLED, true, ""));
            } else if (part.equalsIgnoreCase("ignores SIGTERM")) {
                ignoresTerm = true;
            } else if (part.equals("image cannot be pulled")) {
                imageMissing = true;
            } else if (fails.matches()) {
                int code = fails.group(2) == null ? DEFAULT_CODE : Integer.parseInt(fails.group(2));
                faults.add(new ProbeFault(fails.group(1), code, fails.group(3) != null));
            } else if (once.matches()) {
                order = Optional.of(once.group(1).equals("killed") ? Order.KILL : Order.EXHAUST_MEMORY);
            } else {
                throw new IllegalArgumentException("annotation " + ANNOTATION + "CONTAINER: '" + part
                        + "' is not understood; write e.g. 'exits 1 after 2s', 'runs out of memory after 2s',"
                        + " 'ignores SIGTERM', 'fails readiness', 'fails liveness until restarted', 'killed',"
                        + " 'out of memory' or 'image cannot be pulled'");
            }
        }
        return new Simulation(ending, ignoresTerm, imageMissing, faults, order);
    }

    private static Duration duration(String amount, String unit) {
        long number = Long.parseLong(amount);
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }
}
