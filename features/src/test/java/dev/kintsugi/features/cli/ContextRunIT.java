package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.run.Installation;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a cluster that it knows by nothing but a kubeconfig. */
class ContextRunIT {

    @TempDir
    private Path folder;

    /** As a user starts one, in a process of its own. */
    private final class ClusterUp implements AutoCloseable {

        private final Process process;
        private final KubernetesClient client;

        ClusterUp(boolean chaosMesh) throws IOException {
            Path kubeconfig = folder.resolve("kubeconfig");
            List<String> words = new ArrayList<>(Installation.current().java(List.of(), Kintsugi.class.getName()));
            words.addAll(List.of("cluster", "up", "--timings", "quick", "--chaos-mesh", chaosMesh ? "on" : "off"));
            words.addAll(List.of("--kubeconfig", kubeconfig.toString()));
            Path printed = folder.resolve("printed");
            process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(printed.toFile())
                    .start();
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> !process.isAlive()
                            || Files.readString(printed).contains("A Kubernetes cluster of 2 nodes is up"));
            assertThat(process.isAlive()).as(Files.readString(printed)).isTrue();
            client = new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                    .build();
        }

        KubernetesClient client() {
            return client;
        }

        @Override
        public void close() {
            client.close();
            process.destroy();
            assertThat(process.onExit()).as("it ends when asked to").succeedsWithin(Duration.ofSeconds(15));
        }
    }

    private Run run(int exitCode, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "run",
                "--cluster",
                "context:kintsugi",
                "--kubeconfig",
                folder.resolve("kubeconfig").toString(),
                "--out",
                folder.resolve("out").toString()));
        words.addAll(List.of(arguments));
        Shell shell = Shell.kintsugi(words.toArray(String[]::new));
        assertThat(shell.exitCode()).as(shell.out() + shell.err()).isEqualTo(exitCode);
        return Reports.read(folder.resolve("out/run.json"));
    }

    private static List<String> namespaces(KubernetesClient client) {
        return client.namespaces().list().getItems().stream()
                .map(namespace -> namespace.getMetadata().getName())
                .toList();
    }

    @Test
    void networkLossBitesThroughTheServersProxyAndNothingOfOthersIsTouched() throws Exception {
        try (ClusterUp cluster = new ClusterUp(true)) {
            KubernetesClient client = cluster.client();
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName("self-healing")
                            .endMetadata()
                            .build())
                    .create();
            ConfigMap foreign = client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("self-healing-config")
                            .withNamespace("self-healing")
                            .endMetadata()
                            .addToData("cooldown", "600")
                            .build())
                    .create();
            List<String> before = namespaces(client);

            Run run = run(ExitCode.PASSED, "network/network-loss.feature", "--reach", "proxy");

            assertThat(run.environment().cluster()).isEqualTo("context");
            assertThat(run.environment().way()).isEqualTo("API server's proxy");
            assertThat(run.scenarios()).extracting(ScenarioResult::verdict).containsExactly(Verdict.PASSED);
            assertThat(namespaces(client)).isEqualTo(before);
            assertThat(client.resource(foreign).get()).isEqualTo(foreign);
            assertThat(client.apiextensions()
                            .v1()
                            .customResourceDefinitions()
                            .withName("recoveries.kintsugi.dev")
                            .get())
                    .isNull();
        }
    }

    @Test
    void withoutChaosMeshPodsAreKilledByTheApiAndTheRestIsSkippedAndNotPassed() throws Exception {
        try (ClusterUp cluster = new ClusterUp(false)) {
            Run run = run(ExitCode.PASSED, "pod/pod-kill.feature", "resources/memory-stress.feature");
            assertThat(run.scenarios())
                    .extracting(ScenarioResult::verdict)
                    .containsExactly(Verdict.PASSED, Verdict.SKIPPED);
            assertThat(run.scenarios().get(1).reason()).startsWith("needs Chaos Mesh");
            assertThat(run.environment().way()).isEqualTo("direct");

            assertThat(run(ExitCode.INCONCLUSIVE, "network/network-loss.feature")
                            .verdict())
                    .as("nothing ran, so nothing is shown")
                    .isEqualTo(Verdict.SKIPPED);
            assertThat(cluster.client().pods().inAnyNamespace().list().getItems())
                    .isEmpty();
        }
    }

    @Test
    void wholeMissionRunsUnchangedAndInPartByTheApiAlone() throws Exception {
        try (ClusterUp cluster = new ClusterUp(true)) {
            assertThat(run(ExitCode.PASSED).scenarios())
                    .hasSize(4)
                    .extracting(ScenarioResult::verdict)
                    .containsOnly(Verdict.PASSED);

            Run byApi = run(
                    ExitCode.PASSED,
                    "pod/pod-kill.feature",
                    "network/network-loss.feature",
                    "resources/memory-stress.feature",
                    "--chaos",
                    "api",
                    "--healer",
                    "local");
            assertThat(byApi.scenarios())
                    .extracting(ScenarioResult::verdict)
                    .containsExactlyInAnyOrder(Verdict.PASSED, Verdict.SKIPPED, Verdict.SKIPPED);
            assertThat(byApi.scenarios())
                    .filteredOn(scenario -> scenario.verdict() == Verdict.SKIPPED)
                    .allSatisfy(scenario ->
                            assertThat(scenario.reason()).isEqualTo("needs Chaos Mesh: --chaos api leaves it out"));
            assertThat(cluster.client().pods().inAnyNamespace().list().getItems())
                    .isEmpty();
        }
    }
}
