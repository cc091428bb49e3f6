package dev.kintsugi.features.cluster.k3s;

import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A container of this machine's Docker. */
final class DockerNode implements K3sNode {

    private static final String IMAGE = "rancher/k3s:v1.28.15-k3s1";
    private static final String ARCHIVE = "/tmp/images.tar";

    /** A cold machine that pulls nothing any more takes some ten seconds; a busy one several times that. */
    private static final Duration STARTUP = Duration.ofMinutes(3);

    private final K3sContainer container = new K3sContainer(DockerImageName.parse(IMAGE)).withStartupTimeout(STARTUP);

    /** @throws ClusterUnavailable when there is no Docker */
    static void requireDocker() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new ClusterUnavailable(
                    "--cluster k3s needs Docker, and no Docker daemon answers here; install Docker Engine"
                            + " (https://docs.docker.com/engine/install/) or start it, or use --cluster embedded, which needs none");
        }
    }

    @Override
    public void start() {
        try {
            container.start();
        } catch (ContainerLaunchException | ContainerFetchException e) {
            throw new ClusterUnavailable("k3s (" + IMAGE + ") does not start: " + e.getMessage(), e);
        }
    }

    @Override
    public String kubeconfig() {
        return container.getKubeConfigYaml();
    }

    @Override
    public void importImages(Path archive) throws InterruptedException {
        container.copyFileToContainer(MountableFile.forHostPath(archive), ARCHIVE);
        try {
            ExecResult result = container.execInContainer("ctr", "-n", "k8s.io", "images", "import", ARCHIVE);
            if (result.getExitCode() != 0) {
                throw new ClusterUnavailable("k3s does not take the image of the sample app: "
                        + result.getStderr().strip());
            }
        } catch (IOException e) {
            throw new ClusterUnavailable("k3s does not take the image of the sample app: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
