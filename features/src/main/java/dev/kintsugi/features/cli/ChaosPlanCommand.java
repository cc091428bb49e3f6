package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.manifest.Manifest;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows whom a manifest would hit. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description = "Show the victims and the blast radius of a manifest on a cluster, and what speaks against it."
                + " Changes nothing.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it may be applied", "1:it would be refused", "2:usage", "4:no answer from the cluster"})
final class ChaosPlanCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ManifestOptions given = new ManifestOptions();

    @Option(
            names = "--output",
            paramLabel = "FORM",
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE})")
    private Output output = Output.text;

    @Override
    public Integer call() {
        Manifest manifest = given.manifest();
        try (Connection connection = given.connect();
                Experiments experiments = new Experiments(connection)) {
            Preparation preparation = given.prepare(manifest, connection, experiments);
            PrintWriter out = spec.commandLine().getOut();
            if (output == Output.json) {
                Output.json(out, preparation.toMap());
            } else {
                preparation.print(out);
                out.flush();
            }
            return preparation.isAllowed() ? ExitCode.PASSED : ExitCode.FAILED;
        }
    }
}
