package dev.kintsugi.features.cluster.embedded.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.chaos.emulation.ChaosDaemonException;
import dev.kintsugi.chaos.emulation.NetworkFault;
import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.model.Percentage;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.network.AddressBlock;
import dev.kintsugi.features.cluster.embedded.network.LinkDirection;
import dev.kintsugi.features.cluster.embedded.network.LinkFault;
import dev.kintsugi.features.cluster.embedded.network.PodLink;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.Images;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon on a real node agent and a real pod network. */
class NodeChaosDaemonTest {

    private static final PodInfo LINKED = pod("linked");
    private static final PodInfo SIMULATED = pod("simulated");
    private static final PodInfo SLEEPING = pod("sleeping");

    private static ApiServer server;
    private static KubernetesClient client;
    private static PodNetwork network;
    private static NodeAgents nodes;
    private static PodLink link;
    private static NodeChaosDaemon daemon;

    private static PodInfo pod(String name) {
        return new PodInfo(
                "ns", name, "uid-" + name, Map.of(), Map.of(), "Running", "node1", "", false, false, List.of());
    }

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = ApiServer.start(ServerOptions.withSeed(1));
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                .build();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("ns")
                        .endMetadata()
                        .build())
                .create();
        network = PodNetwork.start(1);
        Images images = Images.of("sleeper", List.of("/bin/sleep", "600"));
        nodes = NodeAgents.start(client, NodeOptions.of(1, Timings.quick(), images, folder, 1), network);
        link = network.attach("ns", "linked", "127.66.1.1", "127.67.1.1", List.of());
        daemon = new NodeChaosDaemon(nodes, network, System.getProperty("java.class.path"));
        run("simulated", "nginx");
        run("sleeping", "sleeper");
    }

    private static void run(String name, String image) {
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("ns")
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("node1")
                        .addNewContainer()
                        .withName("app")
                        .withImage(image)
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        await().until(() -> nodes.container("ns", name, "app").isPresent());
    }

    @AfterAll
    static void stop() {
        nodes.close();
        network.close();
        client.close();
        server.close();
    }

    @BeforeEach
    void nothingIsInForce() {
        daemon.clearNetwork("chaos/a", LINKED);
        assertThat(daemon.inForce()).isEmpty();
    }

    private static NetworkFault.Netem netem(double loss, Duration latency, String... peers) {
        return new NetworkFault.Netem(
                new NetworkFault.Chance(Percentage.of(loss), Percentage.of(25)),
                NetworkFault.Chance.NONE,
                NetworkFault.Chance.NONE,
                NetworkFault.Delay.of(latency),
                0,
                List.of(peers));
    }

    @Test
    void lossActsOnWhatLeavesThePod() throws Exception {
        daemon.applyNetwork("chaos/a", LINKED, netem(40, Duration.ZERO, "127.0.0.9"));
        assertThat(link.faults().values())
                .containsExactly(new LinkFault.Netem(
                        LinkDirection.EGRESS,
                        Set.of(AddressBlock.parse("127.0.0.9")),
                        new LinkFault.Chance(0.4, 0.25),
                        LinkFault.Chance.NONE,
                        LinkFault.Chance.NONE,
                        LinkFault.Delay.NONE,
                        0));
        assertThat(daemon.inForce()).singleElement().asString().contains("ns/linked", "chaos/a");
    }

    @Test
    void secondFaultFromTheSameSourceTakesThePlaceOfTheFirst() throws Exception {
        daemon.applyNetwork("chaos/a", LINKED, netem(40, Duration.ofMillis(80)));
        daemon.applyNetwork("chaos/a", LINKED, netem(0, Duration.ofMillis(80)));
        daemon.clearNetwork("chaos/b", LINKED);
        assertThat(link.faults()).containsOnlyKeys("chaos/a");
        assertThat(link.faults().get("chaos/a")).isInstanceOfSatisfying(LinkFault.Netem.class, netem -> assertThat(
                        netem.loss().share())
                .isZero());
        daemon.clearNetwork("chaos/a", LINKED);
        assertThat(link.faults()).isEmpty();
    }

    @Test
    void partitionHasADirection() throws Exception {
        daemon.applyNetwork("chaos/a", LINKED, new NetworkFault.Partition(true, true, List.of()));
        assertThat(link.faults().values()).containsExactly(new LinkFault.Partition(LinkDirection.BOTH, Set.of()));
        daemon.applyNetwork("chaos/a", LINKED, new NetworkFault.Partition(false, true, List.of()));
        assertThat(link.faults().values()).containsExactly(new LinkFault.Partition(LinkDirection.INGRESS, Set.of()));
    }

    @Test
    void targetThatIsNoHostIsRefusedAndNothingIsInForce() {
        assertThatThrownBy(() -> daemon.applyNetwork("chaos/a", LINKED, netem(40, Duration.ZERO, "10.0.0.0/8")))
                .isInstanceOf(ChaosDaemonException.class)
                .hasMessageContaining("10.0.0.0/8");
        assertThat(daemon.inForce()).isEmpty();
    }

    @Test
    void podWithoutANetworkCannotBeHarmedAndClearingItIsNoError() {
        assertThatThrownBy(() -> daemon.applyNetwork("chaos/a", pod("absent"), netem(40, Duration.ZERO)))
                .isInstanceOf(ChaosDaemonException.class)
                .hasMessageContaining("ns/absent has no network");
        daemon.clearNetwork("chaos/a", pod("absent"));
    }

    @Test
    void simulatedContainerIsNotHarmed() {
        assertThatThrownBy(() -> daemon.killContainer(SIMULATED, "app"))
                .isInstanceOf(ChaosDaemonException.class)
                .hasMessageContaining("is simulated");
        assertThatThrownBy(() -> daemon.startStressor(SIMULATED, "app", StressorSpec.memory(1 << 20)))
                .isInstanceOf(ChaosDaemonException.class)
                .hasMessageContaining("is simulated");
        assertThatThrownBy(() -> daemon.killContainer(SIMULATED, "other"))
                .isInstanceOf(ChaosDaemonException.class)
                .hasMessageContaining("does not run now");
    }

    @Test
    void stressorIsAProcessThatEndsWhenItIsStopped() throws Exception {
        String instance = daemon.startStressor(SLEEPING, "app", StressorSpec.memory(64L << 20));
        ProcessHandle stressor = ProcessHandle.of(Long.parseLong(instance)).orElseThrow();
        assertThat(stressor.isAlive()).isTrue();
        assertThat(daemon.inForce()).singleElement().asString().contains(instance);
        daemon.stopStressor(SLEEPING, "app", instance);
        await().until(() -> !stressor.isAlive());
        assertThat(daemon.inForce()).isEmpty();
        daemon.stopStressor(SLEEPING, "app", instance);
    }
}
