package dev.kintsugi.features.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from nothing to a k3s for scenarios, with an API server in the place of k3s. */
class K3sClusterTest {

    @TempDir
    private Path folder;

    private final ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
    private final List<String> done = new ArrayList<>();

    private final K3sNode node = new K3sNode() {
        @Override
        public void start() {
            done.add("start");
        }

        @Override
        public String kubeconfig() {
            return server.kubeconfig();
        }

        @Override
        public void importImages(Path archive) {
            done.add("import " + archive.getFileName());
        }

        @Override
        public void close() {
            done.add("close");
        }
    };

    @AfterEach
    void stop() {
        server.close();
    }

    private K3sCluster.Options options() {
        return new K3sCluster.Options(
                folder, folder.resolve("app"), "kintsugi/sample-app:1", folder.resolve("chart.tgz"), main -> List.of());
    }

    @Test
    void imageIsMadeFirstAndChaosMeshComesLast() {
        K3sCluster.ImageBuilder images = (app, image, archive) -> done.add("image " + image);
        K3sCluster.Installer installer = (release, kubeconfig) -> {
            done.add("install " + release.describe());
            assertThat(kubeconfig).content().isEqualTo(server.kubeconfig());
        };
        try (K3sCluster cluster = K3sCluster.start(options(), node, images, installer)) {
            assertThat(cluster.kind()).isEqualTo("k3s");
            assertThat(cluster.client().namespaces().withName("default").get()).isNotNull();
        }
        assertThat(done)
                .containsExactly(
                        "image kintsugi/sample-app:1",
                        "start",
                        "import sample-app.tar",
                        "install chart " + folder.resolve("chart.tgz"),
                        "close");
    }

    @Test
    void nodeIsThrownAwayWhenAStepFails() {
        K3sCluster.Installer failing = (release, kubeconfig) -> {
            throw new ClusterUnavailable("no chart");
        };
        assertThatThrownBy(() -> K3sCluster.start(options(), node, (app, image, archive) -> {}, failing))
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessage("no chart");
        assertThat(done).containsExactly("start", "import sample-app.tar", "close");
    }

    @Test
    void chaosMeshFindsTheContainersOfK3sAndBringsNothingThatNobodyUses() {
        assertThat(ChaosMeshRelease.VALUES)
                .containsEntry("chaosDaemon.runtime", "containerd")
                .containsEntry("chaosDaemon.socketPath", "/run/k3s/containerd/containerd.sock")
                .containsEntry("controllerManager.replicaCount", "1")
                .containsEntry("dashboard.create", "false")
                .containsEntry("dnsServer.create", "false");
    }
}
