package dev.kintsugi.healer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kintsugi.healer.journal.Journal;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The healer started as users start it. */
@EnableKubernetesMockClient(crud = true, https = false)
final class MainProcessTest {

    private static final Duration SOON = Duration.ofMinutes(1);

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    private @Nullable Process started;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the extension
    Path folder;

    @AfterEach
    void stop() {
        if (started != null) {
            started.destroyForcibly();
        }
    }

    @Test
    void becomesReadyLogsJsonAndEndsCleanlyOnSigterm() throws Exception {
        server.expectCustomResource(CustomResourceDefinitionContext.fromCrd(Journal.definition()));
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                ---
                {apiVersion: v1, kind: Config, current-context: c, clusters: [{name: c, cluster: {server: "%s"}}],
                 users: [{name: u, user: {token: t}}], contexts: [{name: c, context: {cluster: c, user: u}}]}""".formatted(client.getMasterUrl()));
        Path address = folder.resolve("address");
        Path log = folder.resolve("log");
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--kubeconfig=" + kubeconfig,
                        "--http=127.0.0.1:0",
                        "--http-address-file=" + address)
                .redirectOutput(log.toFile())
                .redirectError(errors.toFile())
                .start();
        started = process;

        await().atMost(SOON).until(() -> Files.exists(address) || !process.isAlive());
        assertThat(address).as(Files.readString(log) + Files.readString(errors)).exists();
        URI ready = URI.create("http://" + Files.readString(address).trim() + "/readyz");
        HttpClient http = HttpClient.newHttpClient();
        await().atMost(SOON)
                .until(() -> http.send(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200);
        process.destroy();
        assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        List<String> lines = Files.readAllLines(log);
        for (String line : lines) {
            assertThat(new ObjectMapper().readTree(line).has("formattedMessage"))
                    .as(line)
                    .isTrue();
        }
        assertThat(lines).last().asString().contains("\"ended\"");
    }
}
