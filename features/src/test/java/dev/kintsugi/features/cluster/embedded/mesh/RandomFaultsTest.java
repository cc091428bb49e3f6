package dev.kintsugi.features.cluster.embedded.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.kintsugi.chaos.emulation.ChaosDaemonException;
import dev.kintsugi.chaos.emulation.HttpFault;
import dev.kintsugi.chaos.emulation.NetworkFault;
import dev.kintsugi.chaos.emulation.NetworkFault.Chance;
import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.model.Percentage;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.network.PodLink;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.Images;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hundred faults of all kinds, several at once, on real processes and under traffic: each comes, and each goes without a trace. */
@Timeout(120)
class RandomFaultsTest {

    private static final int FAULTS = 100;
    private static final int AT_ONCE = 10;
    private static final long MEBIBYTE = 1024 * 1024;

    /** A fault in force, and how to take it back. */
    private record InForce(String line, Recovery recovery) {
        interface Recovery {
            void recover() throws ChaosDaemonException;
        }
    }

    private final Random random = new Random(20_230_815);
    private final ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(server.kubeconfig()))
            .build();
    private final PodNetwork network = PodNetwork.start(1);
    private final NodeAgents nodes;
    private final HttpServer process;
    private final PodLink link;
    private final NodeChaosDaemon daemon;
    private final List<PodInfo> victims = new ArrayList<>();

    RandomFaultsTest(@TempDir Path folder) throws Exception {
        Images images = Images.of("sleeper", List.of("/bin/sleep", "600"));
        nodes = NodeAgents.start(client, NodeOptions.of(1, Timings.quick(), images, folder, 1), network);
        daemon = new NodeChaosDaemon(nodes, network, System.getProperty("java.class.path"));
        String host = (random.nextInt(200) + 1) + "." + ProcessHandle.current().pid() % 250;
        process = HttpServer.create(new InetSocketAddress("127.69." + host, 0), 100);
        process.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        process.start();
        int port = process.getAddress().getPort();
        link = network.attach("ns", "linked", "127.68." + host, "127.69." + host, List.of(port));
        link.up().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        nodes.close();
        network.close();
        process.stop(0);
        client.close();
        server.close();
    }

    private static PodInfo pod(String name) {
        return new PodInfo(
                "ns", name, "uid-" + name, Map.of(), Map.of(), "Running", "node1", "", false, false, List.of());
    }

    private void runVictims(int count) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("ns")
                        .endMetadata()
                        .build())
                .create();
        for (int i = 0; i < count; i++) {
            victims.add(pod("victim-" + i));
            client.resource(new PodBuilder()
                            .withNewMetadata()
                            .withNamespace("ns")
                            .withName("victim-" + i)
                            .endMetadata()
                            .withNewSpec()
                            .withNodeName("node1")
                            .addNewContainer()
                            .withName("app")
                            .withImage("sleeper")
                            .endContainer()
                            .endSpec()
                            .build())
                    .create();
        }
        victims.forEach(victim -> await().atMost(Duration.ofSeconds(30))
                .until(() -> nodes.container("ns", victim.name(), "app").isPresent()));
    }

    @Test
    void hundredFaultsComeAndGoWithoutATrace() throws Exception {
        runVictims(4);
        Set<Long> processes = new HashSet<>();
        for (int done = 0; done < FAULTS; done += AT_ONCE) {
            List<InForce> batch = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                batch.add(inject("chaos/x" + (done + i)));
            }
            assertThat(daemon.inForce())
                    .containsExactlyInAnyOrderElementsOf(
                            batch.stream().map(InForce::line).toList());
            victims.forEach(victim -> nodes.container("ns", victim.name(), "app")
                    .map(RunningContainer::pids)
                    .ifPresent(processes::addAll));
            request();
            Collections.shuffle(batch, random);
            for (InForce fault : batch) {
                fault.recovery().recover();
                fault.recovery().recover();
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> daemon.inForce().isEmpty());
        }
        assertThat(link.faults()).isEmpty();
        assertThat(link.httpMet()).isEmpty();
        victims.forEach(victim -> assertThat(nodes.container("ns", victim.name(), "app"))
                .hasValueSatisfying(container -> {
                    processes.removeAll(container.pids());
                    assertThat(container.pids())
                            .as("the container's own process")
                            .hasSize(1);
                }));
        await().atMost(Duration.ofSeconds(20)).until(() -> processes.stream()
                .noneMatch(pid ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()));
        assertThat(request()).isEqualTo(200);
    }

    private InForce inject(String source) throws ChaosDaemonException {
        int kind = random.nextInt(100);
        if (kind < 60) {
            daemon.applyNetwork(source, pod("linked"), randomNetworkFault());
            return new InForce(
                    "pod ns/linked has the network fault " + source, () -> daemon.clearNetwork(source, pod("linked")));
        }
        if (kind < 85) {
            daemon.applyHttp(source, pod("linked"), randomHttpFault());
            return new InForce(
                    "pod ns/linked has the HTTP rule " + source, () -> daemon.clearHttp(source, pod("linked")));
        }
        PodInfo victim = victims.get(random.nextInt(victims.size()));
        StressorSpec spec = random.nextBoolean()
                ? StressorSpec.cpu(1 + random.nextInt(4), random.nextInt(30))
                : new StressorSpec(
                        1 + random.nextInt(3), (1 + random.nextInt(30)) * MEBIBYTE, 0, 0, random.nextInt(1_000));
        String instance = daemon.startStressor(victim, "app", spec);
        return new InForce(
                "stressor process " + instance + " is alive", () -> daemon.stopStressor(victim, "app", instance));
    }

    private NetworkFault randomNetworkFault() {
        List<String> peers = List.of(List.<String>of(), List.of("127.0.0.9"), List.of("127.0.0.0/16", "127.64.0.1"))
                .get(random.nextInt(3));
        return switch (random.nextInt(4)) {
            case 0 -> new NetworkFault.Partition(true, random.nextBoolean(), peers);
            case 1 ->
                new NetworkFault.Bandwidth(
                        1 + random.nextInt(1 << 24),
                        1 + random.nextInt(1 << 20),
                        1 + random.nextInt(1 << 16),
                        random.nextBoolean() ? 0 : 1 + random.nextInt(1 << 24),
                        random.nextInt(5_000),
                        peers);
            default ->
                new NetworkFault.Netem(
                        randomChance(),
                        randomChance(),
                        randomChance(),
                        new NetworkFault.Delay(
                                Duration.ofMillis(random.nextInt(200)),
                                Duration.ofMillis(random.nextInt(100)),
                                randomPercentage(),
                                randomChance(),
                                1 + random.nextInt(10)),
                        random.nextBoolean() ? 0 : 1 + random.nextInt(1 << 24),
                        peers);
        };
    }

    private HttpFault randomHttpFault() {
        return new HttpFault(
                random.nextBoolean() ? HttpFault.Target.REQUEST : HttpFault.Target.RESPONSE,
                process.getAddress().getPort(),
                HttpFault.Match.ALL,
                random.nextInt(4) == 0,
                Duration.ofMillis(random.nextInt(100)),
                new HttpFault.Replace(
                        random.nextBoolean() ? Optional.of("/other") : Optional.empty(),
                        Optional.empty(),
                        Map.of("q", "1"),
                        random.nextBoolean() ? Optional.of(503) : Optional.empty(),
                        Map.of("X-Kind", "replaced"),
                        Optional.empty()),
                new HttpFault.Patch(List.of(), List.of(new HttpFault.Pair("X-Kind", "added")), Optional.empty()));
    }

    private Chance randomChance() {
        return new Chance(randomPercentage(), randomPercentage());
    }

    private Percentage randomPercentage() {
        return random.nextInt(3) == 0 ? Percentage.ZERO : Percentage.of(random.nextInt(1_001) / 10.0);
    }

    /** The status that a user gets within a short while, or 0. Whatever is in force, it must not break the network for good. */
    private int request() throws InterruptedException {
        String authority =
                link.podIp().getHostAddress() + ":" + process.getAddress().getPort();
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://" + authority + "/"))
                                    .timeout(Duration.ofMillis(300))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (java.io.IOException lateOrClosed) {
            return 0;
        }
    }

    @Test
    void killedContainersLeaveNoStressorBehind() throws Exception {
        runVictims(3);
        List<Long> stressors = new ArrayList<>();
        for (PodInfo victim : victims) {
            stressors.add(Long.parseLong(daemon.startStressor(victim, "app", StressorSpec.cpu(1, 5))));
            stressors.add(Long.parseLong(daemon.startStressor(victim, "app", StressorSpec.memory(20 * MEBIBYTE))));
        }
        assertThat(daemon.inForce()).hasSize(6);
        for (PodInfo victim : victims) {
            daemon.killContainer(victim, "app");
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> stressors.stream()
                .noneMatch(pid ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()));
        assertThat(daemon.inForce()).isEmpty();
    }
}
