package dev.kintsugi.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a fault leaves on the machines makes a scenario fail, though no step of it asks. */
class LeftBehindIT {

    private static final String RULE = "node-1: netem loss 90% on ns/web";

    @TempDir
    private Path folder;

    @Test
    void scenarioThatLeavesATrafficRuleFailsAndTheNextIsNotBlamedForIt() throws Exception {
        Path feature = Files.writeString(folder.resolve("leaks.feature"), """
                Feature: Leaks
                  Scenario: The first leaves a rule
                    Given the sample app runs with 1 replicas behind a Service
                    And users send 20 requests per second
                    And users are served steadily for 500 ms
                    When one pod is killed
                    Then the fault bites within 10 s
                  Scenario: The second finds it there
                    Given the sample app runs with 1 replicas behind a Service
                    And users send 20 requests per second
                    And users are served steadily for 500 ms
                    When one pod is killed
                    Then the fault bites within 10 s
                """);
        try (Session session = open()) {
            new Scenarios(List.of(feature.toString()), "").run();

            assertThat(session.scenarios())
                    .extracting(ScenarioResult::verdict)
                    .containsExactly(Verdict.FAILED, Verdict.PASSED);
            assertThat(session.scenarios().get(0).reason()).contains("left behind: " + RULE);
            assertThat(session.scenarios().get(0).residue()).containsExactly(RULE);
            assertThat(session.scenarios().get(1).residue()).isEmpty();
        }
    }

    private Session open() throws IOException {
        Installation installation = Installation.current();
        EmbeddedCluster.Options options = new EmbeddedCluster.Options(
                2,
                Timings.quick(),
                1,
                folder.resolve("kubeconfig"),
                folder,
                installation.sampleApp(),
                installation.classPath());
        return Session.open(() -> new Leaking(EmbeddedCluster.start(options)), 1, folder, installation, Progress.NONE);
    }

    /** A cluster on which a traffic rule stays as soon as anything was injected. */
    private record Leaking(Cluster cluster) implements Cluster {
        @Override
        public List<String> residue() {
            boolean injected = cluster.client().v1().events().inAnyNamespace().list().getItems().stream()
                    .anyMatch(event -> event.getInvolvedObject().getKind().equals("PodChaos"));
            return injected ? List.of(RULE) : cluster.residue();
        }

        @Override
        public String kind() {
            return cluster.kind();
        }

        @Override
        public String timings() {
            return cluster.timings();
        }

        @Override
        public Path kubeconfig() {
            return cluster.kubeconfig();
        }

        @Override
        public KubernetesClient client() {
            return cluster.client();
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
