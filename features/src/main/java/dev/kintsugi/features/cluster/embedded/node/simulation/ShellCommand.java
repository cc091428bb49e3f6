package dev.kintsugi.features.cluster.embedded.node.simulation;

import dev.kintsugi.features.cluster.embedded.node.simulation.Behaviour.Ending;
import dev.kintsugi.features.cluster.embedded.node.simulation.ShellWords.Join;
import dev.kintsugi.features.cluster.embedded.node.simulation.ShellWords.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a command would do, as far as it can be told without running it: a single word list, or {@code sh -c} with a list of simple
 * commands joined by {@code ;}, {@code &&}, {@code ||} or {@code &}.
 *
 * <p>Understood are {@code true}, {@code :}, {@code false}, {@code exit N}, {@code sleep N} (also {@code 0.5}, {@code 2m},
 * {@code infinity}), {@code wait}, {@code exec}, {@code echo} and {@code printf} (to {@code /dev/termination-log}: the termination
 * message), {@code mkdir}, {@code touch}, {@code tail -f /dev/null} (for ever), {@code tail /dev/zero} (takes memory until it is
 * killed) and {@code trap '' TERM} or {@code trap 'exit N' TERM}. At anything else the script is believed to go on as a server
 * would. The first process of a container has no default reaction to SIGTERM: without a trap it ignores it, and a trap
 * waits for the end of the foreground command, but for {@code wait}.
 */
public final class ShellCommand {

