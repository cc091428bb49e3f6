package dev.kintsugi.features.cluster.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesBinariesTest {

    @TempDir
    private Path folder;

    private static Path programs(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : new String[] {"etcd", "kube-apiserver"}) {
            StandIn.script(folder.resolve(name), "exit 0");
        }
        return folder;
    }

    @Test
    void programsAreFoundInTheFolderItself() throws IOException {
        programs(folder);
        programs(folder.resolve("k8s/1.28.3-linux-amd64"));
        assertThat(KubernetesBinaries.in(folder).apiServer()).isEqualTo(folder.resolve("kube-apiserver"));
    }

    @Test
    void ofSeveralVersionsTheNewestOfTheOneThatIsSpokenIsTaken() throws IOException {
        programs(folder.resolve("k8s/1.31.0-linux-amd64"));
        programs(folder.resolve("k8s/1.28.3-linux-amd64"));
        Path newest = programs(folder.resolve("k8s/1.28.10-linux-amd64"));
        Files.createDirectories(folder.resolve("k8s/1.28.99-linux-amd64"));
        assertThat(KubernetesBinaries.in(folder).etcd()).isEqualTo(newest.resolve("etcd"));
        assertThat(KubernetesBinaries.in(folder.resolve("k8s")).etcd()).isEqualTo(newest.resolve("etcd"));
    }

    @Test
    void withoutTheVersionThatIsSpokenTheNewestIsTaken() throws IOException {
        programs(folder.resolve("k8s/1.9.11-linux-amd64"));
        Path newest = programs(folder.resolve("k8s/1.31.0-linux-amd64"));
        assertThat(KubernetesBinaries.in(folder).etcd()).isEqualTo(newest.resolve("etcd"));
    }

    @Test
    void folderWithoutThemAndProgramsThatCannotBeExecutedAreNamed() throws IOException {
        assertThatThrownBy(() -> KubernetesBinaries.in(folder.resolve("nowhere")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(folder.resolve("nowhere") + ": no such folder");
        assertThatThrownBy(() -> KubernetesBinaries.in(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(folder + ": must hold the programs etcd and kube-apiserver");
        programs(folder);
        assertThat(folder.resolve("etcd").toFile().setExecutable(false)).isTrue();
        assertThatThrownBy(() -> KubernetesBinaries.in(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.resolve("etcd") + " is no file that may be executed");
    }

    @Test
    void whatIsThereIsNotDownloaded() throws IOException {
        Path there = programs(folder.resolve("k8s/1.28.3-linux-" + arch()));
        StandIn.script(there.resolve("kubectl"), "exit 0");
        assertThat(KubernetesBinaries.downloaded(folder, URI.create("https://192.0.2.1/"))
                        .etcd())
                .isEqualTo(there.resolve("etcd"));
    }

    private static String arch() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    @Test
    void downloadThatIsImpossibleIsOneSentence() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        assertThatThrownBy(() ->
                        KubernetesBinaries.downloaded(folder, URI.create("https://127.0.0.1:" + closed + "/index")))
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessage("--cluster api-server: etcd and kube-apiserver 1.28 cannot be downloaded: 127.0.0.1 cannot"
                        + " be reached; name a folder that holds them by --kubernetes-binaries");
    }

    @Test
    void networkThatSwallowsEverythingIsGivenUpWithinSeconds() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            URI index = URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/index");
            Assertions.assertThat(java.util.concurrent.CompletableFuture.runAsync(
                            () -> assertThatThrownBy(() -> KubernetesBinaries.downloaded(folder, index))
                                    .isInstanceOf(ClusterUnavailable.class)))
                    .succeedsWithin(Duration.ofSeconds(15));
        }
    }
}
