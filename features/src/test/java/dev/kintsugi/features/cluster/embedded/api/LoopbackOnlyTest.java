package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;

class LoopbackOnlyTest {

    @Test
    void serverAnswersOnItsOwnLoopbackAddressAndOnNoOther() throws IOException {
        try (ApiServer server = ApiServer.start(ServerOptions.withSeed(1))) {
            int port = URI.create(server.url()).getPort();
            connect("127.0.0.1", port);
            assertThatThrownBy(() -> connect("127.0.0.2", port))
                    .as("a server on all addresses would be open to the network too")
                    .isInstanceOf(ConnectException.class);
        }
    }

    private static void connect(String address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 5_000);
        }
    }
}
