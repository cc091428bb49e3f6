package dev.kintsugi.features.cluster.embedded.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServiceProxyTest {

    /** A pod that answers each connection with its own name and keeps it. */
    private record Pod(String name, Addresses at, PodLink link, InsideServer process) {}

    private static final int PORT = 20_000 + ThreadLocalRandom.current().nextInt(10_000);

    private final ApiServer server =
            ApiServer.start(ServerOptions.withSeed(ThreadLocalRandom.current().nextLong()));
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(server.kubeconfig()))
            .build();
    private final PodNetwork network = PodNetwork.start(3);
    private final List<Pod> pods = new ArrayList<>();
    private final ServiceProxy proxy = ServiceProxy.start(client, network, 5);
    private final String clusterIp;

    ServiceProxyTest() {
        clusterIp = client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .withNamespace("default")
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "web")
                        .addNewPort()
                        .withName("http")
                        .withPort(PORT)
                        .endPort()
                        .endSpec()
                        .build())
                .create()
                .getSpec()
                .getClusterIP();
    }

    @AfterEach
    void close() {
        proxy.close();
        network.close();
        pods.forEach(pod -> pod.process().close());
        client.close();
        server.close();
    }

    @Test
    void serviceWithoutEndpointsRefuses() throws Exception {
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);

        publish(pod("a"));
        awaitServed();
        publish();
        awaitRefused();
        publish(pods.get(0));
        awaitServed();
    }

    @Test
    void newConnectionsSpreadOverTheReadyEndpoints() throws Exception {
        publish(pod("a"), pod("b"), pod("c"));
        awaitServed();
        await().until(() -> served(30).size() == 3);

        Map<String, Integer> times = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            times.merge(ask(), 1, Integer::sum);
        }
        assertThat(times.values()).allSatisfy(count -> assertThat(count).isBetween(60, 140));
    }

    @Test
    void endpointThatIsTakenOutGetsNoNewConnectionsButKeepsItsOld() throws Exception {
        Pod first = pod("a");
        Pod second = pod("b");
        publish(first);
        awaitServed();
        try (Socket kept = connect()) {
            assertThat(answer(kept)).isEqualTo("a");

            publish(second);
            await().until(() -> ask().equals("b"));
            assertThat(served(20)).containsExactly("b");

            assertThat(answer(kept)).as("on the old connection").isEqualTo("a");
        }
    }

    @Test
    void connectionToAnEndpointThatRefusesIsResetAndNotTriedElsewhere() throws Exception {
        Pod dead = pod("a");
        publish(dead, pod("b"));
        await().until(() -> served(30).size() == 2);
        dead.process().close();
        dead.link().down();

        int failed = 0;
        for (int i = 0; i < 100; i++) {
            try {
                assertThat(ask()).isEqualTo("b");
            } catch (SocketException e) {
                failed++;
            }
        }
        assertThat(failed).isBetween(25, 75);
    }

    @Test
    void deletedServiceRefuses() throws Exception {
        publish(pod("a"));
        awaitServed();

        client.services().inNamespace("default").withName("web").delete();

        awaitRefused();
    }

    @Test
    void podSeesTheAddressOfTheClient() throws Exception {
        publish(pod("a"));
        awaitServed();
        pods.get(0)
                .link()
                .apply("cut", new LinkFault.Partition(LinkDirection.BOTH, Set.of(AddressBlock.parse("127.0.0.9"))));

        assertThat(ask()).isEqualTo("a");
        try (Socket cutOff =
                new Socket(InetAddress.getByName(clusterIp), PORT, InetAddress.getByName("127.0.0.9"), 0)) {
            cutOff.setSoTimeout(300);
            assertThatThrownBy(() -> answer(cutOff)).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void clusterAddressThatIsTakenIsReportedUntilItIsFree() throws Exception {
        try (ServerSocket squatter = new ServerSocket(PORT, 1, InetAddress.getByName(clusterIp))) {
            assertThat(squatter.isBound()).isTrue();
            publish(pod("a"));

            await().until(() -> !proxy.problems().isEmpty());
            assertThat(proxy.problems())
                    .singleElement()
                    .asString()
                    .contains(clusterIp + ":" + PORT)
                    .contains("default/web");
        }
        await().ignoreExceptions().untilAsserted(() -> assertThat(ask()).isEqualTo("a"));
        assertThat(proxy.problems()).isEmpty();
    }

    @Test
    void closedProxyLeavesNoPortBehind() throws Exception {
        publish(pod("a"));
        awaitServed();

        proxy.close();

        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        try (ServerSocket free = new ServerSocket(PORT, 1, InetAddress.getByName(clusterIp))) {
            assertThat(free.isBound()).isTrue();
        }
    }

    private Pod pod(String name) throws Exception {
        Addresses at = Addresses.draw();
        InsideServer process = InsideServer.start(at, socket -> {
            while (socket.getInputStream().read() >= 0) {
                socket.getOutputStream().write(name.getBytes(UTF_8));
            }
        });
        PodLink link = network.attach("default", name, at.front(), at.inside(), List.of(at.port()));
        link.up().toCompletableFuture().get(10, TimeUnit.SECONDS);
        Pod pod = new Pod(name, at, link, process);
        pods.add(pod);
        return pod;
    }

    /** One slice for each pod, since each has a port of its own. */
    private void publish(Pod... ready) {
        Set<String> wanted = new TreeSet<>();
        for (Pod pod : ready) {
            wanted.add("web-" + pod.name());
            client.resource(slice(pod)).createOr(NonDeletingOperation::update);
        }
        client.discovery().v1().endpointSlices().inNamespace("default").list().getItems().stream()
                .filter(slice -> !wanted.contains(slice.getMetadata().getName()))
                .forEach(slice -> client.resource(slice).delete());
    }

    private static EndpointSlice slice(Pod pod) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName("web-" + pod.name())
                .withNamespace("default")
                .addToLabels("kubernetes.io/service-name", "web")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withName("http")
                .withPort(pod.at().port())
                .withProtocol("TCP")
                .endPort()
                .addNewEndpoint()
                .withAddresses(pod.at().front())
                .withNewConditions(true, true, false)
                .endEndpoint()
                .build();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(clusterIp, PORT);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private String ask() throws IOException {
        try (Socket socket = connect()) {
            return answer(socket);
        }
    }

    private static String answer(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
        int first = socket.getInputStream().read();
        if (first < 0) {
            throw new SocketException("closed without an answer");
        }
        return String.valueOf((char) first);
    }

    private Set<String> served(int times) throws IOException {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < times; i++) {
            names.add(ask());
        }
        return names;
    }

    private void awaitServed() {
        await().ignoreExceptions().until(() -> !ask().isEmpty());
    }

    private void awaitRefused() {
        await().untilAsserted(() -> assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class));
    }
}
