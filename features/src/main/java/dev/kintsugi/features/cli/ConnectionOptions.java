package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.features.run.UsageException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster a command speaks to. */
final class ConnectionOptions {

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "the cluster's kubeconfig (default: KUBECONFIG, ~/.kube/config or the pod's account)")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "one of its contexts (default: the current one)")
    private @Nullable String context;

    /** Whether one was named. */
    boolean isGiven() {
        return kubeconfig != null || context != null;
    }

    Connection connect() {
        try {
            return Connection.open(kubeconfig, context);
        } catch (IllegalArgumentException e) {
            throw new UsageException((context == null ? "--kubeconfig: " : "--context: ") + e.getMessage());
        }
    }
}
