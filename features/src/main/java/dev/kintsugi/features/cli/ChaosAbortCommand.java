package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.drive.Standing;
import dev.kintsugi.chaos.mesh.Removal;
import dev.kintsugi.features.run.UsageException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes out what Kintsugi has put in. */
@Command(
        name = "abort",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description = "Remove what Kintsugi created on a cluster, and wait until the faults have been taken back.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all of it is gone", "1:something is still there", "2:usage", "4:no answer from the cluster"})
final class ChaosAbortCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the experiment, Schedule or Workflow")
    private @Nullable String name;

    @Option(names = "--all", description = "all of them")
    private boolean all;

    @Option(names = "--namespace", paramLabel = "NAME", description = "only those of this namespace")
    private @Nullable String namespace;

    @Option(
            names = "--force",
            description = "let go even where the fault cannot be taken back; it may then stay behind")
    private boolean force;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "how long to wait for each (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Mixin
    private ConnectionOptions cluster = new ConnectionOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (all == (name != null)) {
            throw new UsageException("chaos abort: give either a NAME or --all");
        }
        if (seconds < 1) {
            throw new UsageException("--timeout " + seconds + ": must be at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (Connection connection = cluster.connect();
                Experiments experiments = new Experiments(connection)) {
            List<Standing> meant = experiments.list().stream()
                    .filter(standing -> all || standing.reference().name().equals(name))
                    .filter(standing -> namespace == null
                            || standing.reference().namespace().equals(namespace))
                    .toList();
            if (meant.isEmpty() && !all) {
                throw new UsageException(
                        "there is no experiment " + name + " that Kintsugi created on " + connection.url());
            }
            boolean gone = true;
            for (Standing standing : meant) {
                Removal removal = experiments.remove(standing.reference(), force, Duration.ofSeconds(seconds));
                print(out, removal);
                gone &= removal instanceof Removal.Gone;
            }
            if (meant.isEmpty()) {
                out.println("Kintsugi has nothing on this cluster.");
            }
            out.flush();
            return gone ? ExitCode.PASSED : ExitCode.FAILED;
        }
    }

    private void print(PrintWriter out, Removal removal) {
        if (removal instanceof Removal.Gone gone) {
            out.printf(
                    Locale.ROOT,
                    "%s is gone after %.1f s%n",
                    gone.reference(),
                    (gone.goneAtNanos() - gone.requestedAtNanos()) / 1e9);
        } else if (removal instanceof Removal.Leftover leftover) {
            out.println(leftover.reason());
            leftover.evidence().forEach(line -> out.println("  " + line));
            if (!force) {
                out.println("  --force lets it go regardless; the fault may stay behind");
            }
        }
    }
}