    private static final Duration EXHAUSTION = Duration.ofMillis(300);
    private static final Pattern SLEEP = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)([smhd]?)");
    private static final Pattern TRAP_EXIT = Pattern.compile("\\s*exit(?:\\s+(\\d{1,3}))?\\s*;?\\s*");
    private static final Set<String> SHELLS = Set.of("sh", "bash", "ash", "dash");
    private static final Set<String> HARMLESS = Set.of("echo", "printf", "mkdir", "touch");
    private static final Set<String> TERM = Set.of("TERM", "SIGTERM", "15");
    private static final String TERMINATION_LOG = "/dev/termination-log";
    private static final int KILLED = 137;

    private enum Fate {
        GOES_ON,
        ENDED,
        FOREVER,
        EXHAUSTS_MEMORY,
        UNKNOWN
    }

    /**
     * A command that is understood and ends.
     *
     * @param takes how long
     * @param code its exit code
     */
    public record Run(Duration takes, int code) {}

    private Fate fate = Fate.GOES_ON;
    private Duration elapsed = Duration.ZERO;
    private Duration backgroundUntil = Duration.ZERO;
    private int status;
    private boolean trapsTerm;
    private @Nullable Integer trapCode;
    private boolean waits;
    private String message = "";

    private ShellCommand() {}

    /** Reads a command. */
    public static ShellCommand of(List<String> command) {
        ShellCommand read = new ShellCommand();
        if (command.size() >= 3
                && SHELLS.contains(base(command.get(0)))
                && command.get(1).equals("-c")) {
            read.script(ShellWords.split(command.get(2)));
        } else if (!command.isEmpty()) {
            read.simple(command, Optional.empty());
        }
        if (read.fate == Fate.GOES_ON) {
            read.fate = Fate.ENDED;
        }
        return read;
    }

    /** How it goes when it is run as a command inside a container; empty when it is not understood. */
    public Optional<Run> run() {
        return switch (fate) {
            case ENDED -> Optional.of(new Run(elapsed, status));
            case FOREVER -> Optional.of(new Run(Duration.ofDays(365), status));
            default -> Optional.empty();
        };
    }

    /** How it goes as the main process of a container. */
    Behaviour behaviour(boolean memoryLimited) {
        OptionalInt onTerm = waits && trapCode != null ? OptionalInt.of(trapCode) : OptionalInt.empty();
        return switch (fate) {
            case ENDED -> new Behaviour(Optional.of(new Ending(elapsed, status, false, message)), onTerm, false);
            case EXHAUSTS_MEMORY ->
                memoryLimited
                        ? new Behaviour(
                                Optional.of(new Ending(elapsed.plus(EXHAUSTION), KILLED, true, "")), onTerm, false)
                        : asServer();
            case FOREVER -> new Behaviour(Optional.empty(), onTerm, false);
            default -> asServer();
        };
    }

    private Behaviour asServer() {
        if (!trapsTerm) {
            return Behaviour.SERVER;
        }
        OptionalInt onTerm = trapCode == null ? OptionalInt.empty() : OptionalInt.of(trapCode);
        return new Behaviour(Optional.empty(), onTerm, true);
    }

    private void script(List<Statement> statements) {
        for (Statement statement : statements) {
            boolean skipped =
                    (statement.after() == Join.AND && status != 0) || (statement.after() == Join.OR && status == 0);
            if (skipped) {
                continue;
            }
            if (!statement.understood()) {
                fate = Fate.UNKNOWN;
            } else if (statement.background()) {
                background(statement.words());
            } else {
                simple(statement.words(), statement.target());
            }
            if (fate != Fate.GOES_ON) {
                return;
            }
        }
    }

    /** Only a {@code sleep} is followed into the background. */
    private void background(List<String> words) {
        Optional<Duration> sleep = base(words.get(0)).equals("sleep") ? slept(words) : Optional.empty();
        if (sleep.isEmpty()) {
            fate = Fate.UNKNOWN;
        } else {
            backgroundUntil = elapsed.plus(sleep.get());
            status = 0;
        }
    }

    private void simple(List<String> words, Optional<String> target) {
        String name = base(words.get(0));
        switch (name) {
            case ":", "true" -> status = 0;
            case "false" -> status = 1;
            case "exit" -> exit(words);
            case "sleep" -> sleep(words);
            case "wait" -> await();
            case "trap" -> trap(words);
            case "tail" -> tail(words);
            case "exec" -> {
                if (words.size() > 1) {
                    simple(words.subList(1, words.size()), target);
                    fate = fate == Fate.GOES_ON ? Fate.ENDED : fate;
                }
            }
            default -> {
                status = 0;
                fate = HARMLESS.contains(name) ? Fate.GOES_ON : Fate.UNKNOWN;
                if (name.equals("echo")
                        && target.filter(TERMINATION_LOG::equals).isPresent()) {
                    message = String.join(" ", words.subList(1, words.size())) + "\n";
                }
            }
        }
    }

    private void exit(List<String> words) {
        boolean number = words.size() > 1 && words.get(1).matches("\\d{1,3}");
        if (words.size() > 1 && !number) {
            fate = Fate.UNKNOWN;
        } else {
            status = number ? Integer.parseInt(words.get(1)) & 255 : status;
            fate = Fate.ENDED;
        }
    }

    private void sleep(List<String> words) {
        if (words.size() == 2 && words.get(1).startsWith("inf")) {
            fate = Fate.FOREVER;
            return;
        }
        Optional<Duration> time = slept(words);
        if (time.isEmpty()) {
            fate = Fate.UNKNOWN;
        } else {
            elapsed = elapsed.plus(time.get());
            status = 0;
        }
    }

    private static Optional<Duration> slept(List<String> words) {
        Duration time = Duration.ZERO;
        for (String word : words.subList(1, words.size())) {
            Matcher matcher = SLEEP.matcher(word);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            long unit =
                    switch (matcher.group(2)) {
                        case "m" -> 60;
                        case "h" -> 3_600;
                        case "d" -> 86_400;
                        default -> 1;
                    };
            time = time.plusMillis((long) (Double.parseDouble(matcher.group(1)) * unit * 1000));
        }
        return words.size() > 1 ? Optional.of(time) : Optional.empty();
    }

    private void await() {
        if (backgroundUntil.compareTo(elapsed) > 0) {
            elapsed = backgroundUntil;
            waits = true;
        }
        status = 0;
    }

    private void trap(List<String> words) {
        if (words.size() != 3 || !TERM.contains(words.get(2))) {
            fate = Fate.UNKNOWN;
            return;
        }
        Matcher exit = TRAP_EXIT.matcher(words.get(1));
        if (words.get(1).isEmpty()) {
            trapsTerm = true;
            trapCode = null;
        } else if (exit.matches()) {
            trapsTerm = true;
            trapCode = exit.group(1) == null ? 0 : Integer.parseInt(exit.group(1)) & 255;
        } else {
            fate = Fate.UNKNOWN;
        }
    }

    private void tail(List<String> words) {
        fate = switch (String.join(" ", words.subList(1, words.size()))) {
            case "-f /dev/null" -> Fate.FOREVER;
            case "/dev/zero" -> Fate.EXHAUSTS_MEMORY;
            default -> Fate.UNKNOWN;
        };
    }

    private static String base(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
