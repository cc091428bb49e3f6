package dev.kintsugi.features.cluster;

import dev.kintsugi.features.cluster.embedded.node.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The sample app as the build packed it, run by this machine's Java. */
public final class SampleAppImage {

    /** The image that the name stands for, of any tag. */
    static final String REPOSITORY = "kintsugi/sample-app";

    private static final String OPTIONS = "java.options";
    private static final String JAR = "sample-app.jar";
    private static final String ARCHIVE = "-XX:SharedArchiveFile=";

    private SampleAppImage() {}

    /**
     * Reads the launch options.
     *
     * @throws IllegalStateException when the build did not pack the app
     */
    public static Images in(Path folder) {
        Path jar = folder.resolve(JAR);
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("the sample app is not built: " + jar + " is missing; `mvn -Dquick"
                    + " -DskipTests package` builds it");
        }
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        try {
            for (String option : Files.readAllLines(folder.resolve(OPTIONS))) {
                if (option.startsWith(ARCHIVE)) {
                    words.add(ARCHIVE + folder.resolve(option.substring(ARCHIVE.length())));
                } else if (!option.isBlank()) {
                    words.add(option.strip());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the launch options of the sample app cannot be read: " + e.getMessage(), e);
        }
        words.add("-jar");
        words.add(jar.toString());
        return Images.of(REPOSITORY, words);
    }
}
