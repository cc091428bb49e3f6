package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users, tokens and roles: what a chart's service account may do, and what it may not. */
class AccessTest {

    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
    private static final String TOKENS = "/api/v1/namespaces/default/serviceaccounts/robot/token";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private ApiServer server;
    private Api api;

    @BeforeEach
    void start() {
        server = ApiServer.start(ServerOptions.withSeed(1).withClock(now::get));
        api = new Api(server);
        api.post("/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"robot\"}}");
        api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"other\"}}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void serviceAccountMayDoWhatItsRoleSaysWhereItIsBound() throws IOException {
        String token = token();
        assertThat(as(token, "GET", "/api/v1/namespaces/default/pods", null).statusCode())
                .isEqualTo(403);
        api.post(
                RBAC + "namespaces/default/roles",
                "{\"metadata\":{\"name\":\"reader\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],"
                        + "\"verbs\":[\"get\",\"list\"]}]}");
        bind("default", "Role", "reader");

        assertThat(as(token, "GET", "/api/v1/namespaces/default/pods", null).statusCode())
                .isEqualTo(200);
        assertThat(as(token, "GET", "/api/v1/namespaces/other/pods", null).statusCode())
                .isEqualTo(403);
        assertThat(as(token, "GET", "/api/v1/namespaces/default/pods?watch=1", null)
                        .statusCode())
                .isEqualTo(403);
        assertThat(as(token, "GET", "/api/v1/namespaces/default/pods/x/log", null)
                        .body())
                .contains(
                        "pods \\\"x\\\" is forbidden: User \\\"system:serviceaccount:default:robot\\\" cannot get resource"
                                + " \\\"pods/log\\\" in API group \\\"\\\" in the namespace \\\"default\\\"");
        assertThat(as(token, "GET", "/apis", null).statusCode()).isEqualTo(200);
    }

