package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.Machinery.Mesh;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.run.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The embedded cluster by itself. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description = "Run the embedded cluster alone.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = ClusterCommand.Up.class)
final class ClusterCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? The one that exists is 'kintsugi cluster up'.");
    }

    @Command(
            name = "up",
            mixinStandardHelpOptions = true,
            versionProvider = Kintsugi.Versions.class,
            description = "Start the embedded cluster and keep it until Ctrl-C.")
    static final class Up implements Callable<Integer> {

        private static final int MOST_NODES = 1_000;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Option(
                names = "--nodes",
                paramLabel = "N",
                defaultValue = "2",
                description = "how many nodes, 1 to 1000 (default: ${DEFAULT-VALUE})")
        private int nodes;

        @Option(
                names = "--kubeconfig",
                paramLabel = "FILE",
                description = "write the kubeconfig here, readable for you alone (default: a file in a new folder under"
                        + " the folder for temporary files)")
        private @Nullable Path kubeconfig;

        @Option(
                names = "--timings",
                paramLabel = "PROFILE",
                defaultValue = "real",
                description = "real (those of Kubernetes) or quick (default: ${DEFAULT-VALUE})")
        private String timings = "";

        @Option(
                names = "--chaos-mesh",
                paramLabel = "on|filtered|off",
                defaultValue = "on",
                description =
                        "whether Chaos Mesh's resources and controllers are there; filtered: they choose only from"
                                + " namespaces with the annotation chaos-mesh.org/inject=enabled (default: ${DEFAULT-VALUE})")
        private String chaosMesh = "";

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "generated names and UIDs are drawn from it (default: another one each time)")
        private @Nullable Long seed;

        @Override
        public Integer call() throws IOException, InterruptedException {
            if (nodes < 1 || nodes > MOST_NODES) {
                throw new UsageException("--nodes " + nodes + ": must be from 1 to " + MOST_NODES);
            }
            Timings pace = Profiles.named(timings);
            Mesh mesh =
                    switch (chaosMesh) {
                        case "on" -> Mesh.ON;
                        case "filtered" -> Mesh.FILTERED;
                        case "off" -> Mesh.OFF;
                        default ->
                            throw new UsageException("--chaos-mesh " + chaosMesh + ": must be on, filtered or off");
                    };
            if (kubeconfig != null) {
                refuseToReplace(kubeconfig);
            }
            Path folder = Files.createTempDirectory("kintsugi-");
            Path file = kubeconfig == null ? folder.resolve("kubeconfig") : kubeconfig.toAbsolutePath();
            file.toFile().deleteOnExit();
            Logging.to(folder.resolve("kintsugi.log"));
            CountDownLatch ended = new CountDownLatch(1);
            CountDownLatch closed = new CountDownLatch(1);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                ended.countDown();
                                await(closed);
                            },
                            "end"));
            try {
                try (EmbeddedCluster cluster = EmbeddedCluster.start(new EmbeddedCluster.Options(
                        nodes,
                        pace,
                        seed == null ? System.nanoTime() : seed,
                        file,
                        folder,
                        Installation.current().sampleApp(),
                        Installation.current().classPath(),
                        mesh))) {
                    PrintWriter out = spec.commandLine().getOut();
                    out.println("A Kubernetes cluster of " + nodes + (nodes == 1 ? " node" : " nodes") + " is up at "
                            + cluster.url() + ", until Ctrl-C.");
                    out.println();
                    out.println("  export KUBECONFIG=" + file);
                    out.println("  kubectl get nodes");
                    out.println();
                    out.println("Image kintsugi/sample-app runs as real processes, any other is simulated.");
                    out.println(
                            switch (mesh) {
                                case ON -> "Chaos Mesh's PodChaos, NetworkChaos, StressChaos and HTTPChaos act on it.";
                                case FILTERED ->
                                    "Chaos Mesh acts on namespaces with the annotation chaos-mesh.org/inject=enabled.";
                                case OFF -> "Chaos Mesh is left out.";
                            });
                    out.println("Log, while it lasts: " + folder.resolve("kintsugi.log"));
                    out.flush();
                    ended.await();
                }
                Folders.delete(folder);
            } finally {
                closed.countDown();
            }
            return ExitCode.PASSED;
        }

        /**
         * A file that is there is replaced only when it says of itself that it is the embedded cluster's: the kubeconfig of
         * another cluster would be lost for good.
         */
        private static void refuseToReplace(Path file) throws IOException {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
                throw new UsageException("--kubeconfig " + file + ": must be a file in a folder that exists");
            }
            if (Files.exists(file) && !Files.readString(file).contains("current-context: kintsugi\n")) {
                throw new UsageException("--kubeconfig " + file
                        + ": there is a file already that belongs to something else; choose another name");
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(4, TimeUnit.SECONDS)) {
                    Runtime.getRuntime().halt(ExitCode.INCONCLUSIVE);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
