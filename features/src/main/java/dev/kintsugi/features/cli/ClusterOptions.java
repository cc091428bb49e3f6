package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.apiserver.ApiServerCluster;
import dev.kintsugi.features.cluster.apiserver.KubernetesBinaries;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.existing.ExistingCluster;
import dev.kintsugi.features.cluster.existing.UnknownContext;
import dev.kintsugi.features.cluster.k3s.K3sCluster;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.workload.SampleApp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster. */
final class ClusterOptions {

    private static final String EMBEDDED = "embedded";
    private static final String K3S = "k3s";
    private static final String API_SERVER = "api-server";
    private static final String CONTEXT = "context";
    private static final String CONTEXT_NAMED = CONTEXT + ":";
    private static final int NODES = 2;

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            description =
                    "embedded; api-server, the same with a real etcd and kube-apiserver; k3s, in a container of this"
                            + " machine's Docker, with Chaos Mesh; or context[:NAME], a context of a kubeconfig, or the"
                            + " cluster that this runs in (default: ${DEFAULT-VALUE})",
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
            description = "pace of embedded and api-server: quick, or real as Kubernetes has it (default: quick)")
    private @Nullable String timings;

    @Option(
            names = "--chaos-mesh-chart",
            paramLabel = "CHART",
            description = "for k3s: an archive or folder of Chaos Mesh's Helm chart (default: the published one)")
    private @Nullable Path chart;

    @Option(
            names = "--kubernetes-binaries",
            paramLabel = "DIR",
            description = "for api-server: a folder with etcd and kube-apiserver, itself or in k8s/VERSION-OS-ARCH"
                    + " (default: downloaded to ~/.kubeapitest)")
    private @Nullable Path binaries;

    /**
     * Whether what was said makes sense together.
     *
     * @throws UsageException when it does not
     */
    void check() {
        boolean embedded = kind.equals(EMBEDDED);
        boolean apiServer = kind.equals(API_SERVER);
        boolean k3s = kind.equals(K3S);
        if (!embedded && !apiServer && !k3s && !isContext()) {
            throw new UsageException("--cluster " + kind + ": must be embedded, api-server, k3s or context[:NAME]");
        }
        if (kind.equals(CONTEXT_NAMED)) {
            throw new UsageException("--cluster " + kind + ": a name must follow the colon");
        }
        if (!embedded && !apiServer) {
            refuse("--timings", timings);
        }
        if (!isContext()) {
            refuse("--kubeconfig", kubeconfig);
        }
        if (!k3s) {
            refuse("--chaos-mesh-chart", chart);
        }
        if (!apiServer) {
            refuse("--kubernetes-binaries", binaries);
        }
        if (kubeconfig != null && !Files.isRegularFile(kubeconfig)) {
            throw new UsageException("--kubeconfig " + kubeconfig + ": no such file");
        }
        if (chart != null && !Files.exists(chart)) {
            throw new UsageException("--chaos-mesh-chart " + chart + ": no such file or folder");
        }
        found();
        Profiles.named(pace());
    }

    /** Those of the folder that was named. */
    private @Nullable KubernetesBinaries found() {
        try {
            return binaries == null ? null : KubernetesBinaries.in(binaries);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--kubernetes-binaries " + e.getMessage());
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
     * @param image of the sample app, where it is another than its manifest names
     */
    Cluster open(Path folder, long seed, Installation installation, @Nullable String image) {
        Path file = folder.resolve("kubeconfig");
        file.toFile().deleteOnExit();
        if (isContext()) {
            String name = kind.startsWith(CONTEXT_NAMED) ? kind.substring(CONTEXT_NAMED.length()) : null;
            try {
                return ExistingCluster.connect(kubeconfig, name, file);
            } catch (UnknownContext e) {
                throw new UsageException("--cluster " + kind + ": " + e.getMessage());
            }
        }
        if (kind.equals(K3S)) {
            return K3sCluster.start(new K3sCluster.Options(
                    folder,
                    installation.sampleApp(),
                    Objects.requireNonNullElse(image, SampleApp.IMAGE),
                    chart,
                    main -> installation.java(List.of(), main)));
        }
        Timings pace = Profiles.named(pace());
        if (kind.equals(API_SERVER)) {
            return ApiServerCluster.start(new ApiServerCluster.Options(
                    found(), NODES, pace, seed, file, folder, installation.sampleApp(), installation.classPath()));
        }
        return EmbeddedCluster.start(new EmbeddedCluster.Options(
                NODES, pace, seed, file, folder, installation.sampleApp(), installation.classPath()));
    }
}
