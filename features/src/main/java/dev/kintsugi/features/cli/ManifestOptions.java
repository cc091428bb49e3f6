package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.lint.Finding;
import dev.kintsugi.chaos.lint.Finding.Severity;
import dev.kintsugi.chaos.lint.Linter;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.features.run.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A manifest, the cluster that it is for, and within what limits. */
final class ManifestOptions {

    @Parameters(paramLabel = "FILE", description = "a manifest of Chaos Mesh")
    private Path file = Path.of("");

    @Mixin
    private ConnectionOptions cluster = new ConnectionOptions();

    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "the victims are drawn from it (default: ${DEFAULT-VALUE})")
    private long seed;

    Path file() {
        return file;
    }

    /**
     * The manifest, which must be the only one in its file.
     *
     * @throws UsageException when no cluster would take it as it is
     */
    Manifest manifest() {
        Manifest manifest = ManifestFiles.one(file);
        List<Finding> wrong = Linter.lint(manifest, null).stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
        if (!wrong.isEmpty()) {
            throw new UsageException(wrong.stream().map(Finding::toString).collect(Collectors.joining("\n          ")));
        }
        return manifest;
    }

    Connection connect() {
        return cluster.connect();
    }

    /** What it would do, and what speaks against it. */
    Preparation prepare(Manifest manifest, Connection connection, Experiments experiments) {
        return Preparation.of(manifest, experiments, limits.limits(connection), seed);
    }
}
