package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import dev.kintsugi.features.cluster.existing.Finding;
import dev.kintsugi.features.run.Checkup;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.run.Scenarios;
import dev.kintsugi.features.run.Session;
import dev.kintsugi.features.run.Setup;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.reports.ReportException;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.statistics.MannWhitney;
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
import picocli.CommandLine.Mixin;
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
    private static final int MOST_REPETITIONS = MannWhitney.MOST;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..*",
            paramLabel = "FEATURE",
            description = "feature files or folders, or names of those that come with Kintsugi (pod/pod-kill.feature),"
                    + " with a line if wanted (:9)")
    private List<String> features = new ArrayList<>();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

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
            names = "--repeat",
            paramLabel = "TIMES",
            defaultValue = "1",
            description = "how often each scenario runs, up to " + MOST_REPETITIONS
                    + "; `compare` judges repeated ones by" + " statistics (default: ${DEFAULT-VALUE})")
    private int repeat;

    @Option(
            names = "--chaos",
            paramLabel = "BY",
            defaultValue = "auto",
            description =
                    "mesh: Chaos Mesh; api: kill pods by the Kubernetes API and skip the rest; auto: mesh where it is"
                            + " there (default: ${DEFAULT-VALUE})")
    private String chaos = "";

    @Option(
            names = "--healer",
            paramLabel = "WHICH",
            defaultValue = "auto",
            description =
                    "in-cluster: the one that the chart installed; local: a process of this machine; auto: in-cluster"
                            + " where it runs (default: ${DEFAULT-VALUE})")
    private String healer = "";

    @Option(
            names = "--reach",
            paramLabel = "WAY",
            defaultValue = "auto",
            description =
                    "how users' requests get into the cluster: direct, to the Service's cluster IP; proxy, through the"
                            + " API server; a URL with {service} and {namespace} in it; auto: direct where it works, else proxy"
                            + " (default: ${DEFAULT-VALUE})")
    private String reach = "";

    @Option(
            names = "--sample-app-image",
            paramLabel = "IMAGE",
            description = "the image of the workload (default: kintsugi/sample-app of this version)")
    private @Nullable String sampleAppImage;

    @Override
    public Integer call() {
        cluster.check();
        if (repeat < 1 || repeat > MOST_REPETITIONS) {
            throw new UsageException("--repeat " + repeat + ": must be from 1 to " + MOST_REPETITIONS);
        }
        Setup setup = setup();
        Instant startedAt = Instant.now();
        Scenarios scenarios = new Scenarios(features, tags != null ? tags : features.isEmpty() ? MISSION : "");
        int count = scenarios.check();
        Installation installation = Installation.current();
        Path folder = out == null ? installation.runs().resolve(STAMP.format(startedAt)) : out.toAbsolutePath();
        prepare(folder);
        Logging.to(folder.resolve("kintsugi.log"));
        Run run = run(scenarios, count, setup, installation, folder, startedAt);
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
            Scenarios scenarios, int count, Setup setup, Installation installation, Path folder, Instant startedAt) {
        Path work = folder.resolve("cluster");
        prepare(work);
        try (Terminal terminal = new Terminal(spec.commandLine().getOut(), Terminal.isLive(), count * repeat);
                Session session =
                        Session.open(() -> open(work, installation), setup, seed, folder, installation, terminal)) {
            long begin = System.nanoTime();
            for (int repetition = 1; repetition <= repeat; repetition++) {
                session.results().begin(repetition);
                scenarios.run();
            }
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

    private Setup setup() {
        Setup.Chaos by =
                switch (chaos) {
                    case "auto" -> Setup.Chaos.AUTO;
                    case "mesh" -> Setup.Chaos.MESH;
                    case "api" -> Setup.Chaos.API;
                    default -> throw new UsageException("--chaos " + chaos + ": must be auto, mesh or api");
                };
        Setup.Healing healing =
                switch (healer) {
                    case "auto" -> Setup.Healing.AUTO;
                    case "local" -> Setup.Healing.LOCAL;
                    case "in-cluster" -> Setup.Healing.IN_CLUSTER;
                    default -> throw new UsageException("--healer " + healer + ": must be auto, local or in-cluster");
                };
        return new Setup(by, healing, reach, sampleAppImage);
    }

    /** A cluster that is there already is looked over first; only what stands in the way is told. */
    private Cluster open(Path work, Installation installation) {
        Cluster opened = cluster.open(work, seed, installation, sampleAppImage);
        if (cluster.isContext()) {
            List<Finding> obstacles = Checkup.obstacles(opened);
            if (!obstacles.isEmpty()) {
                opened.close();
                throw new ClusterUnavailable("no run can take place on this cluster:\n" + FindingTable.render(obstacles)
                        + "`kintsugi doctor` with the same --cluster says more.");
            }
        }
        return opened;
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
