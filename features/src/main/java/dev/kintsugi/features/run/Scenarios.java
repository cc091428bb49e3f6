package dev.kintsugi.features.run;

import dev.kintsugi.features.cluster.Capabilities;
import dev.kintsugi.features.cluster.Capability;
import io.cucumber.core.feature.FeatureWithLines;
import io.cucumber.core.feature.GluePath;
import io.cucumber.core.gherkin.FeatureParserException;
import io.cucumber.core.options.RuntimeOptions;
import io.cucumber.core.options.RuntimeOptionsBuilder;
import io.cucumber.core.runtime.Runtime;
import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.SnippetsSuggestedEvent;
import io.cucumber.plugin.event.TestCaseStarted;
import io.cucumber.tagexpressions.TagExpressionException;
import io.cucumber.tagexpressions.TagExpressionParser;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Chosen scenarios, and the Cucumber that runs them.
 *
 * @param features files, folders or names of features that come with Kintsugi, each with lines if wanted
 *     ({@code pod/pod-kill.feature:7}); empty means all that come with Kintsugi
 * @param tags a tag expression such as {@code @mission and not @control}; empty means all
 */
public record Scenarios(List<String> features, String tags) {

    private static final String GLUE = "dev.kintsugi.features.steps";

    public Scenarios {
        features = List.copyOf(features);
    }

    /**
     * Counts what would run, without running it.
     *
     * @throws UsageException when a file is missing or does not parse, when a tag expression is wrong, when a step or a need is
     *     unknown, or when nothing is left to run
     */
    public int check() {
        AtomicInteger count = new AtomicInteger();
        List<String> unknown = new ArrayList<>();
        Set<String> needs = new TreeSet<>();
        ConcurrentEventListener listener = publisher -> {
            publisher.registerHandlerFor(TestCaseStarted.class, event -> {
                count.incrementAndGet();
                Capabilities.unknown(event.getTestCase().getTags()).forEach(needs::add);
            });
            publisher.registerHandlerFor(
                    SnippetsSuggestedEvent.class,
                    event -> unknown.add(
                            event.getUri() + ":" + event.getStepLocation().getLine() + ": "
                                    + event.getSuggestion().getStep()));
        };
        try {
            runtime(true, listener).run();
        } catch (FeatureParserException e) {
            throw new UsageException("a feature does not parse: " + e.getMessage());
        }
        if (!unknown.isEmpty()) {
            throw new UsageException("no such step:\n  " + String.join("\n  ", unknown)
                    + "\nThe steps that exist are listed in features/README.md.");
        }
        if (!needs.isEmpty()) {
            throw new UsageException("no such need: " + String.join(", ", needs) + "; there are "
                    + Stream.of(Capability.values()).map(Capability::tag).collect(Collectors.joining(", ")));
        }
        if (count.get() == 0) {
            throw new UsageException("no scenario is left to run: features " + (features.isEmpty() ? "(all)" : features)
                    + ", tags " + (tags.isEmpty() ? "(any)" : tags));
        }
        return count.get();
    }

    /** Runs them one after the other in the current session, which collects the results. */
    public void run() {
        runtime(false, new RunListener()).run();
    }

    private Runtime runtime(boolean dry, ConcurrentEventListener listener) {
        return Runtime.builder()
                .withRuntimeOptions(options(dry))
                .withClassLoader(Scenarios.class::getClassLoader)
                .withAdditionalPlugins(listener)
                .build();
    }

    private RuntimeOptions options(boolean dry) {
        RuntimeOptionsBuilder builder = new RuntimeOptionsBuilder()
                .addGlue(GluePath.parse(GLUE))
                .setDryRun(dry)
                .setPublishQuiet(true)
                .setMonochrome(true)
                .setNoSummary();
        List<String> chosen = features.isEmpty() ? List.of("") : features;
        chosen.forEach(feature -> builder.addFeature(FeatureWithLines.parse(locate(feature))));
        if (!tags.isBlank()) {
            try {
                builder.addTagFilter(TagExpressionParser.parse(tags));
            } catch (TagExpressionException e) {
                throw new UsageException("--tags \"" + tags + "\" is no tag expression: " + e.getMessage()
                        + "; right would be \"@pod-kill or @network-loss\"");
            }
        }
        return builder.build();
    }

    /** A file or folder if there is one of that name, else a feature that comes with Kintsugi. */
    private static String locate(String feature) {
        String path = feature.replaceFirst("(:\\d+)+$", "");
        if (!path.isEmpty() && Files.exists(Path.of(path))) {
            return feature;
        }
        String builtIn = ScenarioName.BUILT_IN + (feature.isEmpty() ? "" : "/" + feature);
        URL found = Scenarios.class.getResource("/" + ScenarioName.BUILT_IN + (path.isEmpty() ? "" : "/" + path));
        if (found == null) {
            throw new UsageException("no feature " + path + ": neither a file or folder here nor one that comes with"
                    + " Kintsugi, such as pod/pod-kill.feature");
        }
        return "classpath:" + builtIn;
    }
}
