package dev.kintsugi.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlertsTest {

    private static final Path ALERTS = Path.of("alerts").toAbsolutePath();

    @Test
    void theFiveDocumentedAlertsAreThereWithTheirActionAndTime() throws IOException {
        JsonNode rules = Chart.YAML
                .readTree(ALERTS.resolve("sample-app.rules.yaml").toFile())
                .at("/groups/0/rules");
        Map<String, String> alerts = StreamSupport.stream(rules.spliterator(), false)
                .collect(Collectors.toMap(
                        rule -> rule.get("alert").asText(),
                        rule -> rule.at("/labels/action").asText() + " after "
                                + rule.get("for").asText()));
        assertThat(alerts)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "HighMemoryUsage", "restart-pod after 1m",
                        "PodCrashLooping", "redeploy after 2m",
                        "HighErrorRate", "restart-pod after 1m",
                        "PodNotReady", "restart-pod after 2m",
                        "HighCPUUsage", "scale-deployment after 2m"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"check rules sample-app.rules.yaml", "test rules sample-app.tests.yaml"})
    void promtoolAgrees(String command) throws IOException, InterruptedException {
        Optional<Path> promtool = promtool();
        assumeTrue(promtool.isPresent(), "promtool is not on the PATH (Debian: apt install prometheus)");
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of(promtool.orElseThrow().toString()), Stream.of(command.split(" ")))
                                .toList())
                .directory(ALERTS.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    private static Optional<Path> promtool() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
