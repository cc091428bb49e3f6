package dev.kintsugi.features.cluster.embedded.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kintsugi.chaos.emulation.HttpFault;
import dev.kintsugi.chaos.emulation.HttpFault.Match;
import dev.kintsugi.chaos.emulation.HttpFault.Pair;
import dev.kintsugi.chaos.emulation.HttpFault.Patch;
import dev.kintsugi.chaos.emulation.HttpFault.Replace;
import dev.kintsugi.chaos.emulation.HttpFault.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules on HTTP messages, between a real client and a real server. */
@Timeout(60)
class HttpRulesTest {

    private static final Match ALL = Match.ALL;

    private final PodNetwork network = PodNetwork.start(7);
    private final Addresses at = Addresses.draw();
    private final HttpServer process = HttpServer.create(new InetSocketAddress(at.inside(), at.port()), 100);
    private final Queue<String> clientPorts = new ConcurrentLinkedQueue<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final PodLink link;

    HttpRulesTest() throws Exception {
        process.createContext("/", this::answer);
        process.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "inside");
            thread.setDaemon(true);
            return thread;
        }));
        process.start();
        link = network.attach("ns", "pod", at.front(), at.inside(), List.of(at.port()));
        link.up().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        network.close();
        process.stop(0);
    }

    /** Says what it was asked: method, URI, the header X-Asked, the body. */
    private void answer(HttpExchange exchange) throws IOException {
        clientPorts.add(String.valueOf(exchange.getRemoteAddress().getPort()));
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getOrDefault("X-Asked", List.of()) + " " + body;
        byte[] answer = ("{\"asked\": \"" + asked.replace("\"", "'") + "\", \"kept\": 1}").getBytes(UTF_8);
        exchange.getResponseHeaders().add("X-Answer", "plain");
        boolean hasBody = !exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, hasBody ? answer.length : -1);
        if (hasBody) {
            exchange.getResponseBody().write(answer);
        }
        exchange.close();
    }

    private static HttpFault rule(
            Target target, int port, Match match, boolean abort, Duration delay, Replace replace, Patch patch) {
        return new HttpFault(target, port, match, abort, delay, replace, patch);
    }

    private HttpFault abort(Target target, Match match) {
        return rule(target, at.port(), match, true, Duration.ZERO, Replace.NOTHING, Patch.NOTHING);
    }

    private HttpFault delay(Target target, Match match, Duration delay) {
        return rule(target, at.port(), match, false, delay, Replace.NOTHING, Patch.NOTHING);
    }

    private HttpFault change(Target target, Replace replace, Patch patch) {
        return rule(target, at.port(), ALL, false, Duration.ZERO, replace, patch);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(
                request.version(HttpClient.Version.HTTP_1_1)
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://" + at.front() + ":" + at.port() + path);
    }

    private static Match path(String pattern) {
        return new Match(Optional.of(pattern), Optional.empty(), Optional.empty(), Map.of(), Map.of());
    }

    @Test
    void abortClosesTheConnectionOfTheRequestsThatAreMeantAndOfNoOthers() throws Exception {
        link.applyHttp("a", abort(Target.REQUEST, path("/api/*")));

        assertThat(get("/other").body()).contains("GET /other");
        assertThatThrownBy(() -> get("/api/x?y=1")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> get("/api/x?y=1")).isInstanceOf(IOException.class);
        assertThat(clientPorts).as("the process heard of the other alone").hasSize(1);
        assertThat(link.httpMet().get("a")).isGreaterThanOrEqualTo(2);

        link.clearHttp("a");
        assertThat(get("/api/x").statusCode()).isEqualTo(200);
        assertThat(link.httpMet()).isEmpty();
    }

    @Test
    void abortedResponseWasGivenByTheProcess() {
        link.applyHttp(
                "a",
                abort(
                        Target.RESPONSE,
                        new Match(
                                Optional.empty(),
                                Optional.of("GET"),
                                Optional.of(200),
                                Map.of(),
                                Map.of("X-Answer", "plain"))));

        assertThatThrownBy(() -> get("/")).isInstanceOf(IOException.class);
        assertThat(clientPorts).isNotEmpty();
    }

    @Test
    void responseWithAnotherCodeOrHeaderIsNotMeant() throws Exception {
        link.applyHttp(
                "code",
                abort(
                        Target.RESPONSE,
                        new Match(Optional.empty(), Optional.empty(), Optional.of(500), Map.of(), Map.of())));
        link.applyHttp(
                "method",
                abort(
                        Target.REQUEST,
                        new Match(Optional.empty(), Optional.of("POST"), Optional.empty(), Map.of(), Map.of())));
        link.applyHttp(
                "header",
                abort(
                        Target.REQUEST,
                        new Match(
                                Optional.empty(), Optional.empty(), Optional.empty(), Map.of("X-Asked", "yes"), Map.of())));

        assertThat(get("/").statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> send(HttpRequest.newBuilder(uri("/")).header("X-Asked", "yes")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void delayHoldsUpRequestsAndResponsesOnNewAndOnKeptConnections() throws Exception {
        get("/");
        link.applyHttp("slow", delay(Target.REQUEST, ALL, Duration.ofMillis(200)));
        assertThat(millis(() -> get("/"))).isBetween(195L, 5_000L);
        link.applyHttp("slower", delay(Target.RESPONSE, ALL, Duration.ofMillis(300)));
        assertThat(millis(() -> get("/"))).isBetween(495L, 5_000L);
        link.clearHttp("slow");
        link.clearHttp("slower");
        assertThat(get("/").statusCode()).isEqualTo(200);

        assertThat(clientPorts).hasSize(4);
        assertThat(clientPorts.stream().distinct())
                .as("one connection was kept for all")
                .hasSize(1);
    }

    @Test
    void requestIsReplacedAndPatchedBeforeTheProcessSeesIt() throws Exception {
        link.applyHttp(
                "a",
                change(
                        Target.REQUEST,
                        new Replace(
                                Optional.of("/else"),
                                Optional.of("PUT"),
                                Map.of("foo", "unknown"),
                                Optional.empty(),
                                Map.of("X-Asked", "replaced"),
                                Optional.of(base64("{\"a\":1,\"b\":2}"))),
                        new Patch(
                                List.of(new Pair("bar", "1 2")),
                                List.of(new Pair("X-Asked", "added")),
                                Optional.of("{\"b\":null,\"c\":{\"d\":3}}"))));

        String heard = send(HttpRequest.newBuilder(uri("/path?foo=bar&x=y"))
                        .header("X-Asked", "original")
                        .POST(HttpRequest.BodyPublishers.ofString("long body ".repeat(10_000))))
                .body();

        assertThat(heard).contains("PUT /else?foo=unknown&x=y&bar=1%202 [replaced, added] {'a':1,'c':{'d':3}}");
    }

    @Test
    void responseIsReplacedAndPatchedBeforeTheClientSeesIt() throws Exception {
        link.applyHttp(
                "a",
                change(
                        Target.RESPONSE,
                        new Replace(
                                Optional.empty(),
                                Optional.empty(),
                                Map.of(),
                                Optional.of(503),
                                Map.of("X-Answer", "replaced"),
                                Optional.empty()),
                        new Patch(
                                List.of(), List.of(new Pair("X-More", "m")), Optional.of("{\"asked\":null,\"n\":[1]}"))));

        HttpResponse<String> response = get("/");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().allValues("X-Answer")).containsExactly("replaced");
        assertThat(response.headers().allValues("X-More")).containsExactly("m");
        assertThat(response.body()).isEqualTo("{\"kept\":1,\"n\":[1]}");
        assertThat(send(HttpRequest.newBuilder(uri("/")).method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(503);
    }

    @Test
    void bodyThatIsNoJsonCannotBePatchedAndItsConnectionIsClosed() {
        link.applyHttp(
                "a",
                change(Target.REQUEST, Replace.NOTHING, new Patch(List.of(), List.of(), Optional.of("{\"a\":1}"))));

        assertThatThrownBy(() -> send(HttpRequest.newBuilder(uri("/")).POST(HttpRequest.BodyPublishers.ofString("text"))))
                .isInstanceOf(IOException.class);
    }

    @Test
    void largeBodiesPassWholeThroughARule() throws Exception {
        link.applyHttp("slow", delay(Target.RESPONSE, ALL, Duration.ofMillis(1)));
        String body = "0123456789".repeat(300_000);

        assertThat(send(HttpRequest.newBuilder(uri("/")).POST(HttpRequest.BodyPublishers.ofString(body)))
                        .body())
                .contains(body);
    }

    @Test
    void ruleAndLossActTogether() throws Exception {
        link.apply("loss", LinkFault.Netem.delay(LinkDirection.EGRESS, Duration.ofMillis(150)));
        link.applyHttp("slow", delay(Target.REQUEST, ALL, Duration.ofMillis(100)));

        assertThat(millis(() -> get("/"))).isBetween(395L, 5_000L);
    }

    @Test
    void whatIsNoHttpPassesAsItIs() throws Exception {
        Addresses other = Addresses.draw();
        PodLink plain = network.attach("ns", "echo", other.front(), other.inside(), List.of(other.port()));
        try (AutoCloseable unused = InsideServer.start(other, InsideServer.ECHO)) {
            plain.up().toCompletableFuture().get(10, TimeUnit.SECONDS);
            plain.applyHttp(
                    "a",
                    rule(Target.REQUEST, other.port(), ALL, true, Duration.ZERO, Replace.NOTHING, Patch.NOTHING));
            try (Socket socket = new Socket(other.front(), other.port())) {
                for (String text : List.of("hello", "again", "\u0016\u0003\u0001")) {
                    socket.getOutputStream().write(text.getBytes(UTF_8));
                    assertThat(new String(socket.getInputStream().readNBytes(text.length()), UTF_8))
                            .isEqualTo(text);
                }
                socket.shutdownOutput();
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void portThatThePodDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> link.applyHttp(
                        "a", rule(Target.REQUEST, 9, ALL, true, Duration.ZERO, Replace.NOTHING, Patch.NOTHING)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ns/pod has no port 9");
        assertThat(link.httpMet()).isEmpty();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private interface Action {
        void run() throws IOException, InterruptedException;
    }

    private static long millis(Action action) throws IOException, InterruptedException {
        long start = System.nanoTime();
        action.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
}
