package dev.kintsugi.features.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.process.ChildProcess;
import dev.kintsugi.features.process.LogFile;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.healer.helm.HelmDiagnoser.Finding;
import dev.kintsugi.healer.helm.HelmDiagnoser.Limits;
import dev.kintsugi.healer.helm.HelmDiagnosis;
import dev.kintsugi.healer.helm.ReleaseHistory.Experience;
import dev.kintsugi.healer.helm.RollbackPlan;
import dev.kintsugi.healer.helm.RollbackPlan.Decision;
import dev.kintsugi.healer.helm.cluster.HelmReleases;
import dev.kintsugi.healer.helm.cluster.HelmRollback;
import dev.kintsugi.healer.model.Attempt;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases that a real Helm made ill, rolled back by the healer, and what the real Helm says to that. */
class HelmRollbackIT {

    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration LONG_AFTER = Duration.ofMinutes(20);
    private static final HelmRollback.Options OPTIONS =
            new HelmRollback.Options(Duration.ofSeconds(10), DEADLINE, Duration.ofMillis(200), true, true, 10);

    @TempDir
    private static Path folder;

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() {
        assumeThat(helmMissing()).as("Helm's native library").isEmpty();
        Installation installation = Installation.current();
        cluster = EmbeddedCluster.start(new EmbeddedCluster.Options(
                2,
                Timings.quick(),
                1,
                folder.resolve("kubeconfig"),
                folder,
                installation.sampleApp(),
                installation.classPath(),
                false));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void failedUpgradeIsRolledBackAndHelmAgrees() throws Exception {
        Shop shop = new Shop("failed");
        shop.helm("install", "0", "message=one", "simulate=");
        shop.helm("upgrade", "60", "message=two");
        assertThat(shop.fails(
                        "upgrade",
                        "3",
                        "message=three",
                        "simulate=fails readiness",
                        "extra=three",
                        "extraKeep=kept",
                        "config=false"))
                .contains("context deadline exceeded");
        assertThat(shop.configMaps()).containsExactlyInAnyOrder("web-three", "web-kept");

        HelmDiagnosis diagnosis = Objects.requireNonNull(shop.diagnose());
        assertThat(diagnosis).isInstanceOf(HelmDiagnosis.HelmReleaseFailed.class);
        RollbackPlan plan = shop.plan(diagnosis);
        assertThat(plan.to()).isEqualTo(2);
        HelmRollback.Outcome outcome = shop.rollBack(plan);

        assertThat(outcome.result()).as(outcome.message()).isEqualTo(Attempt.Result.DONE);
        assertThat(shop.helm("history", ""))
                .containsExactly(
                        "1 superseded Install complete",
                        "2 superseded Upgrade complete",
                        "3 failed Upgrade \"web\" failed: context deadline exceeded",
                        "4 deployed Rollback to 2");
        assertThat(shop.helm("status", "")).containsExactly("4 deployed");
        assertThat(shop.configMaps()).containsExactlyInAnyOrder("web-config", "web-kept");
        assertThat(shop.message()).isEqualTo("two");
        assertThat(shop.environment()).containsOnlyKeys("MESSAGE");
        // The hook without a policy of its own stays, the other is deleted when it has succeeded.
        assertThat(shop.jobs()).containsExactly("web-pre-rollback");
        assertThat(shop.diagnose()).isNull();

        assertThat(shop.helm("upgrade", "60", "message=five", "extra=five")).containsExactly("5 deployed");
        assertThat(shop.helm("history", "")).endsWith("4 superseded Rollback to 2", "5 deployed Upgrade complete");
        assertThat(shop.message()).isEqualTo("five");
        assertThat(shop.configMaps()).containsExactlyInAnyOrder("web-config", "web-kept", "web-five");
    }

    @Test
    void upgradeWhoseHelmWasKilledIsRolledBackAndHelmWorksAgain() throws Exception {
        Shop shop = new Shop("killed");
        shop.helm("install", "0", "message=one");
        try (ChildProcess helm = shop.start("upgrade", "100", "message=two", "simulate=fails readiness", "extra=two")) {
            await().atMost(DEADLINE).until(() -> shop.message().equals("two"));
            helm.kill();
            helm.exit().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(shop.fails("upgrade", "0", "message=three"))
                .contains("another operation (install/upgrade/rollback) is in progress");

        HelmDiagnosis diagnosis = Objects.requireNonNull(shop.diagnose());
        assertThat(diagnosis).isInstanceOf(HelmDiagnosis.HelmReleasePending.class);
        HelmRollback.Outcome outcome = shop.rollBack(shop.plan(diagnosis));

        assertThat(outcome.result()).as(outcome.message()).isEqualTo(Attempt.Result.DONE);
        assertThat(shop.helm("history", ""))
                .containsExactly(
                        "1 superseded Install complete",
                        "2 pending-upgrade Preparing upgrade",
                        "3 deployed Rollback to 1");
        assertThat(shop.configMaps()).containsExactly("web-config");
        assertThat(shop.message()).isEqualTo("one");
        assertThat(shop.helm("upgrade", "60", "message=four")).containsExactly("4 deployed");
        assertThat(shop.helm("status", "")).containsExactly("4 deployed");
    }

    @Test
    void releaseThatHelmCallsDeployedThoughItNeverBecomesReadyIsRolledBack() throws Exception {
        Shop shop = new Shop("unhealthy");
        shop.helm("install", "0", "message=one");
        assertThat(shop.helm("upgrade", "0", "message=two", "simulate=fails readiness"))
                .containsExactly("2 deployed");
        await().atMost(DEADLINE).until(() -> shop.diagnose() != null);

        HelmDiagnosis diagnosis = Objects.requireNonNull(shop.diagnose());
        assertThat(diagnosis).isInstanceOf(HelmDiagnosis.HelmReleaseUnhealthy.class);
        HelmRollback.Outcome outcome = shop.rollBack(shop.plan(diagnosis));

        assertThat(outcome.result()).as(outcome.message()).isEqualTo(Attempt.Result.DONE);
        assertThat(shop.helm("history", ""))
                .containsExactly(
                        "1 superseded Install complete", "2 superseded Upgrade complete", "3 deployed Rollback to 1");
        assertThat(shop.helm("upgrade", "60", "message=three")).containsExactly("4 deployed");
    }

    private static String helmMissing() {
        try {
            Objects.requireNonNull(Helm.version().call());
            return "";
        } catch (LinkageError | RuntimeException unavailable) {
            return "cannot be loaded here: " + unavailable.getMessage();
        }
    }

    /** A release in a namespace of its own. */
    private static final class Shop {
        private final String namespace;
        private final KubernetesClient client = cluster.client();
        private final HelmReleases releases = new HelmReleases(client, Duration.ofSeconds(10), Limits.DEFAULT);
        private int commands;

        Shop(String namespace) {
            this.namespace = namespace;
        }

        List<String> helm(String verb, String timeout, String... values) throws Exception {
            try (ChildProcess helm = start(verb, timeout, values)) {
                int code = helm.exit().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                List<String> lines = lines(helm);
                assertThat(code).as(String.join("\n", lines)).isZero();
                return lines.stream().filter(line -> line.matches("\\d+ .*")).toList();
            }
        }

        String fails(String verb, String timeout, String... values) throws Exception {
            try (ChildProcess helm = start(verb, timeout, values)) {
                int code = helm.exit().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                String said = String.join("\n", lines(helm));
                assertThat(code).as(said).isNotZero();
                return said;
            }
        }

        ChildProcess start(String verb, String timeout, String... values) {
            List<String> words = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    HelmCommand.class.getName(),
                    verb,
                    cluster.kubeconfig().toString(),
                    namespace,
                    "web",
                    timeout,
                    Path.of("src/test/resources/dev/kintsugi/features/helm/web")
                            .toAbsolutePath()
                            .toString()));
            words.addAll(List.of(values));
            commands++;
            LogFile log = new LogFile(
                    folder.resolve("helm-" + namespace + "-" + commands + ".log"), 1 << 20, InstantSource.system());
            return ChildProcess.start(new ChildProcess.Command(words, Map.of("HOME", folder.toString()), null), log);
        }

        /** As it will be judged in a while, when nothing has changed by then. */
        @Nullable HelmDiagnosis diagnose() throws Exception {
            Finding finding = releases.look(
                            namespace, "web", null, Instant.now().plus(LONG_AFTER))
                    .orElseThrow();
            return finding.diagnosis();
        }

        RollbackPlan plan(HelmDiagnosis diagnosis) {
            Decision decision = RollbackPlan.of(diagnosis, Experience.NONE, "incident-" + namespace);
            assertThat(decision).isInstanceOf(Decision.RollBack.class);
            return ((Decision.RollBack) decision).plan();
        }

        HelmRollback.Outcome rollBack(RollbackPlan plan) {
            return new HelmRollback(client, OPTIONS).run(plan, () -> true);
        }

        List<String> configMaps() {
            return client.configMaps().inNamespace(namespace).list().getItems().stream()
                    .map(map -> map.getMetadata().getName())
                    .filter(name -> name.startsWith("web"))
                    .toList();
        }

        List<String> jobs() {
            return client.batch().v1().jobs().inNamespace(namespace).list().getItems().stream()
                    .map(job -> job.getMetadata().getName())
                    .toList();
        }

        Map<String, String> environment() {
            Deployment web = client.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName("web")
                    .get();
            Map<String, String> environment = new TreeMap<>();
            web.getSpec()
                    .getTemplate()
                    .getSpec()
                    .getContainers()
                    .get(0)
                    .getEnv()
                    .forEach(variable -> environment.put(variable.getName(), variable.getValue()));
            return environment;
        }

        String message() {
            return environment().getOrDefault("MESSAGE", "");
        }

        private static List<String> lines(ChildProcess helm) {
            return helm.log().lines().stream().map(LogFile.Line::text).toList();
        }
    }
}
