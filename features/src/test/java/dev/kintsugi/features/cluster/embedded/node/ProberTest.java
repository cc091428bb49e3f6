package dev.kintsugi.features.cluster.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Answer;
import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Outcome;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ProberTest {

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private Prober prober;
    private volatile String answer = "";
    private Thread serving = new Thread();

    @BeforeEach
    void start() throws IOException {
        prober = new Prober();
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        serving = new Thread(this::serve, "probed");
        serving.setDaemon(true);
        serving.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        prober.close();
    }

    @Test
    void codesFrom200To399AreGood() throws Exception {
        answer = "HTTP/1.1 204 No Content\r\n\r\n";
        assertThat(ask(http("/health?x=1"))).isEqualTo(Answer.GOOD);
        assertThat(requests.poll(5, TimeUnit.SECONDS))
                .startsWith("GET /health?x=1 HTTP/1.1")
                .containsIgnoringCase("user-agent: kube-probe/1.28")
                .containsIgnoringCase("x-who: prober");
        answer = "HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
        assertThat(ask(http("/")).outcome()).isEqualTo(Outcome.GOOD);
        answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        assertThat(ask(http("/"))).isEqualTo(new Answer(Outcome.BAD, "HTTP probe failed with statuscode: 400"));
    }

    @Test
    void silenceIsATimeOutAndAClosedConnectionAnError() throws Exception {
        String url = "Get \"http://127.0.0.1:" + server.getLocalPort() + "/\": ";
        assertThat(ask(http("/")))
                .isEqualTo(new Answer(
                        Outcome.BAD,
                        url + "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"));
        answer = "close";
        assertThat(ask(http("/"))).isEqualTo(new Answer(Outcome.BAD, url + "EOF"));
    }

    @Test
    void portWhereNobodyListensRefuses() throws Exception {
        int port = server.getLocalPort();
        assertThat(ask(tcp())).isEqualTo(Answer.GOOD);
        server.close();
        // While the server waits for a connection its port lives on: one more can slip in until that wait has ended.
        serving.join(10_000);
        String refused = "dial tcp 127.0.0.1:" + port + ": connect: connection refused";
        assertThat(ask(tcp(port))).isEqualTo(new Answer(Outcome.BAD, refused));
        assertThat(ask(http("/", port)))
                .isEqualTo(new Answer(Outcome.BAD, "Get \"http://127.0.0.1:" + port + "/\": " + refused));
    }

    @Test
    void whatCannotBeAskedIsAnErrorAndNoVerdict() throws Exception {
        Probe exec = new ProbeBuilder().withNewExec().endExec().build();
        assertThat(ask(exec))
                .isEqualTo(new Answer(
                        Outcome.ERROR, "exec probes cannot be run by the embedded cluster; use httpGet or tcpSocket"));
        Probe named = new ProbeBuilder()
                .withNewHttpGet()
                .withNewPort("absent")
                .endHttpGet()
                .build();
        assertThat(ask(named)).isEqualTo(new Answer(Outcome.ERROR, "no port named absent"));
    }

    private Answer ask(Probe probe) throws Exception {
        Container container = new ContainerBuilder().withName("web").build();
        return prober.ask(container, probe, "127.0.0.1").toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Probe http(String path) {
        return http(path, server.getLocalPort());
    }

    private static Probe http(String path, int port) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(port)
                .withHttpHeaders(new HTTPHeader("X-Who", "prober"))
                .endHttpGet()
                .build();
    }

    private Probe tcp() {
        return tcp(server.getLocalPort());
    }

    private static Probe tcp(int port) {
        return new ProbeBuilder()
                .withNewTcpSocket()
                .withNewPort(port)
                .endTcpSocket()
                .build();
    }

    /** Answers each connection with the text; with none it stays silent. */
    private void serve() {
        try {
            while (true) {
                Socket socket = server.accept();
                if (answer.equals("close")) {
                    read(socket);
                    socket.close();
                } else if (!answer.isEmpty()) {
                    requests.add(read(socket));
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().flush();
                }
            }
        } catch (IOException closed) {
            requests.add("");
        }
    }

    private static String read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }
}
