package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.run.Progress;
import dev.kintsugi.features.run.Scenarios;
import dev.kintsugi.features.run.Session;
import dev.kintsugi.healer.Healer;
import dev.kintsugi.healer.HealerOptions;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Goes once through what a run and a healer load, so that the build can archive their classes: Java then maps them instead of
 * parsing and verifying them anew at each start.
 */
@Command(name = "rehearse", hidden = true, description = "Load what a run loads (for the build).")
final class RehearseCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "an empty folder to write to")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(folder);
        Path kubeconfig = folder.resolve("kubeconfig");
        kubeconfig.toFile().deleteOnExit();
        Installation installation = Installation.current();
        new Scenarios(List.of(), "").check();
        try (Session session = Session.open(
                        () -> EmbeddedCluster.start(new EmbeddedCluster.Options(
                                1,
                                Timings.quick(),
                                0,
                                kubeconfig,
                                folder,
                                installation.sampleApp(),
                                installation.classPath())),
                        0,
                        folder,
                        installation,
                        Progress.NONE);
                Healer healer = Healer.start(session.client(), HealerOptions.DEFAULTS.withHttp("127.0.0.1", 0))) {
            Reports.write(
                    new Run("rehearsal", Instant.EPOCH, 0, session.environment(), 0, session.scenarios()), folder);
            healer.ready();
            return ExitCode.PASSED;
        }
    }
}
