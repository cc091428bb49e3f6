package dev.kintsugi.features.cluster.k3s;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.kintsugi.features.cluster.NotBuilt;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** The image of the sample app as an archive that {@code docker load} and {@code ctr images import} read; made without Docker. */
final class SampleAppArchive {

    /** What the app runs on. */
    static final String BASE = "eclipse-temurin:17-jre";

    private static final String HOME = "/app";
    private static final String JAR = "sample-app.jar";
    private static final String LIBRARIES = "lib";
    private static final String OPTIONS = "java.options";
    private static final int PORT = 8080;
    private static final String NOBODY = "10001:10001";

    private SampleAppArchive() {}

    /**
     * Writes the archive; the base comes from its registry.
     *
     * @param app the folder in which the build packed the sample app
     * @param image the name to be given to it
     * @throws NotBuilt when the build did not pack the app
     * @throws ClusterUnavailable when the base cannot be had
     */
    static void write(Path app, String image, Path archive) throws InterruptedException {
        try {
            JibContainerBuilder base = Jib.from(BASE).setPlatforms(Set.of(new Platform(architecture(), "linux")));
            write(app, base, image, archive, false);
        } catch (InvalidImageReferenceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** As images name it: Docker's machine is taken to be of this one's kind, and a node takes no image of another. */
    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("aarch64") ? "arm64" : name.equals("x86_64") ? "amd64" : name;
    }

    /** @param offline whether to do without the network, for a base that needs none */
    static void write(Path app, JibContainerBuilder base, String image, Path archive, boolean offline)
            throws InterruptedException {
        if (!Files.isRegularFile(app.resolve(JAR))) {
            throw new NotBuilt(app.resolve(JAR));
        }
        try {
            base.addLayer(libraries(app), AbsoluteUnixPath.get(HOME + "/" + LIBRARIES))
                    .addLayer(List.of(app.resolve(JAR)), AbsoluteUnixPath.get(HOME))
                    .setEntrypoint(entrypoint(Files.readAllLines(app.resolve(OPTIONS))))
                    .setWorkingDirectory(AbsoluteUnixPath.get(HOME))
                    .addExposedPort(Port.tcp(PORT))
                    .setUser(NOBODY)
                    .containerize(Containerizer.to(TarImage.at(archive).named(image))
                            .setOfflineMode(offline)
                            .setToolName("kintsugi"));
        } catch (IOException | ExecutionException | RegistryException | CacheDirectoryCreationException e) {
            throw new ClusterUnavailable(
                    "the image " + image + " cannot be built on " + BASE + ": " + e.getMessage(), e);
        } catch (InvalidImageReferenceException e) {
            throw new ClusterUnavailable("--sample-app-image " + image + " is no image name", e);
        }
    }

    private static List<Path> libraries(Path app) throws IOException {
        try (Stream<Path> files = Files.list(app.resolve(LIBRARIES))) {
            return files.sorted().toList();
        }
    }

    /** The app's own options; class data that this machine's Java archived would be of no use to another's. */
    private static List<String> entrypoint(List<String> options) {
        List<String> words = new ArrayList<>(List.of("java"));
        options.stream()
                .map(String::strip)
                .filter(option -> !option.isEmpty() && !option.startsWith("-XX:SharedArchiveFile="))
                .forEach(words::add);
        words.addAll(List.of("-jar", HOME + "/" + JAR));
        return words;
    }
}
