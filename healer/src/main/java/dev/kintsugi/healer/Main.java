package dev.kintsugi.healer;

import ch.qos.logback.classic.Level;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The healer as a process of its own. */
@Command(
        name = "healer",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Watches a Kubernetes cluster, heals what fails in it, and proves that it is healed.",
        footer = {
            "",
            "Thresholds are in the ConfigMap self-healing-config and are reloaded when it changes.",
            "Exit codes: 0 ended by SIGTERM or SIGINT, 2 wrong usage, 4 could not start."
        })
public final class Main implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(Main.class);
    private static final int COULD_NOT_START = 4;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Which cluster. Without it: $KUBECONFIG, ~/.kube/config, or the cluster this runs in.")
    private @Nullable File kubeconfig;

    @Option(
            names = "--http",
            paramLabel = "ADDRESS:PORT",
            defaultValue = "${env:KINTSUGI_HTTP:-127.0.0.1:8080}",
            description = {
                "Where to serve /metrics, /livez and /readyz; port 0: any free one.",
                "Also by KINTSUGI_HTTP. Default: 127.0.0.1:8080"
            })
    private String http = "";

    @Option(
            names = "--http-address-file",
            paramLabel = "FILE",
            description = "Write the address served on (ADDRESS:PORT) into this file.")
    private @Nullable Path httpAddressFile;

    @Option(
            names = "--namespace-of-config",
            paramLabel = "NAME",
            defaultValue = "${env:KINTSUGI_CONFIG_NAMESPACE:-self-healing}",
            description = "Where the ConfigMap is. Also by KINTSUGI_CONFIG_NAMESPACE. Default: self-healing")
    private String configNamespace = "";

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "${env:KINTSUGI_LOG_LEVEL:-info}",
            description = "error, warn, info, debug or trace. Also by KINTSUGI_LOG_LEVEL. Default: info")
    private String logLevel = "";

    private Main() {}

    /** Runs until SIGTERM or SIGINT. */
    public static void main(String[] args) {
        int code = commandLine().execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** The healer as a command: for a process of its own, or to stand among others. It runs until SIGTERM or SIGINT. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main()).setUsageHelpWidth(80).setParameterExceptionHandler(Main::misused);
    }

    private static int misused(ParameterException misuse, String[] arguments) {
        CommandLine command = misuse.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + misuse.getMessage());
        command.getErr().println("Try '" + name + " --help'.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"healer " + Objects.requireNonNullElse(version, "development")};
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        HealerOptions options = options();
        Level level = Level.toLevel(logLevel, null);
        if (level == null) {
            throw usage("--log-level: '" + logLevel + "' is none of error, warn, info, debug, trace");
        }
        Config config = config();
        JsonLogs.install(level);
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            Healer healer = Healer.start(client, options);
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(healer, client, ended), "healer-end"));
            writeAddress(healer.httpAddress());
            ended.await();
            return 0;
        } catch (IOException e) {
            log.error("{}", e.getMessage());
            return COULD_NOT_START;
        }
    }

    /** A signal is how a healer is meant to end, so the exit code is 0 and not the JVM's 143. */
    private static void end(Healer healer, KubernetesClient client, CountDownLatch ended) {
        healer.close();
        client.close();
        log.info("ended");
        ended.countDown();
        Runtime.getRuntime().halt(0);
    }

    private HealerOptions options() {
        int colon = http.lastIndexOf(':');
        try {
            String address = http.substring(0, colon);
            int port = Integer.parseInt(http.substring(colon + 1));
            if (address.isEmpty() || port < 0 || port > 65_535) {
                throw new IllegalArgumentException(http);
            }
            return HealerOptions.DEFAULTS.withHttp(address, port).withConfigNamespace(configNamespace);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw usage("--http: '" + http + "' is not ADDRESS:PORT, e.g. 127.0.0.1:8080");
        }
    }

    private Config config() {
        if (kubeconfig == null) {
            return Config.autoConfigure(null);
        }
        if (!kubeconfig.canRead()) {
            throw usage("--kubeconfig: cannot read " + kubeconfig);
        }
        try {
            return Config.fromKubeconfig(kubeconfig);
        } catch (RuntimeException e) {
            throw usage("--kubeconfig: " + kubeconfig + " is not a kubeconfig: " + Healer.rootCause(e));
        }
    }

    private void writeAddress(InetSocketAddress address) throws IOException {
        if (httpAddressFile == null) {
            return;
        }
        Path whole = httpAddressFile.resolveSibling(httpAddressFile.getFileName() + ".tmp");
        Files.writeString(whole, address.getAddress().getHostAddress() + ":" + address.getPort() + "\n");
        Files.move(whole, httpAddressFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
