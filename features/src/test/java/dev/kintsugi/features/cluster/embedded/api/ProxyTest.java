package dev.kintsugi.features.cluster.embedded.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests to Services and pods through the API server. */
class ProxyTest {

    private static final String BASE = "/api/v1/namespaces/default/";

    private final ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
    private final Api api = new Api(server);
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private HttpServer pod;

    @BeforeEach
    void startPod() throws IOException {
        pod = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pod.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + new String(body, UTF_8)
                    + " authorization " + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getResponseHeaders().add("X-Served-By", "web-1");
            byte[] answer = "\"hello\"".getBytes(UTF_8);
            exchange.sendResponseHeaders(207, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        pod.start();
        api.post(BASE + "services", """
                {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"},
                 "ports": [{"name": "http", "port": 80}, {"name": "admin", "port": 81}]}}
                """);
    }

    @AfterEach
    void stop() {
        pod.stop(0);
        server.close();
    }

    private int port() {
        return pod.getAddress().getPort();
    }

    private void endpoints(int port) {
        api.post(BASE + "endpoints", """
                {"metadata": {"name": "web"}, "subsets": [
                 {"addresses": [{"ip": "127.0.0.1"}], "ports": [{"name": "http", "port": %d}]}]}
                """.formatted(port));
    }

    private void runningPod() {
        api.post(BASE + "pods", """
                {"metadata": {"name": "web-1"}, "spec": {"containers": [
                 {"name": "app", "image": "x", "ports": [{"containerPort": %d}]}]}}
                """.formatted(port()));
        api.mergePatch(BASE + "pods/web-1/status", "{\"status\": {\"podIP\": \"127.0.0.1\"}}");
    }

    @Test
    void serviceAnswersThroughTheServerByPortNumberNameAndScheme() {
        endpoints(port());
        for (String name : List.of("web:80", "web:http", "http:web:80")) {
            Api.Answer answer = api.get(BASE + "services/" + name + "/proxy/some/path?a=b%20c");
            assertThat(answer.code()).as(name).isEqualTo(207);
            assertThat(answer.body().asText()).isEqualTo("hello");
            assertThat(answer.response().headers().firstValue("X-Served-By")).contains("web-1");
        }
        assertThat(seen).hasSize(3).containsOnly("GET /some/path?a=b%20c  authorization null");
    }

    @Test
    void podTakesARequestWithABodyAndWithoutAPort() {
        runningPod();
        assertThat(api.post(BASE + "pods/web-1:" + port() + "/proxy/simulate/hang", "{}")
                        .code())
                .isEqualTo(207);
        assertThat(api.get(BASE + "pods/web-1/proxy").code()).isEqualTo(207);
        assertThat(seen).containsExactly("POST /simulate/hang {} authorization null", "GET /  authorization null");
    }

    @Test
    void serviceWithoutEndpointsIsUnavailable() {
        Api.Answer answer = api.get(BASE + "services/web:80/proxy/");
        assertThat(answer.code()).isEqualTo(503);
        assertThat(answer.at("/reason")).isEqualTo("ServiceUnavailable");
        assertThat(answer.at("/message")).isEqualTo("no endpoints available for service \"web\"");
    }

    @Test
    void portThatTheServiceDoesNotHaveIsUnavailable() {
        endpoints(port());
        Api.Answer answer = api.get(BASE + "services/web:82/proxy/");
        assertThat(answer.code()).isEqualTo(503);
        assertThat(answer.at("/message")).isEqualTo("no service port \"82\" found for service \"web\"");
    }

    @Test
    void endpointThatRefusesIsUnavailable() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        endpoints(closed);
        Api.Answer answer = api.get(BASE + "services/web:80/proxy/");
        assertThat(answer.code()).isEqualTo(503);
        assertThat(answer.at("/message"))
                .startsWith("error trying to reach service: ")
                .contains("refused");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(api.get(BASE + "services/nobody:80/proxy/").code()).isEqualTo(404);
        assertThat(api.get(BASE + "pods/nobody:80/proxy/").code()).isEqualTo(404);
    }

    @Test
    void discoveryOffersIt() {
        assertThat(api.get("/api/v1").body().findValuesAsText("name")).contains("services/proxy", "pods/proxy");
    }
}
