package dev.kintsugi.features.cluster.embedded.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkFaultTest {

    private static final LinkFault CUT = new LinkFault.Partition(LinkDirection.BOTH, Set.of());

    private final PodNetwork network = PodNetwork.start(7);
    private final Addresses at = Addresses.draw();
    private final InsideServer process = InsideServer.start(at, InsideServer.ECHO);
    private final PodLink link;

    LinkFaultTest() throws Exception {
        link = network.attach("ns", "pod", at.front(), at.inside(), List.of(at.port()));
        link.up().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        network.close();
        process.close();
    }

    @Test
    void openConnectionStallsWhileThePodIsCutOffAndGoesOnAfterwards() throws Exception {
        try (Socket client = connect()) {
            assertThat(echo(client, "before")).isEqualTo("before");

            link.apply("cut", CUT);
            client.getOutputStream().write("during".getBytes(UTF_8));
            client.setSoTimeout(300);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(link.faults()).containsOnlyKeys("cut");

            link.clear("cut");
            client.setSoTimeout(10_000);
            assertThat(read(client, 6)).isEqualTo("during");
            assertThat(link.faults()).isEmpty();
        }
        LinkStatistics statistics = link.statistics();
        assertThat(statistics.connectionsImpaired()).isEqualTo(1);
        assertThat(statistics.connectionsDelayed()).isEqualTo(1);
        assertThat(statistics.ingressDropped()).isPositive();
    }

    @Test
    void newConnectionIsNotRefusedWhileThePodIsCutOffButGetsNoAnswerUntilItsHandshakeIsRepeated() throws Exception {
        link.apply("cut", CUT);
        try (Socket client = connect()) {
            client.getOutputStream().write("hello".getBytes(UTF_8));
            client.setSoTimeout(300);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            link.clear("cut");
            client.setSoTimeout(10_000);
            assertThat(read(client, 5)).isEqualTo("hello");
        }
    }

    @Test
    void delayIsPaidByTheHandshakeAndByEachAnswer() throws Exception {
        link.apply("slow", LinkFault.Netem.delay(LinkDirection.EGRESS, Duration.ofMillis(150)));
        try (Socket client = connect()) {
            assertThat(millis(() -> echo(client, "first"))).isBetween(295L, 3_000L);
            assertThat(millis(() -> echo(client, "next"))).isBetween(145L, 3_000L);

            link.apply("slow", LinkFault.Netem.delay(LinkDirection.EGRESS, Duration.ofMillis(300)));
            assertThat(millis(() -> echo(client, "slower"))).isBetween(295L, 3_000L);
        }
    }

    @Test
    void faultForOnePeerLeavesTheOthersAlone() throws Exception {
        link.apply("cut", new LinkFault.Partition(LinkDirection.BOTH, Set.of(AddressBlock.parse("127.0.0.9"))));

        try (Socket other = connect()) {
            assertThat(echo(other, "hello")).isEqualTo("hello");
        }
        try (Socket peer =
                new Socket(InetAddress.getByName(at.front()), at.port(), InetAddress.getByName("127.0.0.9"), 0)) {
            peer.getOutputStream().write(1);
            peer.setSoTimeout(300);
            assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(link.statistics().connectionsImpaired()).isEqualTo(1);
    }

    @Test
    void lossMakesAnswersLateButNeitherRefusesNorAltersThem() throws Exception {
        link.apply("loss", LinkFault.Netem.loss(LinkDirection.BOTH, 0.1));
        byte[] sent = new byte[512 * 1024];
        new Random(3).nextBytes(sent);
        try (Socket client = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    client.getOutputStream().write(sent);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            writer.setDaemon(true);
            writer.start();

            assertThat(Arrays.equals(client.getInputStream().readAllBytes(), sent))
                    .isTrue();
        }
        LinkStatistics statistics = link.statistics();
        assertThat(statistics.egressDropped() / (double) statistics.egressSegments())
                .isBetween(0.05, 0.15);
        assertThat(statistics.ingressDropped() / (double) statistics.ingressSegments())
                .isBetween(0.05, 0.15);
    }

    @Test
    void connectionOpenedDuringAFaultOutlivesIt() throws Exception {
        link.apply("slow", LinkFault.Netem.delay(LinkDirection.EGRESS, Duration.ofMillis(20)));
        try (Socket client = connect()) {
            assertThat(echo(client, "slow")).isEqualTo("slow");
            link.clear("slow");
            for (int i = 0; i < 100; i++) {
                assertThat(echo(client, "fast" + i)).isEqualTo("fast" + i);
            }
        }
        long segments = link.statistics().egressSegments();
        assertThat(segments).as("a healed connection is relayed as a stream").isLessThan(20);
    }

    @Test
    void closingTheLinkResetsConnectionsOnTheLossyPath() throws Exception {
        link.apply("cut", CUT);
        try (Socket client = connect()) {
            client.getOutputStream().write(1);
            link.close();

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(at.front(), at.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static String echo(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        return read(socket, text.length());
    }

    private static String read(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), UTF_8);
    }

    private interface Action {
        void run() throws IOException;
    }

    private static long millis(Action action) throws IOException {
        long start = System.nanoTime();
        action.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
}
