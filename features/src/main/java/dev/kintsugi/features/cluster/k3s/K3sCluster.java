package dev.kintsugi.features.cluster.k3s;

import dev.kintsugi.features.cluster.Capabilities;
import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.PrivateFile;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import dev.kintsugi.features.cluster.existing.ExistingCluster;
import dev.kintsugi.features.process.ChildProcess;
import dev.kintsugi.features.process.LogFile;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A k3s of the run's own: started in a container, given the image of the sample app and Chaos Mesh, and thrown away at the end.
 * From there on it is a cluster like any other that a kubeconfig leads to.
 */
public final class K3sCluster implements Cluster {

    private static final Duration INSTALLATION = Duration.ofMinutes(6);
    private static final long LOG_LIMIT_BYTES = 4L * 1024 * 1024;

    /**
     * How it is to be.
     *
     * @param folder for the kubeconfig, the archive and logs
     * @param sampleApp the folder in which the build packed the sample app
     * @param image the name that the workload's manifest has for it
     * @param chart an archive or folder of Chaos Mesh's chart; null for the published one
     * @param java the words that start another JVM with this one's classes, up to the main class
     */
    public record Options(
            Path folder,
            Path sampleApp,
            String image,
            @Nullable Path chart,
            Launcher java) {}

    /** Starts other JVMs with this one's classes. */
    public interface Launcher {
        /** The words, up to and including the main class. */
        List<String> words(String mainClass);
    }

    /** Makes the archive of the sample app's image. */
    interface ImageBuilder {
        void write(Path app, String image, Path archive) throws InterruptedException;
    }

    /** Installs Chaos Mesh on what a kubeconfig leads to. */
    interface Installer {
        void install(ChaosMeshRelease release, Path kubeconfig) throws InterruptedException;
    }

    private final K3sNode node;
    private final ExistingCluster inside;

    private K3sCluster(K3sNode node, ExistingCluster inside) {
        this.node = node;
        this.inside = inside;
    }

    /**
     * Starts one; scenarios can run on it when this returns.
     *
     * @throws ClusterUnavailable when there is no Docker, or an image or chart cannot be had
     */
    public static K3sCluster start(Options options) {
        DockerNode.requireDocker();
        return start(
                options,
                new DockerNode(),
                SampleAppArchive::write,
                (release, kubeconfig) -> install(options, release, kubeconfig));
    }

    /** The steps, in an order in which the slow ones that need the network come before the node is there. */
    static K3sCluster start(Options options, K3sNode node, ImageBuilder images, Installer installer) {
        Path archive = options.folder().resolve("sample-app.tar");
        Path kubeconfig = options.folder().resolve("k3s.kubeconfig");
        try {
            images.write(options.sampleApp(), options.image(), archive);
            node.start();
            node.importImages(archive);
            writeForOwner(kubeconfig, node.kubeconfig());
            installer.install(new ChaosMeshRelease(options.chart()), kubeconfig);
            return new K3sCluster(
                    node,
                    ExistingCluster.connect(kubeconfig, null, options.folder().resolve("kubeconfig")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            node.close();
            throw new ClusterUnavailable("interrupted while k3s was starting", e);
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private static void writeForOwner(Path file, String text) {
        try {
            PrivateFile.write(file, text);
            file.toFile().deleteOnExit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That of this process, for proxies' sake, but with none of the user's own Helm repositories. */
    private static Map<String, String> environment(Path helm) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("HELM_CACHE_HOME", helm.resolve("cache").toString());
        environment.put("HELM_CONFIG_HOME", helm.resolve("config").toString());
        environment.put("HELM_DATA_HOME", helm.resolve("data").toString());
        return environment;
    }

    private static void install(Options options, ChaosMeshRelease release, Path kubeconfig)
            throws InterruptedException {
        List<String> words = new ArrayList<>(options.java().words(ChartInstaller.class.getName()));
        words.add(kubeconfig.toString());
        if (release.chart() != null) {
            words.add(release.chart().toAbsolutePath().toString());
        }
        Path log = options.folder().resolve("helm.log");
        try (ChildProcess helm = ChildProcess.start(
                new ChildProcess.Command(words, environment(options.folder().resolve("helm")), null),
                new LogFile(log, LOG_LIMIT_BYTES, InstantSource.system()))) {
            int code = helm.exit().get(INSTALLATION.toSeconds(), TimeUnit.SECONDS);
            if (code != 0) {
                throw new ClusterUnavailable(
                        "Chaos Mesh (" + release.describe() + ") cannot be installed; what Helm said is in " + log);
            }
        } catch (TimeoutException e) {
            throw new ClusterUnavailable("Chaos Mesh was not ready within " + INSTALLATION.toMinutes() + " min", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of Helm could not be awaited", e);
        }
    }

    @Override
    public String kind() {
        return "k3s";
    }

    @Override
    public String timings() {
        return "real";
    }

    @Override
    public Path kubeconfig() {
        return inside.kubeconfig();
    }

    @Override
    public KubernetesClient client() {
        return inside.client();
    }

    @Override
    public List<String> residue() {
        return inside.residue();
    }

    @Override
    public Capabilities capabilities() {
        return inside.capabilities();
    }

    /** Nobody else does, but its network is not this machine's, and its system pods come and go by themselves. */
    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public void close() {
        inside.close();
        node.close();
    }
}
