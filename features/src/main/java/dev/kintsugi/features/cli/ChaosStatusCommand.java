package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.drive.Standing;
import dev.kintsugi.features.run.UsageException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
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

/** Shows what Kintsugi has going on a cluster. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description = "Show what Kintsugi created on a cluster and is still there.")
final class ChaosStatusCommand implements Callable<Integer> {

    private static final String ROW = "%-14s %-20s %-24s %-12s %-7s %-6s %s%n";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "this one, with the state of each target")
    private @Nullable String name;

    @Mixin
    private ConnectionOptions cluster = new ConnectionOptions();

    @Option(
            names = "--output",
            paramLabel = "FORM",
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE})")
    private Output output = Output.text;

    @Override
    public Integer call() {
        try (Connection connection = cluster.connect();
                Experiments experiments = new Experiments(connection)) {
            List<Standing> all = experiments.list().stream()
                    .filter(standing ->
                            name == null || standing.reference().name().equals(name))
                    .toList();
            if (name != null && all.isEmpty()) {
                throw new UsageException(
                        "there is no experiment " + name + " that Kintsugi created on " + connection.url());
            }
            PrintWriter out = spec.commandLine().getOut();
            if (output == Output.json) {
                Output.json(out, all.stream().map(Standing::toMap).toList());
            } else {
                print(out, all);
            }
            return ExitCode.PASSED;
        }
    }

    private void print(PrintWriter out, List<Standing> all) {
        if (all.isEmpty()) {
            out.println("Kintsugi has nothing on this cluster.");
        } else {
            out.printf(Locale.ROOT, ROW, "NAMESPACE", "NAME", "FAULT", "PHASE", "TARGETS", "LEASED", "AGE");
        }
        for (Standing standing : all) {
            out.printf(
                    Locale.ROOT,
                    ROW,
                    standing.reference().namespace(),
                    standing.reference().name(),
                    (standing.reference().kind() + " " + standing.action()).strip(),
                    standing.phase(),
                    standing.targets(),
                    standing.leased() ? "yes" : "no",
                    Duration.between(standing.createdAt(), Instant.now()).toSeconds() + "s");
            if (name != null) {
                standing.status().targets().forEach(record -> out.println("  " + record.id() + "  " + record.phase()));
                standing.status().failures().forEach(failure -> out.println("  " + failure));
            }
        }
        out.flush();
    }
}
