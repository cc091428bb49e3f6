package dev.kintsugi.features.cli;

import dev.kintsugi.chaos.lint.Finding;
import dev.kintsugi.chaos.lint.Linter;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.features.run.UsageException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The manifests that a command was given. */
final class ManifestFiles {

    /** A file and what was found in it. */
    record Read(Path file, Manifest.Reading reading) {}

    private static final long MOST_BYTES = 3L << 20;

    private ManifestFiles() {}

    /**
     * Reads a file, or all YAML and JSON files of a folder and those below.
     *
     * @throws UsageException when there is none, or nothing of Chaos Mesh in them
     */
    static List<Read> read(Path fileOrFolder) {
        List<Read> all =
                files(fileOrFolder).stream().map(ManifestFiles::readOne).toList();
        if (all.stream()
                .allMatch(read -> read.reading().problem() == null
                        && read.reading().manifests().isEmpty())) {
            throw new UsageException(fileOrFolder + ": there is no resource of Chaos Mesh (apiVersion"
                    + " chaos-mesh.org/v1alpha1) in it");
        }
        return all;
    }

    /** The one manifest of a file, which must be in order. */
    static Manifest one(Path file) {
        if (Files.isDirectory(file)) {
            throw new UsageException(file + ": is a folder; name one file");
        }
        Read read = read(file).get(0);
        if (read.reading().problem() != null) {
            Finding finding =
                    Linter.lint(read.reading(), read.file().toString()).get(0);
            throw new UsageException(finding.toString());
        }
        if (read.reading().manifests().size() > 1) {
            throw new UsageException(file + ": has "
                    + read.reading().manifests().size() + " resources of Chaos Mesh; put each into a file of its own");
        }
        return read.reading().manifests().get(0);
    }

    private static List<Path> files(Path fileOrFolder) {
        if (!Files.isDirectory(fileOrFolder)) {
            return List.of(fileOrFolder);
        }
        try (Stream<Path> found = Files.walk(fileOrFolder)) {
            return found.filter(Files::isRegularFile)
                    .filter(ManifestFiles::isManifest)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UsageException(fileOrFolder + " cannot be read");
        }
    }

    private static boolean isManifest(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }

    private static Read readOne(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new UsageException(file + ": there is no such file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new UsageException(file + ": is larger than a manifest can be, 3 MiB");
            }
            return new Read(file, Manifest.read(file.toString(), Files.readString(file)));
        } catch (MalformedInputException e) {
            throw new UsageException(file + ": is no text in UTF-8");
        } catch (IOException e) {
            throw new UsageException(file + " cannot be read");
        }
    }
}
