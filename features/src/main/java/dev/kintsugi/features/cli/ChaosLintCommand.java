package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.guard.Surroundings;
import dev.kintsugi.chaos.lint.Finding;
import dev.kintsugi.chaos.lint.Finding.Severity;
import dev.kintsugi.chaos.lint.Linter;
import dev.kintsugi.chaos.manifest.Manifest;
import java.io.PrintWriter;
import java.nio.file.Path;
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

/** Names what is refused, cannot bite or cannot end, before anything runs. */
@Command(
        name = "lint",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description =
                "Name what is refused, cannot bite or cannot end in manifests of Chaos Mesh. With a cluster named,"
                        + " also what is wrong on it: targets, rights, budgets, kernels. Changes nothing.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no errors, warnings perhaps",
            "1:errors",
            "2:nothing that can be read",
            "4:no answer from the cluster"
        })
final class ChaosLintCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE|DIR", description = "manifests: a YAML or JSON file, or a folder of them")
    private Path files = Path.of("");

    @Mixin
    private ConnectionOptions cluster = new ConnectionOptions();

    @Option(
            names = "--output",
            paramLabel = "FORM",
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE})")
    private Output output = Output.text;

    @Override
    public Integer call() {
        List<ManifestFiles.Read> all = ManifestFiles.read(files);
        List<Finding> findings = cluster.isGiven() ? onCluster(all) : onPaper(all, null);
        PrintWriter out = spec.commandLine().getOut();
        if (output == Output.json) {
            Output.json(out, findings.stream().map(Preparation::toMap).toList());
        } else {
            findings.forEach(out::println);
            out.flush();
        }
        return findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR)
                ? ExitCode.FAILED
                : ExitCode.PASSED;
    }

    private List<Finding> onCluster(List<ManifestFiles.Read> all) {
        List<Manifest> manifests = all.stream()
                .flatMap(read -> read.reading().manifests().stream())
                .toList();
        try (Connection connection = cluster.connect();
                Experiments experiments = new Experiments(connection)) {
            return onPaper(all, experiments.surroundings(manifests));
        }
    }

    private static List<Finding> onPaper(List<ManifestFiles.Read> all, @Nullable Surroundings surroundings) {
        List<Finding> findings = new ArrayList<>();
        for (ManifestFiles.Read read : all) {
            if (read.reading().problem() != null) {
                findings.addAll(Linter.lint(read.reading(), read.file().toString()));
            }
            read.reading().manifests().forEach(manifest -> findings.addAll(Linter.lint(manifest, surroundings)));
        }
        return findings;
    }
}
