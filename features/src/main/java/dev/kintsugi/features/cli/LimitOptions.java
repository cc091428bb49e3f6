package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.guard.Limits;
import dev.kintsugi.features.run.UsageException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What must not be done. */
final class LimitOptions {

    private static final int WHOLE = 100;

    @Option(
            names = "--max-share",
            paramLabel = "PERCENT",
            defaultValue = "50",
            description = "largest share of a workload's pods that may be hit, 1 to 100 (default: ${DEFAULT-VALUE})")
    private int maxShare;

    @Option(names = "--below-budget", description = "hit more pods than their disruption budget allows")
    private boolean belowBudget;

    @Option(
            names = "--protect",
            paramLabel = "NAMES",
            description = "namespaces in which nothing is broken, by commas, in place of the default: kube-system,"
                    + " kube-public, kube-node-lease, chaos-mesh, self-healing")
    private @Nullable String protect;

    @Option(
            names = "--own-cluster",
            description = "nobody else works on this cluster: a namespace need not carry the annotation"
                    + " kintsugi.dev/chaos=allowed")
    private boolean ownCluster;

    Limits limits(Connection connection) {
        if (maxShare < 1 || maxShare > WHOLE) {
            throw new UsageException("--max-share " + maxShare + ": must be from 1 to 100");
        }
        Set<String> closed = protect == null
                ? Limits.PROTECTED
                : Arrays.stream(protect.split(",", -1))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .collect(Collectors.toSet());
        return new Limits(closed, !ownCluster && !connection.isEmbedded(), (double) maxShare / WHOLE, belowBudget);
    }
}
