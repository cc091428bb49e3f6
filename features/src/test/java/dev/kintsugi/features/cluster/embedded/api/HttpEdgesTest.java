package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent, the server answers, and goes on to answer others. */
class HttpEdgesTest {

    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

    private ApiServer server;
    private Api api;

    @BeforeEach
    void start() {
        server = ApiServer.start(ServerOptions.withSeed(1));
        api = new Api(server);
    }

    @AfterEach
    void stop() {
        assertThat(api.get("/version").code()).as("still answers").isEqualTo(200);
        server.close();
    }

    @Test
    void requestWithoutATokenIsForbiddenAndOneWithAWrongTokenUnauthorized() {
        HttpResponse<String> response = api.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/pods"))
                .build());
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body())
                .contains(
                        "pods is forbidden: User \\\"system:anonymous\\\" cannot list resource \\\"pods\\\" in API group"
                                + " \\\"\\\" at the cluster scope");
        HttpRequest wrong = HttpRequest.newBuilder(URI.create(server.url() + "/api"))
                .header("Authorization", "Bearer " + server.token() + "x")
                .build();
        assertThat(api.send(wrong).statusCode()).isEqualTo(401);
    }

    @Test
    void impersonatedUserHasNoMoreRightsThanItsOwn() {
        HttpRequest request =
                api.request("/api/v1/pods").header("Impersonate-User", "root").build();
        HttpResponse<String> response = api.send(request);
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).contains("User \\\"root\\\" cannot list resource");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz", "/healthz", "/version"})
    void healthAndVersionAreForEverybody(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url() + path)).build();
        assertThat(api.send(request).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | /nope | 404",
                "GET | /api/v2 | 404",
                "GET | /api/v1/nope | 404",
                "GET | /apis/apps/v1/namespaces/default/deployments/a/b/c | 404",
                "GET | /api/v1/namespaces/default/nodes | 404",
                "GET | /api/v1/pods/x | 404",
                "GET | /apis//v1/x | 404",
                "POST | /api | 405",
                "PUT | /api/v1/namespaces/default/pods | 405",
                "POST | /api/v1/pods | 405",
                "DELETE | /api/v1/pods | 405",
                "OPTIONS | /api/v1/pods | 405",
                "GET | /api/v1/namespaces/default/pods/p/exec | 501",
                "GET | /api/v1/pods?labelSelector=a%20in%20( | 400",
                "GET | /api/v1/pods?labelSelector=,, | 400",
                "GET | /api/v1/pods?fieldSelector=x | 400",
                "GET | /api/v1/pods?limit=ten | 400",
                "GET | /api/v1/pods?continue=%FF%FE | 400",
                "GET | /api/v1/pods?watch=1&timeoutSeconds=x | 400",
                "GET | /api/v1/pods?watch=1&timeoutSeconds=1&resourceVersion=-1 | 500",
            })
    void wrongRequestsAreAnsweredWithTheirCode(String method, String path, int code) {
        assertThat(api.call(method, path, null, null, null).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "null", "7", "\"x\"", "{\"metadata\":7}", "{\"metadata\":{\"name\":[]}}", "\u0000"
            })
    void malformedBodiesAreBadRequests(String body) {
        assertThat(api.post(CONFIG_MAPS, body).code()).isIn(400, 422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[{}]", "null", "7", "[{\"op\":\"add\"}]", "[7]"})
    void malformedPatchesAreRefused(String body) {
        api.post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"c\"}}");
        for (String type : new String[] {"json-patch", "merge-patch", "strategic-merge-patch"}) {
            int code = api.call("PATCH", CONFIG_MAPS + "/c", "application/" + type + "+json", body, null)
                    .code();
            assertThat(code).as(type).isIn(400, 422, 500);
        }
        assertThat(api.get(CONFIG_MAPS + "/c").code()).isEqualTo(200);
    }

    @Test
    void deeplyNestedBodyIsABadRequest() {
        String body = "[".repeat(20_000);
        assertThat(api.post(CONFIG_MAPS, body).code()).isEqualTo(400);
    }

    @Test
    void bodyOfMoreThanThreeMebibytesIsTooLarge() {
        String body = "{\"metadata\":{\"name\":\"" + "x".repeat(3 * 1024 * 1024) + "\"}}";
        Api.Answer answer = api.post(CONFIG_MAPS, body);
        assertThat(answer.code()).isEqualTo(413);
        assertThat(answer.at("/reason")).isEqualTo("RequestEntityTooLarge");
    }

    @Test
    void brokenProtobufIsABadRequestAndUnknownTypesAreUnsupported() {
        for (String body : List.of("k8s", "k8s\0", "k8s\0\n~x")) {
            assertThat(api.call("POST", CONFIG_MAPS, "application/vnd.kubernetes.protobuf", body, null)
                            .code())
                    .as(body)
                    .isIn(400, 415);
        }
        assertThat(api.call("GET", CONFIG_MAPS, null, null, "text/html").code()).isEqualTo(406);
        assertThat(api.call("GET", CONFIG_MAPS, null, null, "application/vnd.kubernetes.protobuf,application/json")
                        .code())
                .isEqualTo(200);
    }

    @Test
    void overlongLineAndHeadersAreRefused() throws IOException {
        assertThat(raw("GET /api/v1/pods?x=" + "x".repeat(40_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .contains(" 414");
        assertThat(raw("GET /version HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(60_000) + "\r\n\r\n"))
                .contains(" 431");
        assertThat(raw("nonsense\r\n\r\n")).contains(" 400");
    }

    @Test
    void truncatedBodyHarmsNobody() throws IOException {
        URI uri = URI.create(server.url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + CONFIG_MAPS + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + server.token()
                            + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"meta")
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        assertThat(api.get(CONFIG_MAPS).body().path("items")).isEmpty();
    }

    @Test
    void webSocketUpgradeIsAnsweredWithoutOne() throws IOException {
        String answer = raw("GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + server.token()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200");
    }

    @Test
    void versionThatDoesNotExistYetIsWaitedForInVain() {
        Api.Answer answer = api.get(CONFIG_MAPS + "?resourceVersion=99999999");
        assertThat(answer.code()).isEqualTo(504);
        assertThat(answer.at("/message")).startsWith("Timeout: Too large resource version: 99999999, current: ");
        assertThat(answer.response().headers().firstValue("Retry-After")).hasValue("1");
    }

    @Test
    void duplicateFieldIsWarnedOfOrRefused() {
        String body = "{\"metadata\":{\"name\":\"d\"},\"data\":{\"a\":\"1\",\"a\":\"2\"}}";
        assertThat(api.post(CONFIG_MAPS + "?fieldValidation=Strict", body).at("/message"))
                .contains("duplicate field \"data.a\"");
        Api.Answer answer = api.post(CONFIG_MAPS, body);
        assertThat(answer.code()).isEqualTo(201);
        assertThat(answer.response().headers().firstValue("Warning"))
                .hasValue("299 - \"duplicate field \\\"data.a\\\"\"");
    }

    /** Sends bytes and returns what comes back until the server closes, or the first part of it. */
    private String raw(String request) throws IOException {
        URI uri = URI.create(server.url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            byte[] answer = new byte[64];
            int length = socket.getInputStream().readNBytes(answer, 0, 15);
            return new String(answer, 0, length, StandardCharsets.ISO_8859_1);
        }
    }
}
