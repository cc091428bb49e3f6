package dev.kintsugi.features.cluster.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealApiServerTest {

    private static final String SERVICES = "127.97.0.0/20";

    @TempDir
    private Path folder;

    private Path programs = Path.of("");

    @BeforeEach
    void write() throws IOException {
        programs = StandIn.programs(folder.resolve("bin"));
    }

    private RealApiServer start() {
        return RealApiServer.start(KubernetesBinaries.in(programs), folder.resolve("work"), SERVICES);
    }

    private List<ProcessHandle> running() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
                .toList();
    }

    @Test
    void serverIsUsedByItsCertificateAloneAndNothingIsLeftOfIt() throws IOException {
        try (RealApiServer server = start();
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                        .build()) {
            assertThat(client.getMasterUrl().getProtocol()).isEqualTo("https");
            assertThat(client.resource(new ServiceBuilder()
                                    .withNewMetadata()
                                    .withName("web")
                                    .withNamespace("default")
                                    .endMetadata()
                                    .withNewSpec()
                                    .addNewPort()
                                    .withPort(80)
                                    .endPort()
                                    .endSpec()
                                    .build())
                            .create()
                            .getSpec()
                            .getClusterIP())
                    .as("from the range that was asked for")
                    .matches("127\\.97\\.(\\d|1[0-5])\\.\\d+");
            assertThat(running()).hasSize(2);
            assertThat(Files.getPosixFilePermissions(server.keys()))
                    .as("keys are the owner's alone")
                    .hasSize(3);
        }
        assertThat(running()).isEmpty();
        assertThat(folder.resolve("work/keys")).doesNotExist();
    }

    @Test
    void serverThatEndsAtOnceIsToldByItsLastLinesAndEtcdGoesWithIt() throws IOException {
        StandIn.script(
                programs.resolve("kube-apiserver"),
                "for i in 1 2 3 4 5 6; do echo \"line $i\" >&2; done; echo 'Error: unknown flag: --tls-cert-file' >&2; exit 1");
        assertThatThrownBy(this::start)
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessage(
                        "--cluster api-server: kube-apiserver ended with code 1 while it started; it printed last:\n"
                                + "  line 3\n  line 4\n  line 5\n  line 6\n  Error: unknown flag: --tls-cert-file");
        assertThat(running()).isEmpty();
    }

    @Test
    void programOfAnotherMachineIsToldByWhatTheShellSays() throws IOException {
        Files.write(programs.resolve("etcd"), new byte[] {0x7f, 'E', 'L', 'F', 0, 0, 0, 0});
        assertThatThrownBy(this::start)
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessageStartingWith("--cluster api-server: etcd ended with code 12")
                .hasMessageContaining("while it started; it printed last:\n");
        assertThat(running()).isEmpty();
    }
}