    @Test
    void clusterRolesAreAggregatedAndBoundInANamespace() throws IOException {
        String token = token();
        bind("default", "ClusterRole", "edit");
        assertThat(as(token, "POST", "/api/v1/namespaces/default/configmaps", "{\"metadata\":{\"name\":\"c\"}}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(as(token, "GET", "/api/v1/namespaces/default/pods", null).statusCode())
                .as("edit includes view")
                .isEqualTo(200);
        assertThat(as(token, "GET", "/api/v1/nodes", null).statusCode()).isEqualTo(403);
    }

    @Test
    void applyThatCreatesNeedsTheRightToCreate() throws IOException {
        String token = token();
        api.post(
                RBAC + "namespaces/default/roles",
                "{\"metadata\":{\"name\":\"patcher\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"configmaps\"],"
                        + "\"verbs\":[\"patch\"]}]}");
        bind("default", "Role", "patcher");
        HttpRequest apply = api.request("/api/v1/namespaces/default/configmaps/c?fieldManager=x")
                .setHeader("Authorization", "Bearer " + token)
                .header("Content-Type", "application/apply-patch+yaml")
                .method("PATCH", BodyPublishers.ofString("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}"))
                .build();
        assertThat(api.send(apply).body()).contains("cannot create resource");
    }

    @Test
    void tokenEndsWithItsTimeAndWithItsAccount() throws IOException {
        String token = token();
        assertThat(as(token, "GET", "/api", null).statusCode()).isEqualTo(200);
        now.updateAndGet(instant -> instant.plusSeconds(599));
        assertThat(as(token, "GET", "/api", null).statusCode()).isEqualTo(200);
        now.updateAndGet(instant -> instant.plusSeconds(1));
        assertThat(as(token, "GET", "/api", null).statusCode()).isEqualTo(401);

        String fresh = token();
        api.delete("/api/v1/namespaces/default/serviceaccounts/robot");
        assertThat(as(fresh, "GET", "/api", null).statusCode()).isEqualTo(401);
        api.post("/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"robot\"}}");
        assertThat(as(fresh, "GET", "/api", null).statusCode())
                .as("the account of that name is another one")
                .isEqualTo(401);
    }

    @Test
    void tokenThatIsChangedOrOfAnotherServerIsNone() throws IOException {
        String token = token();
        char last = token.charAt(token.length() - 2);
        String changed =
                token.substring(0, token.length() - 2) + (last == 'A' ? 'B' : 'A') + token.charAt(token.length() - 1);
        assertThat(as(changed, "GET", "/api", null).statusCode()).isEqualTo(401);
        try (ApiServer other = ApiServer.start(ServerOptions.withSeed(1).withClock(now::get))) {
            HttpRequest request = new Api(other)
                    .request("/api")
                    .setHeader("Authorization", "Bearer " + token)
                    .build();
            assertThat(api.send(request).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void tokenOfLessThanTenMinutesIsRefused() {
        Api.Answer answer = api.post(TOKENS, "{\"spec\":{\"expirationSeconds\":599}}");
        assertThat(answer.code()).isEqualTo(422);
        assertThat(answer.at("/details/causes/0/field")).isEqualTo("spec.expirationSeconds");
    }

    @Test
    void reviewsSayWhatTheRolesSay() {
        bind("default", "ClusterRole", "view");
        String attributes = "\"resourceAttributes\":{\"namespace\":\"default\",\"verb\":\"%s\",\"resource\":\"pods\"}";
        String path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        String user = "\"user\":\"system:serviceaccount:default:robot\",";
        assertThat(api.post(path, "{\"spec\":{" + user + attributes.formatted("list") + "}}")
                        .body()
                        .at("/status/allowed")
                        .asBoolean())
                .isTrue();
        assertThat(api.post(path, "{\"spec\":{" + user + attributes.formatted("delete") + "}}")
                        .body()
                        .at("/status/allowed")
                        .asBoolean(true))
                .isFalse();
        assertThat(api.post(path, "{\"spec\":{" + user.replace(",", "") + "}}").code())
                .isEqualTo(422);
        Api.Answer mine = api.post(
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "{\"spec\":{" + attributes.formatted("delete") + "}}");
        assertThat(mine.body().at("/status/allowed").asBoolean()).isTrue();
    }

    @Test
    void administratorActsAsAnother() {
        bind("default", "ClusterRole", "view");
        HttpRequest.Builder request = api.request("/apis/authentication.k8s.io/v1/selfsubjectreviews")
                .header("Impersonate-User", "system:serviceaccount:default:robot")
                .POST(BodyPublishers.ofString("{}"));
        HttpResponse<String> who = api.send(request.build());
        assertThat(who.body()).contains("system:serviceaccounts:default");
        HttpRequest group =
                api.request("/api/v1/pods").header("Impersonate-Group", "x").build();
        assertThat(api.send(group).statusCode()).isEqualTo(500);
    }

    private String token() throws IOException {
        Api.Answer answer = api.post(TOKENS, "{\"spec\":{\"expirationSeconds\":600}}");
        assertThat(answer.code()).isEqualTo(201);
        JsonNode status = answer.body().path("status");
        assertThat(status.path("expirationTimestamp").asText())
                .isEqualTo(Objects.requireNonNull(now.get()).plusSeconds(600).toString());
        return status.path("token").asText();
    }

    private void bind(String namespace, String kind, String role) {
        Api.Answer bound = api.post(
                RBAC + "namespaces/" + namespace + "/rolebindings",
                "{\"metadata\":{\"generateName\":\"b-\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\""
                        + kind + "\",\"name\":\"" + role
                        + "\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"robot\",\"namespace\":\"default\"}]}");
        assertThat(bound.code()).isEqualTo(201);
    }

    private HttpResponse<String> as(String token, String method, String path, @Nullable String body) {
        HttpRequest request = api.request(path)
                .setHeader("Authorization", "Bearer " + token)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return api.send(request);
    }
}
