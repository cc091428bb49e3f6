package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.run.Scenarios;
import dev.kintsugi.features.run.Session;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.reports.ReportException;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs scenarios, and writes what they found out. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description = "Break, heal and measure: run resilience scenarios and write the report.",
        footer = {"", "Without features or tags it runs @mission."})
final class RunCommand implements Callable<Integer> {

    private static final String MISSION = "@mission";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final int NODES = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..*",
            paramLabel = "FEATURE",
            description = "feature files or folders, or names of those that come with Kintsugi (pod/pod-kill.feature),"
                    + " with a line if wanted (:9)")
    private List<String> features = new ArrayList<>();

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            defaultValue = "embedded",
            description = "which cluster: embedded (default: ${DEFAULT-VALUE})")
    private String cluster = "";

    @Option(names = "--tags", paramLabel = "EXPR", description = "such as '@pod-kill or @network-loss'")
    private @Nullable String tags;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "where to write report.html, run.json, junit.xml and summary.md (default:"
                    + " reports/target/runs/TIME)")
    private @Nullable Path out;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "victims and all else that is left to chance are drawn from it (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--timings",
            paramLabel = "PROFILE",
            defaultValue = "quick",
            description =
                    "pace of the embedded cluster: quick, or real as Kubernetes has it (default: ${DEFAULT-VALUE})")
    private String timings = "";

    @Override
    public Integer call() {
        if (!cluster.equals("embedded")) {
            throw new UsageException("--cluster " + cluster + ": must be embedded");
        }
        Timings pace = Profiles.named(timings);
        Instant startedAt = Instant.now();
        Scenarios scenarios = new Scenarios(features, tags != null ? tags : features.isEmpty() ? MISSION : "");
        int count = scenarios.check();
        Installation installation = Installation.current();
        Path folder = out == null ? installation.runs().resolve(STAMP.format(startedAt)) : out.toAbsolutePath();
        prepare(folder);
        Logging.to(folder.resolve("kintsugi.log"));
        Run run = run(scenarios, count, pace, installation, folder, startedAt);
        try {
            Reports.write(run, folder);
        } catch (ReportException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println();
        terminal.print(ClosingTable.render(run));
        terminal.println();
        terminal.println("Report: " + display(folder.resolve("report.html")));
        terminal.flush();
        return ExitCode.of(run.verdict());
    }

    private Run run(
            Scenarios scenarios, int count, Timings pace, Installation installation, Path folder, Instant startedAt) {
        Path work = folder.resolve("cluster");
        prepare(work);
        Path kubeconfig = work.resolve("kubeconfig");
        kubeconfig.toFile().deleteOnExit();
        EmbeddedCluster.Options options = new EmbeddedCluster.Options(
                NODES, pace, seed, kubeconfig, work, installation.sampleApp(), installation.classPath());
        try (Terminal terminal = new Terminal(spec.commandLine().getOut(), Terminal.isLive(), count);
                Session session =
                        Session.open(() -> EmbeddedCluster.start(options), seed, folder, installation, terminal)) {
            long begin = System.nanoTime();
            scenarios.run();
            terminal.note("writing the report");
            return new Run(
                    STAMP.format(startedAt),
                    startedAt,
                    (System.nanoTime() - begin) / 1e6,
                    session.environment(),
                    seed,
                    session.scenarios());
        }
    }

    private static void prepare(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            String reason = e instanceof FileAlreadyExistsException
                    ? "it is a file"
                    : e instanceof AccessDeniedException ? "no permission" : "it cannot be made there";
            throw new UsageException("--out " + folder + " cannot be written: " + reason);
        }
        if (!Files.isWritable(folder)) {
            throw new UsageException("--out " + folder + " cannot be written: no permission");
        }
    }

    private static Path display(Path file) {
        Path here = Path.of("").toAbsolutePath();
        return file.startsWith(here) ? here.relativize(file) : file;
    }
}
