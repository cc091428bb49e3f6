package dev.kintsugi.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BoundGetTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    /** Answers one connection so; tells who called and what was asked. */
    private static CompletableFuture<String> answerOnce(ServerSocket server, String answer) {
        CompletableFuture<String> asked = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                byte[] request = new byte[4096];
                int length = socket.getInputStream().read(request);
                asked.complete(socket.getInetAddress().getHostAddress() + " "
                        + new String(request, 0, length, StandardCharsets.US_ASCII));
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException failed) {
                asked.completeExceptionally(failed);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return asked;
    }

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    private static URI uri(ServerSocket server, String path) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
    }

    private static InetAddress own() throws IOException {
        return InetAddress.getByName("127.0.0.7");
    }

    @Test
    void callsFromTheAddressItIsGiven() throws Exception {
        try (ServerSocket server = server()) {
            CompletableFuture<String> asked =
                    answerOnce(server, "HTTP/1.1 503 Sorry\r\nx-served-by: pod-9\r\n\r\nbody");

            assertThat(BoundGet.send(uri(server, "/a?b=c"), own(), LONG))
                    .isEqualTo(new BoundGet.Response(503, "pod-9"));
            assertThat(asked.get())
                    .startsWith("127.0.0.7 GET /a?b=c HTTP/1.1\r\n")
                    .contains("Host: 127.0.0.1:" + server.getLocalPort());
        }
    }

    @Test
    void silenceEndsWithTheTime() throws Exception {
        try (ServerSocket server = server()) {
            assertThatThrownBy(() -> BoundGet.send(uri(server, "/"), own(), Duration.ofMillis(200)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void whatIsNoAnswerIsAFailure() throws Exception {
        try (ServerSocket server = server()) {
            var unused = answerOnce(server, "");
            assertThatThrownBy(() -> BoundGet.send(uri(server, "/"), own(), LONG))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("without an answer");
        }
    }
}
