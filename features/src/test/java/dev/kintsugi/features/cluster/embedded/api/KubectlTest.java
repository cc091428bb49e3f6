package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that people type. Skipped where there is no kubectl. */
class KubectlTest {

    private static final String WEB = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 3
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - name: web
                    image: kintsugi/sample-app:1
                    ports: [{containerPort: 8080}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
            """;

    private Path home;

    private ApiServer server;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        home = directory;
        Assumptions.assumeTrue(isOnPath("kubectl"), "kubectl is not installed");
        server = ApiServer.start(ServerOptions.withSeed(1));
        server.writeKubeconfig(home.resolve("config"));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void manifestIsAppliedAgainWithoutAChangeAndThenWithOne() throws Exception {
        Path file = home.resolve("web.yaml");
        Files.writeString(file, WEB);
        assertThat(kubectl("apply", "-f", file.toString()))
                .isEqualTo("deployment.apps/web created\nservice/web created");
        assertThat(kubectl("apply", "-f", file.toString()))
                .isEqualTo("deployment.apps/web unchanged\nservice/web unchanged");
        Files.writeString(file, WEB.replace("sample-app:1", "sample-app:2"));
        assertThat(kubectl("apply", "-f", file.toString()))
                .isEqualTo("deployment.apps/web configured\nservice/web unchanged");

        assertThat(kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[*].image}"))
                .isEqualTo("kintsugi/sample-app:2");
        assertThat(kubectl("get", "deployments"))
                .containsPattern("NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0/3 +0 +0 +\\d+s");
        assertThat(kubectl("describe", "deploy", "web")).contains("3 desired | 0 updated");
        assertThat(kubectl("delete", "-f", file.toString())).contains("deployment.apps \"web\" deleted");
    }

    @Test
    void misspeltFieldIsRefusedByTheServer() throws Exception {
        Path file = home.resolve("web.yaml");
        Files.writeString(file, WEB.replace("replicas", "replicaz"));
        assertThat(run("apply", "-f", file.toString())).contains("unknown field \"spec.replicaz\"");
    }

    @Test
    void deploymentIsScaledAndRestarted() throws Exception {
        Path file = home.resolve("web.yaml");
        Files.writeString(file, WEB);
        kubectl("create", "-f", file.toString());
        assertThat(kubectl("scale", "deploy/web", "--replicas=5")).isEqualTo("deployment.apps/web scaled");
        assertThat(kubectl("rollout", "restart", "deploy/web")).isEqualTo("deployment.apps/web restarted");
        assertThat(kubectl("rollout", "status", "deploy/web", "--watch=false")).contains("Waiting for deployment");
        String annotations = kubectl(
                "get", "deploy", "web", "-o", "jsonpath={.spec.replicas} {.spec.template.metadata.annotations}");
        assertThat(annotations).startsWith("5 ").contains("kubectl.kubernetes.io/restartedAt");
    }

    @Test
    void logsAreShown() throws Exception {
        server.setPodLogs((request, out) -> out.write("one line\n".getBytes(StandardCharsets.UTF_8)));
        Api api = new Api(server);
        String pods = "/api/v1/namespaces/default/pods";
        api.post(
                pods,
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
        api.mergePatch(
                pods + "/p/status",
                "{\"status\":{\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"c\",\"image\":\"i\",\"imageID\":\"\",\"ready\":true,\"restartCount\":2,\"state\":{\"running\":{}}}]}}");
        assertThat(kubectl("logs", "p")).isEqualTo("one line");
        assertThat(kubectl("get", "pod", "p", "--no-headers")).matches("p +1/1 +Running +2 +\\d+s");
        assertThat(kubectl("delete", "pod", "p", "--now", "--wait=false")).contains("pod \"p\" deleted");
        assertThat(kubectl("get", "pod", "p", "--no-headers")).contains("Terminating");
    }

    @Test
    void watchShowsARowForEachChange() throws Exception {
        Path shown = home.resolve("shown");
        Process watch = command("get", "configmaps", "--watch")
                .redirectOutput(shown.toFile())
                .start();
        try {
            Api api = new Api(server);
            String path = "/api/v1/namespaces/default/configmaps";
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                api.post(path, "{\"metadata\":{\"generateName\":\"c-\"},\"data\":{\"a\":\"1\"}}");
                assertThat(Files.readString(shown)).containsPattern("NAME +DATA +AGE\nc-\\w+ +1 +\\d+s\n");
            });
        } finally {
            watch.destroyForcibly().waitFor();
        }
    }

    @Test
    void kindsAreExplainedAndListed() throws Exception {
        assertThat(kubectl("explain", "deployment.spec.strategy.rollingUpdate")).contains("maxSurge");
        assertThat(kubectl("api-resources", "-o", "name")).contains("deployments.apps", "leases.coordination.k8s.io");
        assertThat(kubectl("version")).contains("Server Version: v1.28.0");
    }

    private String kubectl(String... arguments) throws IOException, InterruptedException {
        Process process = command(arguments).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        Process process = command(arguments).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("kubectl", "--kubeconfig", home.resolve("config").toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", home.toString());
        return builder;
    }

    private static boolean isOnPath(String name) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
    }
}
