package dev.kintsugi.features.run;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the parts of Kintsugi lie that are not on the class path: the checkout that the build filled.
 *
 * @param home the top folder of the checkout
 */
public record Installation(Path home) {

    private static final String HOME = "kintsugi.home";

    /** The one that this JVM was started from: system property {@code kintsugi.home}, else the current folder. */
    public static Installation current() {
        return new Installation(
                Path.of(System.getProperty(HOME, ".")).toAbsolutePath().normalize());
    }

    /** The sample app as the build packed it: jar, libraries, class archive and launch options. */
    public Path sampleApp() {
        return home.resolve("sample-app/target/app");
    }

    /** Where runs are written by default. */
    public Path runs() {
        return home.resolve("reports/target/runs");
    }

    /** Where this JVM has its classes from: absolute, since other processes have other working folders. */
    public String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().normalize().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The command line that starts another JVM with this one's classes, up to and including the main class. */
    public List<String> java(List<String> options, String mainClass) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Path archive = home.resolve("features/target/kintsugi.jsa");
        Path jar = home.resolve("features/target/kintsugi.jar");
        if (Files.isRegularFile(archive) && classPath().equals(jar.toString())) {
            words.add("-XX:SharedArchiveFile=" + archive);
            words.add("-Xshare:auto");
            words.add("-Xlog:disable");
            words.add("-Xlog:all=error:stderr");
        }
        words.addAll(options);
        words.add("-D" + HOME + "=" + home);
        words.add("-cp");
        words.add(classPath());
        words.add(mainClass);
        return List.copyOf(words);
    }
}
