package dev.kintsugi.features.cluster.embedded.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@SuppressWarnings("try") // a process runs as long as the block that started it
class PodLinkTest {

    private final PodNetwork network = PodNetwork.start(1);
    private final Addresses at = Addresses.draw();

    @AfterEach
    void closeNetwork() {
        network.close();
    }

    @Test
    void podWithoutProcessRefusesConnections() throws Exception {
        link();

        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }

    @Test
    void frontOpensOnlyWhenTheProcessAccepts() throws Exception {
        PodLink link = link();
        CompletableFuture<Void> open = link.up().toCompletableFuture();
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        assertThat(open).isNotDone();

        try (InsideServer process = InsideServer.start(at, InsideServer.ECHO)) {
            open.get(10, TimeUnit.SECONDS);

            try (Socket client = connect()) {
                assertThat(echo(client, "hello")).isEqualTo("hello");
            }
        }
    }

    @Test
    void podIsRefusedAgainOnceItsProcessHasEnded() throws Exception {
        PodLink link = link();
        try (InsideServer process = InsideServer.start(at, InsideServer.ECHO)) {
            open(link);
        }
        link.down();

        awaitRefused();
    }

    @Test
    void restartedProcessIsReachedAgain() throws Exception {
        PodLink link = link();
        try (InsideServer first = InsideServer.start(at, InsideServer.ECHO)) {
            open(link);
        }
        link.down();
        try (InsideServer second = InsideServer.start(at, InsideServer.ECHO)) {
            open(link);
            try (Socket client = connect()) {
                assertThat(echo(client, "again")).isEqualTo("again");
            }
        }
    }

    @Test
    void processThatClosesItsListenerIsRefusedWithoutBeingDeclaredDown() throws Exception {
        PodLink link = link();
        try (InsideServer process = InsideServer.start(at, InsideServer.ECHO)) {
            open(link);
        }

        awaitRefused();
        try (InsideServer second = InsideServer.start(at, InsideServer.ECHO)) {
            await().ignoreExceptions().untilAsserted(() -> {
                try (Socket client = connect()) {
                    assertThat(echo(client, "back")).isEqualTo("back");
                }
            });
        }
    }

    @Test
    void endOfOneDirectionLeavesTheOtherOpen() throws Exception {
        InsideServer.Conversation answerAfterTheEnd = socket -> {
            byte[] request = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(("got " + request.length).getBytes(UTF_8));
        };
        PodLink link = link();
        try (InsideServer process = InsideServer.start(at, answerAfterTheEnd)) {
            open(link);
            try (Socket client = connect()) {
                client.getOutputStream().write(new byte[1000]);
                client.shutdownOutput();

                assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                        .isEqualTo("got 1000");
            }
        }
    }

    @Test
    void resetByTheProcessReachesTheClient() throws Exception {
        InsideServer.Conversation reset = socket -> {
            int first = socket.getInputStream().read();
            assertThat(first).isPositive();
            socket.setSoLinger(true, 0);
        };
        PodLink link = link();
        try (InsideServer process = InsideServer.start(at, reset)) {
            open(link);
            try (Socket client = connect()) {
                client.getOutputStream().write(1);

                assertThatThrownBy(() -> client.getInputStream().read())
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
            }
        }
        assertThat(link.statistics().connectionsReset()).isEqualTo(1);
    }

