package dev.kintsugi.features.cluster.apiserver;

import dev.kintsugi.features.cluster.Parts;
import dev.kintsugi.features.cluster.existing.ClusterUnavailable;
import dev.kintsugi.features.process.ChildProcess;
import dev.kintsugi.features.process.LogFile;
import io.fabric8.kubeapitest.cert.CertManager;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An etcd and a kube-apiserver, processes of this machine that listen on loopback only and end with this JVM. The certificates are
 * kube-api-test's. The processes are not: started by it they would outlive a JVM that is killed, and always give out Services' addresses
 * from 10.0.0.0/24, which nobody on this machine could listen on.
 */
final class RealApiServer implements AutoCloseable {

    /** The namespaces that the server makes by itself soon after it is ready. */
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int LAST_LINES = 5;
    private static final long LOG_LIMIT_BYTES = 16L * 1024 * 1024;
    private static final String KEYS = "keys";
    private static final String LOOPBACK = "127.0.0.1";

    private final Path folder;
    private final CertManager certificates;
    private final Parts parts = new Parts();
    private final int port;

    private RealApiServer(KubernetesBinaries binaries, Path folder, String serviceCidr) throws IOException {
        this.folder = folder;
        Path keys = Files.createDirectories(
                folder.resolve(KEYS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        certificates = new CertManager(keys.toString());
        certificates.createCertificatesIfNeeded();
        List<Integer> ports = freePorts(3);
        port = ports.get(2);
        try {
            ChildProcess etcd = start("etcd", etcd(binaries, ports.get(0), ports.get(1)));
            await("etcd", etcd, () -> isHealthy(ports.get(0)));
            ChildProcess apiServer = start("kube-apiserver", apiServer(binaries, ports.get(0), serviceCidr));
            try (KubernetesClient client = hasty()) {
                await("kube-apiserver", apiServer, () -> isReady(client));
            }
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /**
     * Starts them; the server answers, and has its namespaces, when this returns.
     *
     * @param folder for keys, data and logs; the keys in it are readable by the owner alone
     * @param serviceCidr the range that Services get their addresses from
     * @throws ClusterUnavailable when one of them does not start: with the last lines that it printed
     */
    static RealApiServer start(KubernetesBinaries binaries, Path folder, String serviceCidr) {
        try {
            return new RealApiServer(binaries, folder, serviceCidr);
        } catch (IOException e) {
            throw new UncheckedIOException("--cluster api-server cannot start: " + e.getMessage(), e);
        }
    }

    private List<String> etcd(KubernetesBinaries binaries, int clients, int peers) {
        String url = "http://" + LOOPBACK + ":";
        return List.of(
                binaries.etcd().toString(),
                "--data-dir=" + folder.resolve("etcd"),
                "--unsafe-no-fsync",
                "--listen-client-urls=" + url + clients,
                "--advertise-client-urls=" + url + clients,
                "--listen-peer-urls=" + url + peers,
                "--initial-advertise-peer-urls=" + url + peers,
                "--initial-cluster=default=" + url + peers);
    }

    /**
     * No loop of this machine takes tokens to pods, so that pods are not refused for want of them. The server can tell nobody in the
     * cluster where it is, since a loopback address is not allowed there, and it asks kubelets at their addresses, for their names are
     * not known here.
     *
     * @see <a href="https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/">kube-apiserver</a>
     */
    private List<String> apiServer(KubernetesBinaries binaries, int etcd, String serviceCidr) {
        return List.of(
                binaries.apiServer().toString(),
                "--etcd-servers=http://" + LOOPBACK + ":" + etcd,
                "--bind-address=" + LOOPBACK,
                "--advertise-address=" + LOOPBACK,
                "--secure-port=" + port,
                "--endpoint-reconciler-type=none",
                "--service-cluster-ip-range=" + serviceCidr,
                "--cert-dir=" + keys(),
                "--tls-cert-file=" + certificates.getAPIServerCertPath(),
                "--tls-private-key-file=" + certificates.getAPIServerKeyPath(),
                "--client-ca-file=" + certificates.getClientCertPath(),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + certificates.getAPIServerKeyPath(),
                "--service-account-signing-key-file=" + certificates.getAPIServerKeyPath(),
                "--disable-admission-plugins=ServiceAccount",
                "--authorization-mode=RBAC",
                "--kubelet-preferred-address-types=InternalIP",
                "--allow-privileged=true");
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private ChildProcess start(String name, List<String> words) {
        ChildProcess process = ChildProcess.start(
                new ChildProcess.Command(words, Map.of(), folder),
                new LogFile(folder.resolve(name + ".log"), LOG_LIMIT_BYTES, InstantSource.system()));
        parts.add(() -> end(process));
        return process;
    }

    /** At once: its data is thrown away. */
    private static void end(ChildProcess process) throws InterruptedException, ExecutionException, TimeoutException {
        process.kill();
        process.exit().get(END.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void await(String name, ChildProcess process, Callable<Boolean> ready) {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .atMost(START)
                    .until(() -> process.exit().isDone() || ready.call());
        } catch (ConditionTimeoutException e) {
            throw failed(name, process, "was not ready within " + START.toSeconds() + " s", e);
        }
        if (process.exit().isDone()) {
            throw failed(name, process, "ended with code " + process.exit().join() + " while it started", null);
        }
    }

    private ClusterUnavailable failed(String name, ChildProcess process, String how, @Nullable Exception cause) {
        List<String> lines = process.log().lines().stream()
                .map(LogFile.Line::text)
                .filter(line -> !line.isBlank())
                .toList();
        String said = lines.isEmpty()
                ? "it printed nothing"
                : "it printed last:\n"
                        + lines.stream()
                                .skip(Math.max(0, lines.size() - LAST_LINES))
                                .map(line -> "  " + line)
                                .collect(Collectors.joining("\n"));
        return new ClusterUnavailable("--cluster api-server: " + name + " " + how + "; " + said, cause);
    }

    private static boolean isHealthy(int etcd) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + LOOPBACK + ":" + etcd + "/health"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isReady(KubernetesClient client) {
        try {
            return "ok".equals(client.raw("/readyz"))
                    && NAMESPACES.stream()
                            .noneMatch(
                                    name -> client.namespaces().withName(name).get() == null);
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    /** A client that repeats nothing, since it is asked again and again anyway. */
    private KubernetesClient hasty() throws IOException {
        Config config = Config.fromKubeconfig(kubeconfig());
        config.setRequestRetryBackoffLimit(0);
        config.setConnectionTimeout(2_000);
        config.setRequestTimeout(5_000);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** The text of a kubeconfig whose only context is this server, with a certificate that may do everything. */
    String kubeconfig() throws IOException {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: kintsugi
                  cluster:
                    server: https://%s:%d
                    certificate-authority-data: %s
                users:
                - name: kintsugi
                  user:
                    client-certificate-data: %s
                    client-key-data: %s
                contexts:
                - name: kintsugi
                  context:
                    cluster: kintsugi
                    user: kintsugi
                    namespace: default
                current-context: kintsugi
                """.formatted(
                        LOOPBACK,
                        port,
                        base64(certificates.getAPIServerCertPath()),
                        base64(certificates.getClientCertPath()),
                        base64(certificates.getClientKeyPath()));
    }

    /** A folder for keys, which nobody else can look into. */
    Path keys() {
        return folder.resolve(KEYS);
    }

    private static String base64(String file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(file)));
    }

    /** Ends both, and removes the data. */
    @Override
    public void close() {
        parts.close();
        for (String rest : List.of("etcd", KEYS)) {
            delete(folder.resolve(rest));
        }
    }

    private static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (var files = Files.walk(tree)) {
            for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + tree + ": " + e.getMessage(), e);
        }
    }
}
