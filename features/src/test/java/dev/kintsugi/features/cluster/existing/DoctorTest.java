package dev.kintsugi.features.cluster.existing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.ChaosMesh;
import dev.kintsugi.features.cluster.ChaosMesh.Daemon;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.existing.Finding.Level;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DoctorTest {

    private static final ChaosMesh NONE = new ChaosMesh(List.of("podchaos"), null, false, Map.of(), false);

    private final ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(server.kubeconfig()))
            .build();

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void node(String name, String ready) {
        client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus(ready)
                        .endCondition()
                        .endStatus()
                        .build())
                .create();
    }

    private Finding find(String subject, ChaosMesh mesh, Duration ahead, Predicate<Permission> allowed) {
        InstantSource clock = () -> InstantSource.system().instant().plus(ahead);
        List<Finding> found = new Doctor(client, clock, () -> mesh, allowed)
                .examine().stream()
                        .filter(finding -> finding.subject().equals(subject))
                        .toList();
        assertThat(found).as(subject).hasSize(1);
        return found.get(0);
    }

    private Finding find(String subject) {
        return find(subject, NONE, Duration.ZERO, permission -> true);
    }

    @Test
    void versionAndAddressAreTold() {
        assertThat(find("server")).isEqualTo(Finding.ok("server", "Kubernetes v1.28.0 at " + server.url() + "/"));
    }

    @Test
    void nodeThatIsNotReadyIsNamedAndNoneAtAllIsTheEnd() {
        node("node-1", "False");
        assertThat(find("nodes").level()).isEqualTo(Level.FAIL);
        node("node-2", "True");
        assertThat(find("nodes").level()).isEqualTo(Level.WARN);
        assertThat(find("nodes").found()).isEqualTo("not ready: node-1");
    }

    @Test
    void everyMissingPermissionIsNamed() {
        Finding lacking = find(
                "permissions",
                NONE,
                Duration.ZERO,
                p -> !(p.resource().equals("namespaces") && p.verb().equals("create"))
                        && !p.verb().equals("patch"));
        assertThat(lacking.level()).isEqualTo(Level.FAIL);
        assertThat(lacking.found())
                .startsWith("you may not create namespaces, patch nodes, patch configmaps")
                .contains("patch deployments.apps", "patch recoveries/status.kintsugi.dev");
        assertThat(lacking.fix()).contains("ClusterRole");
    }

    @Test
    void withoutTheProxyARunCanStillReachAServiceDirectly() {
        Finding proxy = find("proxy", NONE, Duration.ZERO, p -> !p.resource().endsWith("/proxy"));
        assertThat(proxy.level()).isEqualTo(Level.WARN);
        assertThat(proxy.fix()).contains("--reach direct");
    }

    @Test
    void withoutTheKubeletsFiguresStressIsProvenLessWell() {
        ChaosMesh mesh = new ChaosMesh(List.of(), "2.8.0", true, Map.of(), false);
        Finding figures =
                find("figures", mesh, Duration.ZERO, p -> !p.resource().equals("nodes/proxy"));
        assertThat(figures.level()).isEqualTo(Level.WARN);
        assertThat(figures.found()).isEqualTo("you may not get nodes/proxy");
    }

    /** The lease of an experiment is one. */
    @Test
    void experimentsNeedJobs() {
        ChaosMesh mesh = new ChaosMesh(List.of(), "2.8.0", true, Map.of(), false);
        assertThat(find("permissions", mesh, Duration.ZERO, p -> !p.resource().equals("jobs"))
                        .found())
                .isEqualTo("you may not get jobs.batch, create jobs.batch, patch jobs.batch, delete jobs.batch");
    }

    @Test
    void permissionsAreAskedOfTheServer() {
        assertThat(new Doctor(client, InstantSource.system(), () -> NONE).examine())
                .contains(Finding.ok("permissions", "all " + Permission.always().size() + " that a run uses"));
    }

    @Test
    void clocksThatDifferAreNotedAndThenHarmful() {
        assertThat(find("clock").level()).isEqualTo(Level.OK);
        Finding noted = find("clock", NONE, Duration.ofSeconds(10), p -> true);
        assertThat(noted.level()).isEqualTo(Level.WARN);
        assertThat(noted.found()).contains("behind");
        assertThat(find("clock", NONE, Duration.ofSeconds(-10), p -> true).found())
                .contains("ahead");
        assertThat(find("clock", NONE, Duration.ofMinutes(1), p -> true).level())
                .isEqualTo(Level.FAIL);
        assertThat(client.namespaces().list().getItems())
                .as("looking leaves nothing")
                .noneMatch(namespace -> namespace.getMetadata().getName().startsWith("kintsugi"));
    }

    @Test
    void absentChaosMeshIsNoEndAndSaysHowToGetIt() {
        Finding absent = find("Chaos Mesh");
        assertThat(absent.level()).isEqualTo(Level.WARN);
        assertThat(absent.fix()).contains("helm install chaos-mesh");
    }

    @Test
    void nodesOfOneKindOfDaemonStandTogether() {
        ChaosMesh mesh =
                new ChaosMesh(List.of(), "2.8.0", true, Map.of("b", Daemon.NO_NETEM, "a", Daemon.NO_NETEM), false);
        assertThat(find("daemon", mesh, Duration.ZERO, p -> true).found())
                .isEqualTo("a, b: no netem: the kernel module sch_netem is not there");
        assertThat(find("Chaos Mesh", mesh, Duration.ZERO, p -> true)).isEqualTo(Finding.ok("Chaos Mesh", "2.8.0"));
    }

    @Test
    void namespacesThatAnotherRunLeftAreNamed() {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("left")
                        .addToLabels("app.kubernetes.io/managed-by", "kintsugi")
                        .endMetadata()
                        .build())
                .create();
        assertThat(find("namespaces").level()).isEqualTo(Level.WARN);
        assertThat(find("namespaces").found()).contains("left");
    }
}
