package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a cluster that it knows by nothing but a kubeconfig. */
class ContextRunIT {

    @TempDir
    private Path folder;

    private EmbeddedCluster cluster(boolean chaosMesh) {
        Installation installation = Installation.current();
        return EmbeddedCluster.start(new EmbeddedCluster.Options(
                2,
                Timings.quick(),
                1,
                folder.resolve("kubeconfig"),
                folder,
                installation.sampleApp(),
                installation.classPath(),
                chaosMesh));
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
    void networkLossBitesThroughTheServersProxyAndNothingOfOthersIsTouched() {
        try (EmbeddedCluster cluster = cluster(true)) {
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
    void withoutChaosMeshPodsAreKilledByTheApiAndTheRestIsSkippedAndNotPassed() {
        try (EmbeddedCluster cluster = cluster(false)) {
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
}
