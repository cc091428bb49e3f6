package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.manifest.Manifest;
import java.nio.file.Path;
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

    /** The manifest, which must be the only one in its file. */
    Manifest manifest() {
        return ManifestFiles.one(file);
    }

    Connection connect() {
        return cluster.connect();
    }

    /** What it would do, and what speaks against it. */
    Preparation prepare(Manifest manifest, Connection connection, Experiments experiments) {
        return Preparation.of(manifest, experiments, limits.limits(connection), seed);
    }
}
