package dev.kintsugi.features.cluster.apiserver;

import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.BinaryManager;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs etcd and kube-apiserver.
 *
 * @param etcd an executable file
 * @param apiServer an executable file
 */
public record KubernetesBinaries(Path etcd, Path apiServer) {

    private static final Logger log = LoggerFactory.getLogger(KubernetesBinaries.class);
    private static final String ETCD = "etcd";
    private static final String API_SERVER = "kube-apiserver";

    /** The minor version that Kintsugi speaks. */
    private static final String MINOR = "1.28";

    /** Where kube-api-test looks up what it can download. */
    private static final URI INDEX =
            URI.create("https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml");

    private static final Duration CONNECT = Duration.ofSeconds(4);
    private static final Duration ANSWER = Duration.ofSeconds(6);

    /**
     * Those in a folder: in the folder itself, as setup-envtest lays them out, or in {@code k8s/VERSION-OS-ARCH} below it, as
     * kube-api-test does. Of several versions one of {@value #MINOR} is taken, else the newest.
     *
     * @throws IllegalArgumentException when they are not there, or cannot be executed: a sentence that begins with the folder
     */
    public static KubernetesBinaries in(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(folder + ": no such folder");
        }
        Path home = candidates(folder).stream()
                .filter(candidate ->
                        Files.exists(candidate.resolve(ETCD)) && Files.exists(candidate.resolve(API_SERVER)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(folder + ": must hold the programs " + ETCD + " and "
                        + API_SERVER + ", itself or in k8s/VERSION-OS-ARCH below it"));
        Path absolute = home.toAbsolutePath().normalize();
        return new KubernetesBinaries(
                executable(folder, absolute.resolve(ETCD)), executable(folder, absolute.resolve(API_SERVER)));
    }

    private static Path executable(Path folder, Path file) {
        if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
            throw new IllegalArgumentException(folder + ": " + file + " is no file that may be executed");
        }
        return file;
    }

    private static List<Path> candidates(Path folder) {
        List<Path> versions = new ArrayList<>();
        for (Path parent : List.of(folder, folder.resolve("k8s"))) {
            if (Files.isDirectory(parent)) {
                try (Stream<Path> below = Files.list(parent)) {
                    below.filter(Files::isDirectory).forEach(versions::add);
                } catch (IOException e) {
                    throw new IllegalArgumentException(folder + ": cannot be read", e);
                }
            }
        }
        versions.sort(Comparator.comparing((Path version) -> name(version).startsWith(MINOR + "."))
                .thenComparing(KubernetesBinaries::numbers, Arrays::compare)
                .reversed());
        return Stream.concat(Stream.of(folder), versions.stream()).toList();
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /** {@code 1.28.3-linux-amd64} as 1, 28, 3; a name without a version as nothing. */
    private static int[] numbers(Path version) {
        String text = name(version).split("-", 2)[0];
        return text.matches("\\d{1,6}(\\.\\d{1,6})*")
                ? Stream.of(text.split("\\.", -1)).mapToInt(Integer::parseInt).toArray()
                : new int[0];
    }

    /**
     * Those of {@value #MINOR} in the folder that kube-api-test keeps for all who use it ({@code $KUBE_API_TEST_DIR}, else {@code
     * ~/.kubeapitest}), downloaded if they are not there yet.
     *
     * @throws ClusterUnavailable when they cannot be had; within seconds when there is no way to where they come from
     */
    static KubernetesBinaries downloaded() {
        return downloaded(null, INDEX);
    }

    /** @param folder null for the usual one */
    static KubernetesBinaries downloaded(@Nullable Path folder, URI index) {
        try {
            return keptBy(folder, true);
        } catch (KubeAPITestException notThere) {
            requireReachable(index);
        }
        try {
            log.info("downloading etcd and kube-apiserver {}", MINOR);
            return keptBy(folder, false);
        } catch (KubeAPITestException e) {
            throw unavailable(String.valueOf(e.getMessage()), e);
        }
    }

    private static KubernetesBinaries keptBy(@Nullable Path folder, boolean offline) {
        KubeAPIServerConfigBuilder config = KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withApiServerVersion(MINOR + ".*")
                .withOfflineMode(offline)
                .withUpdateKubeConfig(false)
                .withStartupTimeout(1)
                .withWaitForEtcdHealthCheckOnStartup(false);
        if (folder != null) {
            config.withTestDir(folder.toString());
        }
        BinaryManager manager = new BinaryManager(config.build());
        manager.initAndDownloadIfRequired();
        return new KubernetesBinaries(
                manager.binaries().getEtcd().toPath().toAbsolutePath(),
                manager.binaries().getApiServer().toPath().toAbsolutePath());
    }

    /** kube-api-test itself would wait for a network that does not answer for as long as that takes. */
    private static void requireReachable(URI index) {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .proxy(ProxySelector.getDefault())
                .build();
        HttpRequest request = HttpRequest.newBuilder(index)
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            int code = client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                    .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .statusCode();
            if (code != 200) {
                throw unavailable(index.getHost() + " answers " + code, null);
            }
        } catch (TimeoutException | ExecutionException e) {
            throw unavailable(index.getHost() + " cannot be reached", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("interrupted", e);
        }
    }

    private static ClusterUnavailable unavailable(String why, @Nullable Exception cause) {
        return new ClusterUnavailable(
                "--cluster api-server: etcd and kube-apiserver " + MINOR + " cannot be downloaded: " + why
                        + "; name a folder that holds them by --kubernetes-binaries",
                cause);
    }
}
