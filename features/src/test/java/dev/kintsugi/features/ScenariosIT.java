package dev.kintsugi.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.k3s.K3sCluster;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.run.Progress;
import dev.kintsugi.features.run.Session;
import dev.kintsugi.features.workload.SampleApp;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import io.cucumber.core.options.Constants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.platform.suite.api.AfterSuite;
import org.junit.platform.suite.api.BeforeSuite;
import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.IncludeEngines;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** Every scenario that comes with Kintsugi, each as a test of its own. */
@Suite
@IncludeEngines("cucumber")
@SelectPackages("scenarios")
@ConfigurationParameter(key = Constants.GLUE_PROPERTY_NAME, value = "dev.kintsugi.features.steps")
@ConfigurationParameter(key = Constants.PLUGIN_PROPERTY_NAME, value = "dev.kintsugi.features.run.RunListener")
@ConfigurationParameter(key = Constants.PLUGIN_PUBLISH_QUIET_PROPERTY_NAME, value = "true")
class ScenariosIT {

    private static final long SEED = 1;
    private static final int NODES = 2;

    private static Session session;
    private static Instant startedAt;

    @BeforeSuite
    static void openSession() throws IOException {
        startedAt = Instant.now();
        Installation installation = Installation.current();
        Path folder = installation.runs().resolve("verify");
        Path work = folder.resolve("cluster");
        Files.createDirectories(work);
        session = Session.open(() -> cluster(installation, work), SEED, folder, installation, Progress.NONE);
    }

    /** The embedded one unless the build says otherwise, as {@code -Pk3s} does. */
    private static Cluster cluster(Installation installation, Path work) {
        return switch (System.getProperty("kintsugi.cluster", "embedded")) {
            case "k3s" ->
                K3sCluster.start(new K3sCluster.Options(
                        work,
                        installation.sampleApp(),
                        SampleApp.IMAGE,
                        null,
                        main -> installation.java(List.of(), main)));
            default ->
                EmbeddedCluster.start(new EmbeddedCluster.Options(
                        NODES,
                        Timings.quick(),
                        SEED,
                        work.resolve("kubeconfig"),
                        work,
                        installation.sampleApp(),
                        installation.classPath()));
        };
    }

    @AfterSuite
    static void everyScenarioPassedForAReason() {
        try (Session ending = session) {
            Run run = new Run(
                    "verify",
                    startedAt,
                    Duration.between(startedAt, Instant.now()).toMillis(),
                    ending.environment(),
                    SEED,
                    ending.scenarios());
            Reports.write(run, Installation.current().runs().resolve("verify"));
            assertThat(run.scenarios()).allSatisfy(scenario -> assertThat(scenario.verdict())
                    .as("%s: %s", scenario.name(), scenario.reason())
                    .isIn(Verdict.PASSED, ending.cluster().shared() ? Verdict.SKIPPED : Verdict.PASSED));
            assertThat(run.scenarios()).extracting(ScenarioResult::verdict).contains(Verdict.PASSED);
            assertThat(run.scenarios()).extracting(ScenarioResult::id).doesNotHaveDuplicates();
        }
    }
}
