package dev.kintsugi.features.cluster.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.network.ServiceProxy;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Service of three pods, of which one goes under a load of new connections: it loses as many requests, for as long, as the recordings of
 * a real cluster. What is asserted of the measured runs is asserted of the recorded ones as well.
 */
final class ServiceOutageTest {

    private static final int PORT = 8080;
    private static final int SERVICE_PORT = 20_000 + ThreadLocalRandom.current().nextInt(10_000);
    private static final Duration PERIOD = Duration.ofMillis(10);
    private static final int BEFORE = 50;
    private static final int AFTER = 400;
    private static final int CLIENT_TIMEOUT_MILLIS = 3_000;

    /** One request, sent so long after the act. */
    private record Request(double sentAtMillis, boolean ok) {}

    private static NodesUnderTest nodes;
    private static KubernetesClient client;
    private static String clusterIp;

    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(ServiceOutageTest::daemon);
    private final ExecutorService clients = Executors.newCachedThreadPool(ServiceOutageTest::daemon);

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "load");
        thread.setDaemon(true);
        return thread;
    }

    /** The process ignores SIGTERM and serves on, as the recorded one. */
    @BeforeAll
    static void start(@TempDir Path folder) {
        Images images = NodesUnderTest.tiny(PORT, "sh", "-c", "trap '' TERM; exec \"$0\" \"$@\"");
        nodes = new NodesUnderTest(folder, Timings.real(), images).withControl();
        client = nodes.client();
        nodes.closing(ServiceProxy.start(client, nodes.network(), 1));
        clusterIp = client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .withNamespace("ns")
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "web")
                        .addNewPort()
                        .withPort(SERVICE_PORT)
                        .withTargetPort(new IntOrString(PORT))
                        .endPort()
                        .endSpec()
                        .build())
                .create()
                .getSpec()
                .getClusterIP();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @BeforeEach
    void threePodsThatServe() {
        for (int i = 0; i < 3; i++) {
            String name = "web-" + i;
            if (client.pods().inNamespace("ns").withName(name).get() == null) {
                client.resource(pod(name)).create();
            }
        }
        await("three ready endpoints").atMost(Duration.ofSeconds(60)).until(() -> readyEndpoints() == 3);
        await("answers").until(() -> ask());
    }

    @AfterEach
    void stopLoad() {
        clock.shutdownNow();
        clients.shutdownNow();
    }

    @Test
    void deletedPodCostsNothingSinceItsEndpointGoesBeforeItsProcess() throws Exception {
        List<Request> requests =
                load(() -> client.pods().inNamespace("ns").withName("web-0").delete());

        assertThat(failures(requests)).isEmpty();
        for (int run = 1; run <= 3; run++) {
            assertThat(failures(recorded("graceful." + run))).isEmpty();
        }
        client.pods().inNamespace("ns").withName("web-0").withGracePeriod(0).delete();
        awaitGone("web-0");
    }

    @Test
    void podDeletedByForceCostsNothingEither() throws Exception {
        List<Request> requests = load(() -> client.pods()
                .inNamespace("ns")
                .withName("web-1")
                .withGracePeriod(0)
                .delete());

        assertThat(failures(requests)).isEmpty();
        for (int run = 1; run <= 3; run++) {
            assertThat(failures(recorded("force." + run))).isEmpty();
        }
        awaitGone("web-1");
    }

    @Test
    void killedProcessCostsAThirdOfTheRequestsUntilItsEndpointIsOut() throws Exception {
        List<Request> requests = load(() ->
                nodes.agents().container("ns", "web-2", "web").orElseThrow().kill());

        assertLosesAThirdForAMoment(requests);
        for (int run = 1; run <= 3; run++) {
            assertLosesAThirdForAMoment(recorded("kill9." + run));
        }
    }

    /** The endpoint is out when the node agent has relisted its containers, a second later at most, and the slice is written. */
    private static void assertLosesAThirdForAMoment(List<Request> requests) {
        List<Request> failures = failures(requests);
        assertThat(failures).isNotEmpty();
        double first = failures.get(0).sentAtMillis();
        double last = failures.get(failures.size() - 1).sentAtMillis();
        assertThat(first).isBetween(-5.0, 400.0);
        assertThat(last).isLessThan(2_000);
        long meanwhile = requests.stream()
                .filter(request -> request.sentAtMillis() >= -5 && request.sentAtMillis() <= last + 10)
                .count();
        double share = (double) failures.size() / meanwhile;
        double deviation = Math.sqrt(1.0 / 3 * 2 / 3 / meanwhile);
        assertThat(share)
                .as("of %s requests from the act to %s ms", meanwhile, last)
                .isBetween(1.0 / 3 - 4 * deviation, 1.0 / 3 + 4 * deviation);
    }

    private static List<Request> failures(List<Request> requests) {
        return requests.stream().filter(request -> !request.ok()).toList();
    }

    /** Sends requests at a steady pace, whatever becomes of them, and acts after the first of them. */
    private List<Request> load(Runnable act) throws InterruptedException {
        Queue<Request> requests = new ConcurrentLinkedQueue<>();
        long begun = System.nanoTime();
        long actAt = begun + PERIOD.toNanos() * BEFORE;
        Phaser open = new Phaser(BEFORE + AFTER + 1);
        for (int i = 0; i < BEFORE + AFTER; i++) {
            at(begun + i * PERIOD.toNanos(), () -> {
                double sentAt = (System.nanoTime() - actAt) / 1e6;
                requests.add(new Request(sentAt, ask()));
                open.arriveAndDeregister();
            });
        }
        CompletableFuture<Void> acted = new CompletableFuture<>();
        at(actAt, () -> {
            act.run();
            acted.complete(null);
        });
        open.awaitAdvance(open.arriveAndDeregister());
        assertThat(acted).isCompleted();
        List<Request> sorted = new ArrayList<>(requests);
        sorted.sort((one, other) -> Double.compare(one.sentAtMillis(), other.sentAtMillis()));
        return sorted;
    }

    private void at(long nanoTime, Runnable work) {
        var unused = clock.schedule(() -> clients.execute(work), nanoTime - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private static boolean ask() {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByName(clusterIp), SERVICE_PORT), CLIENT_TIMEOUT_MILLIS);
            socket.setSoTimeout(CLIENT_TIMEOUT_MILLIS);
            socket.getOutputStream().write("GET /health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Request> recorded(String name) {
        String resource = "/network-recordings/service-" + name + ".csv";
        try (InputStream in = Objects.requireNonNull(ServiceOutageTest.class.getResourceAsStream(resource), resource);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .map(cells -> new Request(Double.parseDouble(cells[0]), cells[2].equals("ok")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long readyEndpoints() {
        return client.discovery().v1().endpointSlices().inNamespace("ns").list().getItems().stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(ServiceOutageTest::isReady)
                .count();
    }

    private static boolean isReady(Endpoint endpoint) {
        return Boolean.TRUE.equals(endpoint.getConditions().getReady());
    }

    private static void awaitGone(String pod) {
        await(pod + " gone")
                .until(() -> client.pods().inNamespace("ns").withName(pod).get() == null);
    }

    private static Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName(name)
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .withNodeName("node1")
                .addNewContainer()
                .withName("web")
                .withImage("tiny:1")
                .addNewPort()
                .withContainerPort(PORT)
                .endPort()
                .withNewReadinessProbe()
                .withPeriodSeconds(1)
                .withNewHttpGet()
                .withPath("/health")
                .withNewPort(PORT)
                .endHttpGet()
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
    }
}
