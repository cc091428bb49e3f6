package dev.kintsugi.features.run;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a scenario is called outside of Cucumber.
 *
 * @param id stable from run to run: the feature file without its ending, a colon, and the scenario's title in lower case with
 *     hyphens
 * @param feature where it stands, as {@code kintsugi run} takes it: file and line
 * @param namespace what its namespace is to be called
 */
public record ScenarioName(String id, String feature, String namespace) {

    /** The folder of the class path that holds the scenarios that come with Kintsugi. */
    public static final String BUILT_IN = "scenarios";

    /** A label of DNS has 63 characters at most; four are left for a number, see {@link Session#namespace}. */
    private static final int LONGEST_NAMESPACE = 59;

    private static final String ENDING = ".feature";

    /** Names a scenario by its file, its title and its line. */
    public static ScenarioName of(URI uri, String title, int line) {
        String file = file(uri);
        String stem = file.endsWith(ENDING) ? file.substring(0, file.length() - ENDING.length()) : file;
        String slug = slug(title);
        String suffix = "-" + line;
        String namespace = slug.substring(0, Math.min(slug.length(), LONGEST_NAMESPACE - suffix.length()))
                        .replaceAll("-$", "")
                + suffix;
        return new ScenarioName(stem + ":" + slug, file + ":" + line, namespace);
    }

    private static String file(URI uri) {
        if ("classpath".equals(uri.getScheme())) {
            String path = uri.getSchemeSpecificPart().replaceFirst("^/+", "");
            return path.startsWith(BUILT_IN + "/") ? path.substring(BUILT_IN.length() + 1) : path;
        }
        Path path = Path.of(uri.getSchemeSpecificPart()).toAbsolutePath().normalize();
        Path here = Path.of("").toAbsolutePath();
        return (path.startsWith(here) ? here.relativize(path) : path).toString();
    }

    private static String slug(String title) {
        String slug =
                title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return slug.isEmpty() ? "scenario" : slug;
    }
}
