package dev.kintsugi.features.cluster.embedded.node.runtime;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a simulated container behaves, from the pod annotation {@code simulate.kintsugi.dev/CONTAINER}: {@code exits CODE after
 * DURATION} (whole {@code ms}, {@code s} or {@code m}), {@code ignores SIGTERM}, or both joined by a comma. Without it a container runs
 * until it is stopped and ends on SIGTERM at once with 0.
 *
 * @param endsAfter when it ends by itself; empty for never
 * @param exitCode with which code it then ends
 */
public record SimulatedBehaviour(Optional<Duration> endsAfter, int exitCode, boolean ignoresTerm) {

    /** Prefix of the annotation; the container's name follows. */
    public static final String ANNOTATION = "simulate.kintsugi.dev/";

    private static final SimulatedBehaviour RUNS = new SimulatedBehaviour(Optional.empty(), 0, false);
    private static final Pattern EXITS = Pattern.compile("exits (\\d{1,3}) after (\\d{1,9})(ms|s|m)");

    /**
     * Reads the annotation's value; null means that there is none.
     *
     * @throws IllegalArgumentException when it says anything else than the above
     */
    public static SimulatedBehaviour parse(@Nullable String text) {
        SimulatedBehaviour behaviour = RUNS;
        if (text == null) {
            return behaviour;
        }
        for (String part : text.split(",", -1)) {
            Matcher exits = EXITS.matcher(part.trim());
            if (part.trim().toLowerCase(Locale.ROOT).equals("ignores sigterm")) {
                behaviour = new SimulatedBehaviour(behaviour.endsAfter, behaviour.exitCode, true);
            } else if (exits.matches() && Integer.parseInt(exits.group(1)) <= 255) {
                behaviour = new SimulatedBehaviour(
                        Optional.of(duration(exits.group(2), exits.group(3))),
                        Integer.parseInt(exits.group(1)),
                        behaviour.ignoresTerm);
            } else {
                throw new IllegalArgumentException("annotation " + ANNOTATION + "CONTAINER: '" + part.trim()
                        + "' is not understood; write e.g. 'exits 1 after 2s' or 'ignores SIGTERM'");
            }
        }
        return behaviour;
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
