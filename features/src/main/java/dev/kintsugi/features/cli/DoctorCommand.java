package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import dev.kintsugi.features.cluster.existing.Finding;
import dev.kintsugi.features.run.Checkup;
import dev.kintsugi.features.run.Installation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says whether a run can take place on a cluster. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description = "Look whether scenarios can run on a cluster, and say what would help.",
        footer = {"", "Exit codes: 0 they can, at least some; 4 they cannot."})
final class DoctorCommand implements Callable<Integer> {

    private static final long SEED = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--sample-app-image",
            paramLabel = "IMAGE",
            description = "try whether a pod with this image starts (default: the image of the sample app)")
    private @Nullable String image;

    @Override
    public Integer call() throws IOException {
        cluster.check();
        Path folder = Files.createTempDirectory("kintsugi-doctor-");
        List<Finding> findings;
        try (Cluster examined = cluster.open(folder, SEED, Installation.current(), image)) {
            findings = Checkup.thorough(examined, image);
        } catch (ClusterUnavailable e) {
            findings = List.of(Checkup.unavailable(e));
        } finally {
            Folders.delete(folder);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(FindingTable.render(findings));
        out.flush();
        return Checkup.allows(findings) ? ExitCode.PASSED : ExitCode.INCONCLUSIVE;
    }
}