    @Test
    void resetByTheClientReachesTheProcess() throws Exception {
        CompletableFuture<Exception> seen = new CompletableFuture<>();
        InsideServer.Conversation readToTheEnd = socket -> {
            try {
                socket.getInputStream().readAllBytes();
                seen.complete(new Exception("ended in order"));
            } catch (IOException e) {
                seen.complete(e);
            }
        };
        PodLink link = link();
        try (InsideServer process = InsideServer.start(at, readToTheEnd)) {
            open(link);
            Socket client = connect();
            client.getOutputStream().write(1);
            await().until(() -> link.statistics().connections() == 1);
            client.setSoLinger(true, 0);
            client.close();

            assertThat(seen.get(10, TimeUnit.SECONDS)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void killedProcessEndsItsOpenConnections() throws Exception {
        PodLink link = link();
        InsideServer process = InsideServer.start(at, InsideServer.ECHO);
        open(link);
        try (Socket client = connect()) {
            assertThat(echo(client, "one")).isEqualTo("one");

            process.close();
            link.down();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connectionThatOutlivesItsProcessIsReset() throws Exception {
        PodLink link = link();
        try (InsideServer stopped = InsideServer.start(at, InsideServer.ECHO)) {
            open(link);
            try (Socket client = connect()) {
                assertThat(echo(client, "one")).isEqualTo("one");

                link.down();

                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void largeTransferArrivesWhole() throws Exception {
        byte[] sent = new byte[20 * 1024 * 1024];
        new Random(7).nextBytes(sent);
        PodLink link = link();
        try (InsideServer process = InsideServer.start(at, InsideServer.ECHO)) {
            open(link);
            try (Socket client = connect()) {
                Thread writer = writer(client, sent);
                byte[] received = client.getInputStream().readAllBytes();

                assertThat(Arrays.equals(received, sent)).isTrue();
                writer.join();
            }
        }
    }

    @Test
    void clientThatDoesNotReadHoldsUpTheProcess() throws Exception {
        AtomicLong written = new AtomicLong();
        InsideServer.Conversation endless = socket -> {
            OutputStream out = socket.getOutputStream();
            while (true) {
                out.write(new byte[64 * 1024]);
                written.addAndGet(64 * 1024);
            }
        };
        PodLink link = link();
        try (InsideServer process = InsideServer.start(at, endless)) {
            open(link);
            try (Socket client = connect()) {
                assertThat(client.getInputStream().read()).isEqualTo(0);

                long[] last = {-1};
                await().pollInterval(java.time.Duration.ofMillis(200)).until(() -> {
                    boolean still = last[0] == written.get();
                    last[0] = written.get();
                    return still;
                });
                assertThat(written.get()).isLessThan(64L * 1024 * 1024);
            }
        }
    }

    @Test
    void thousandConnectionsAreServedAtOnce() throws Exception {
        PodLink link = link();
        try (InsideServer process = InsideServer.start(at, InsideServer.ECHO)) {
            open(link);
            List<Socket> clients = new java.util.ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                clients.add(connect());
            }
            for (Socket client : clients) {
                assertThat(echo(client, "x")).isEqualTo("x");
            }
            for (Socket client : clients) {
                client.close();
            }
        }
        assertThat(link.statistics().connections()).isEqualTo(1000);
    }

    @Test
    void frontThatIsTakenIsReportedWithItsAddress() throws Exception {
        try (ServerSocket squatter = new ServerSocket(at.port(), 1, InetAddress.getByName(at.front()))) {
            assertThat(squatter.isBound()).isTrue();

            assertThatThrownBy(this::link)
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining(at.front() + ":" + at.port())
                    .hasMessageContaining("ns/pod");
        }
        assertThat(network.links()).isEmpty();
    }

    @Test
    void frontThatIsTakenLaterFailsToComeUp() throws Exception {
        PodLink link = link();
        try (ServerSocket squatter = new ServerSocket(at.port(), 1, InetAddress.getByName(at.front()));
                InsideServer process = InsideServer.start(at, InsideServer.ECHO)) {
            assertThat(squatter.isBound()).isTrue();

            assertThatThrownBy(() -> open(link))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(BindException.class);
        }
    }

    @Test
    void addressIsFreeWhenTheLinkIsClosed() throws Exception {
        try (InsideServer process = InsideServer.start(at, InsideServer.ECHO)) {
            for (int round = 0; round < 50; round++) {
                PodLink link = link();
                open(link);
                link.close();
                assertThat(network.link("ns", "pod")).isEmpty();
            }
        }
    }

    @Test
    void onlyLoopbackAddressesAreTaken() {
        assertThatThrownBy(() -> network.attach("ns", "pod", "10.0.0.1", at.inside(), List.of(80)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.0.0.1");
        assertThatThrownBy(() -> network.attach("ns", "pod", at.front(), "0.0.0.0", List.of(80)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> network.attach("ns", "pod", "localhost", at.inside(), List.of(80)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> network.attach("ns", "pod", at.front(), at.inside(), List.of(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port 0");
    }

    @Test
    void twoPodsCannotHaveOneAddress() throws Exception {
        link();

        assertThatThrownBy(() -> network.attach("ns", "other", at.front(), at.inside(), List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ns/pod")
                .hasMessageContaining("ns/other");
    }

    private PodLink link() throws IOException {
        return network.attach("ns", "pod", at.front(), at.inside(), List.of(at.port()));
    }

    private static void open(PodLink link) throws Exception {
        link.up().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(at.front(), at.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private void awaitRefused() {
        await().untilAsserted(() -> assertThatThrownBy(() -> {
                    try (Socket client = connect()) {
                        client.getInputStream().read();
                    }
                })
                .isInstanceOf(ConnectException.class));
    }

    private static String echo(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        InputStream in = socket.getInputStream();
        return new String(in.readNBytes(text.length()), UTF_8);
    }

    private static Thread writer(Socket socket, byte[] bytes) {
        Thread thread = new Thread(() -> {
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
