package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.workload.SampleApp;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fault that does more harm than was meant is ended while the scenario runs, and the verdict says why. */
class HarmIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String SCENARIO = """
            Feature: Harm
              Scenario: %s
                Given the sample app runs with 2 replicas behind a Service
                And users send 20 requests per second
                And users are served steadily for 1 s
                %s
                When one pod is cut off for 5 min
                Then the workload does not recover within 4 min
            """;

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // before all
    private static EmbeddedCluster cluster;

    @BeforeAll
    static void startCluster() {
        Installation installation = Installation.current();
        cluster = EmbeddedCluster.start(new EmbeddedCluster.Options(
                2,
                Timings.quick(),
                1,
                folder.resolve("kubeconfig"),
                folder,
                installation.sampleApp(),
                installation.classPath()));
    }

    @AfterAll
    static void endCluster() {
        cluster.close();
    }

    private static CompletableFuture<ScenarioResult> begin(String name, String step) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".feature"), SCENARIO.formatted(name, step));
        Path out = folder.resolve(name);
        return CompletableFuture.supplyAsync(() -> {
            Shell shell = Shell.kintsugi(
                    "run",
                    file.toString(),
                    "--cluster",
                    "context",
                    "--kubeconfig",
                    cluster.kubeconfig().toString(),
                    "--out",
                    out.toString());
            assertThat(out.resolve("run.json")).as(shell.out() + shell.err()).exists();
            Run run = Reports.read(out.resolve("run.json"));
            return run.scenarios().get(0);
        });
    }

    private static String awaitInjected() {
        await("injected").atMost(PATIENCE).until(() -> !cluster.residue().isEmpty());
        return cluster.client()
                .genericKubernetesResources("chaos-mesh.org/v1alpha1", "NetworkChaos")
                .inAnyNamespace()
                .list()
                .getItems()
                .get(0)
                .getMetadata()
                .getNamespace();
    }

    private static void assertEnded(ScenarioResult result, Verdict verdict, String reason) {
        assertThat(result.verdict()).as(result.reason()).isEqualTo(verdict);
        assertThat(result.reason())
                .contains("the fault was ended before its time: ")
                .contains(reason);
        assertThat(result.residue()).isEmpty();
        assertThat(cluster.residue()).isEmpty();
    }

    @Test
    void usersObjectiveThatIsBrokenFailsTheScenario() throws Exception {
        ScenarioResult result = begin(
                        "objective", "And the fault is ended when more than 5 % of the users' requests fail over 2 s")
                .join();

        assertEnded(result, Verdict.FAILED, "and the objective allows 5.0 %");
    }

    @Test
    void workloadThatIsNoTargetAndIsHurtFailsTheScenario() throws Exception {
        CompletableFuture<ScenarioResult> run = begin("bystander", "");

        cluster.client()
                .apps()
                .deployments()
                .inNamespace(awaitInjected())
                .withName(SampleApp.DEPENDENCY)
                .scale(0);

        assertEnded(run.join(), Verdict.FAILED, "/store, which is no target, has 0 ready pods and had 1");
    }

    @Test
    void nodeThatIsLostLeavesNothingToBeSaid() throws Exception {
        CompletableFuture<ScenarioResult> run = begin("node", "");
        awaitInjected();
        KubernetesClient client = cluster.client();
        silence(client, "\"silent\"");
        try {
            assertEnded(run.join(), Verdict.INCONCLUSIVE, "node node2 is not Ready any more");
        } finally {
            silence(client, "null");
            await("node back").atMost(PATIENCE).until(() -> client.nodes().list().getItems().stream()
                    .allMatch(node -> node.getStatus().getConditions().stream()
                            .anyMatch(c ->
                                    c.getType().equals("Ready") && c.getStatus().equals("True"))));
        }
    }

    private static void silence(KubernetesClient client, String value) {
        client.nodes()
                .withName("node2")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"simulate.kintsugi.dev/kubelet\": " + value + "}}}");
    }
}
