package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.existing.ExistingCluster;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.run.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster. */
final class ClusterOptions {

    private static final String EMBEDDED = "embedded";
    private static final String CONTEXT = "context";
    private static final String CONTEXT_NAMED = CONTEXT + ":";
    private static final int NODES = 2;

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            description = "embedded; or context[:NAME], a context of a kubeconfig, or the cluster that this runs in"
                    + " (default: ${DEFAULT-VALUE})",
            defaultValue = EMBEDDED)
    private String kind = "";

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "where the context is (default: what kubectl would use)")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--timings",
            paramLabel = "PROFILE",
            description = "pace of the embedded cluster: quick, or real as Kubernetes has it (default: quick)")
    private @Nullable String timings;

    /**
     * Whether what was said makes sense together.
     *
     * @throws UsageException when it does not
     */
    void check() {
        if (!kind.equals(EMBEDDED) && !isContext()) {
            throw new UsageException("--cluster " + kind + ": must be embedded or context[:NAME]");
        }
        if (kind.equals(CONTEXT_NAMED)) {
            throw new UsageException("--cluster " + kind + ": a name must follow the colon");
        }
        if (isContext()) {
            refuse("--timings", timings);
            if (kubeconfig != null && !Files.isRegularFile(kubeconfig)) {
                throw new UsageException("--kubeconfig " + kubeconfig + ": no such file");
            }
        } else {
            refuse("--kubeconfig", kubeconfig);
            Profiles.named(pace());
        }
    }

    private void refuse(String option, @Nullable Object value) {
        if (value != null) {
            throw new UsageException(option + " " + value + ": means nothing with --cluster " + kind);
        }
    }

    private String pace() {
        return Objects.requireNonNullElse(timings, "quick");
    }

    /** Whether it is a cluster that is there already. */
    boolean isContext() {
        return kind.equals(CONTEXT) || kind.startsWith(CONTEXT_NAMED);
    }

    /**
     * Starts it, or connects to it.
     *
     * @param folder for its kubeconfig and logs
     */
    Cluster open(Path folder, long seed, Installation installation) {
        Path file = folder.resolve("kubeconfig");
        file.toFile().deleteOnExit();
        if (isContext()) {
            String name = kind.startsWith(CONTEXT_NAMED) ? kind.substring(CONTEXT_NAMED.length()) : null;
            return ExistingCluster.connect(kubeconfig, name, file);
        }
        Timings pace = Profiles.named(pace());
        return EmbeddedCluster.start(new EmbeddedCluster.Options(
                NODES, pace, seed, file, folder, installation.sampleApp(), installation.classPath()));
    }
}
