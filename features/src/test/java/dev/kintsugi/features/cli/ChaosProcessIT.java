package dev.kintsugi.features.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.chaos.mesh.Lease;
import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.features.workload.SampleApp;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kintsugi chaos} as a process beside a cluster, as its users start it. */
class ChaosProcessIT {

    private static final Duration STARTED = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedCluster cluster;

    private final List<Process> started = new ArrayList<>();

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
        cluster.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .endMetadata()
                        .build())
                .create();
        SampleApp.deploy(cluster.client(), "shop", new SampleApp.Options(3, true, null));
        await().atMost(STARTED)
                .until(() -> cluster.client().pods().inNamespace("shop").list().getItems().stream()
                                .filter(pod -> pod.getStatus() != null
                                        && pod.getStatus().getConditions().stream()
                                                .anyMatch(condition -> condition
                                                                .getType()
                                                                .equals("Ready")
                                                        && condition.getStatus().equals("True")))
                                .count()
                        == 4);
    }

    @AfterAll
    static void endCluster() {
        cluster.close();
    }

    @AfterEach
    void endWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
        kintsugi("abort", "--all");
    }

    private static Shell kintsugi(String... words) {
        List<String> all = new ArrayList<>(List.of("chaos"));
        all.addAll(List.of(words));
        all.addAll(List.of("--kubeconfig", cluster.kubeconfig().toString()));
        return Shell.kintsugi(all.toArray(String[]::new));
    }

    private Process start(Path printed, String... words) throws IOException {
        Path home = Installation.current().home();
        List<String> all = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dkintsugi.home=" + home,
                "-jar",
                home.resolve("features/target/kintsugi.jar").toString(),
                "chaos"));
        all.addAll(List.of(words));
        all.addAll(List.of("--kubeconfig", cluster.kubeconfig().toString()));
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        started.add(process);
        return process;
    }

    private static Path manifest(String name, String spec) throws IOException {
        return Files.writeString(
                folder.resolve(name + ".yaml"),
                "apiVersion: chaos-mesh.org/v1alpha1\nkind: NetworkChaos\nmetadata: {name: " + name
                        + ", namespace: shop}\nspec: {mode: one, selector: {labelSelectors: {app: web}}, " + spec
                        + "}\n");
    }

    private static boolean isClean() {
        return kintsugi("status").out().contains("nothing on this cluster")
                && cluster.residue().isEmpty();
    }

    /** Applies a fault without end, and waits until it is in force. */
    private Process applyForEver(String name) throws IOException {
        Path printed = folder.resolve(name + ".printed");
        Process driver = start(
                printed,
                "apply",
                manifest(name, "action: loss, loss: {loss: '30'}").toString(),
                "--watch");
        await().atMost(STARTED)
                .until(() ->
                        !driver.isAlive() || Files.readString(printed, UTF_8).contains("injected after"));
        assertThat(printed).content(UTF_8).contains("injected after");
        assertThat(cluster.residue()).isNotEmpty();
        assertThat(kintsugi("status").out()).contains(name, "Injected", "1/1", "yes");
        return driver;
    }

    @Test
    void whatADriverInjectedIsGoneWithinThirtySecondsOfItsSigkill() throws Exception {
        Process driver = applyForEver("orphan");

        driver.destroyForcibly().waitFor();

        await().pollInterval(Duration.ofMillis(250)).atMost(Lease.GONE_WITHIN).until(ChaosProcessIT::isClean);
        assertThat(cluster.client()
                        .batch()
                        .v1()
                        .jobs()
                        .inNamespace("shop")
                        .list()
                        .getItems())
                .as("leases")
                .isEmpty();
    }

    @Test
    void whileItsDriverLivesAnExperimentOutlastsTheTermOfItsLease() throws Exception {
        Process driver = applyForEver("held");

        await().during(Duration.ofSeconds(20)).atMost(Duration.ofSeconds(25)).until(() -> !isClean());

        new ProcessBuilder("kill", "-INT", Long.toString(driver.pid())).start().waitFor();
        driver.waitFor();
        assertThat(isClean()).isTrue();
    }

    @Test
    void appliedWithoutWatchItStaysForItsDurationAndCanBeAborted() throws Exception {
        Path file = manifest("short", "action: partition, duration: 60s");

        Shell apply = kintsugi("apply", file.toString(), "--seed", "7");

        assertThat(apply.out()).contains("CONFIRMED shop/web-", "requests failed");
        assertThat(apply.exitCode()).isEqualTo(ExitCode.PASSED);
        assertThat(kintsugi("status", "short").out()).contains("Injected", "1/1", "yes");
        assertThat(kintsugi("apply", file.toString()).out()).contains("exists already");
        assertThat(kintsugi("abort", "short").exitCode()).isEqualTo(ExitCode.PASSED);
        assertThat(isClean()).isTrue();
    }

    @Test
    void planChangesNothingAndNamesTheLimitThatIsPassed() throws Exception {
        Path file = manifest("greedy", "action: partition, duration: 5s");
        Files.writeString(file, Files.readString(file).replace("mode: one", "mode: all"));

        Shell plan = kintsugi("plan", file.toString());

        assertThat(plan.out())
                .contains(
                        "3 of 3 pods of deployment/shop/web (100 %)", "refused: ", "the limit is 50 %", "--max-share");
        assertThat(plan.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(kintsugi("apply", file.toString()).exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(isClean()).isTrue();
        assertThat(kintsugi("plan", file.toString(), "--max-share", "100").exitCode())
                .isEqualTo(ExitCode.PASSED);
    }
}
