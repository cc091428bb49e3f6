package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosLintCommandTest {
    private static final String GOOD = """
            apiVersion: chaos-mesh.org/v1alpha1
            kind: PodChaos
            metadata: {name: kill, namespace: shop}
            spec:
              action: pod-kill
              mode: one
              selector: {labelSelectors: {app: web}}
            """;
    private static final String BAD = """
            # workers: 0 injects nothing
            apiVersion: chaos-mesh.org/v1alpha1
            kind: StressChaos
            metadata: {name: stress, namespace: shop}
            spec:
              mode: one
              duration: 30s
              selector: {labelSelectors: {app: web}}
              stressors:
                cpu:
                  workers: 0
                  load: 50
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeEach
    void otherFiles() throws IOException {
        Files.writeString(folder.resolve("values.yaml"), "replicas: 3\n");
    }

    @Test
    void cleanManifestSaysNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("kill.yaml"), GOOD);
        Shell shell = Shell.kintsugi("chaos", "lint", file.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.PASSED);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void errorIsOneLineWithFileLineAndFix() throws IOException {
        Path file = Files.writeString(folder.resolve("stress.yaml"), BAD);
        Shell shell = Shell.kintsugi("chaos", "lint", file.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(shell.out())
                .isEqualTo(file + ":11: error: spec.stressors.cpu.workers: without workers no stressor is started,"
                        + " though the experiment will say Injected — give at least 1 worker\n");
    }

    @Test
    void folderIsLookedThrough() throws IOException {
        Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(folder.resolve("a/b/both.yml"), GOOD + "---\n" + BAD);
        Shell shell = Shell.kintsugi("chaos", "lint", folder.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(shell.out().lines()).singleElement().asString().contains("both.yml:19: error: ");
    }

    @Test
    void jsonHasTheSame() throws IOException {
        Files.writeString(folder.resolve("stress.yaml"), BAD);
        Shell shell = Shell.kintsugi("chaos", "lint", "--output", "json", folder.toString());
        JsonNode findings = new ObjectMapper().readTree(shell.out());
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).path("line").asInt()).isEqualTo(11);
        assertThat(findings.get(0).path("severity").asText()).isEqualTo("error");
        assertThat(shell.exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void brokenYamlIsAnErrorWithItsLine() throws IOException {
        Path file = Files.writeString(folder.resolve("broken.yaml"), "apiVersion: v1\nkind: [\n");
        Shell shell = Shell.kintsugi("chaos", "lint", file.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(shell.out()).startsWith(file + ":3: error: no YAML");
    }

    @Test
    void folderWithoutManifestsIsNoUse() {
        Shell shell = Shell.kintsugi("chaos", "lint", folder.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("there is no resource of Chaos Mesh");
    }
}
