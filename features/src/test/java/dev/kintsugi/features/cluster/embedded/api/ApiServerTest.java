package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the owner of a server can do with it, and what the server does that needs no controller. */
class ApiServerTest {

    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String POD =
            "{\"metadata\":{\"name\":\"p\",\"labels\":{\"app\":\"a\"}},\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";
    private static final String BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

    private final ApiServer server = ApiServer.start(ServerOptions.withSeed(7));
    private final Api api = new Api(server);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void equalSeedsGiveEqualNamesUidsAndAddresses() {
        try (ApiServer twin = ApiServer.start(ServerOptions.withSeed(7));
                ApiServer other = ApiServer.start(ServerOptions.withSeed(8))) {
            String mine = identities(api);
            assertThat(identities(new Api(twin))).isEqualTo(mine);
            assertThat(identities(new Api(other))).isNotEqualTo(mine);
        }
    }

    @Test
    void recreatedObjectHasAnotherUid() {
        String path = "/api/v1/namespaces/default/configmaps";
        String first = api.post(path, "{\"metadata\":{\"name\":\"c\"}}").at("/metadata/uid");
        api.delete(path + "/c");
        assertThat(api.post(path, "{\"metadata\":{\"name\":\"c\"}}").at("/metadata/uid"))
                .isNotEqualTo(first);
    }

    @Test
    void kubeconfigIsForItsOwnerOnly(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("config");
        Files.writeString(file, "old");
        server.writeKubeconfig(file);
        assertThat(Files.readString(file)).isEqualTo(server.kubeconfig()).contains(server.token());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void portIsFreeAfterwardsAndTakenBefore() {
        int port = URI.create(server.url()).getPort();
        assertThatThrownBy(() -> ApiServer.start(ServerOptions.withSeed(1).withPort(port)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("127.0.0.1:" + port);
        server.close();
        try (ApiServer next = ApiServer.start(ServerOptions.withSeed(1).withPort(port))) {
            assertThat(next.url()).isEqualTo(server.url());
        }
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> ServerOptions.withSeed(1).withPort(70_000)).hasMessageContaining("0 to 65535");
        assertThatThrownBy(() -> ServerOptions.withSeed(1).withToken("a b")).hasMessageContaining("token");
        assertThatThrownBy(() -> ServerOptions.withSeed(1).withHistorySize(0)).hasMessageContaining("history");
        assertThat(ServerOptions.withSeed(1).withToken("secret").toString()).doesNotContain("secret");
    }

    @Test
    void admissionRejectsInTheWordsOfAWebhookAndMayChangeWhatIsStored() {
        server.addAdmission(request -> {
            if (!request.resource().equals("configmaps") || request.object() == null) {
                return Admission.Decision.allow();
            }
            if (request.object().path("data").has("bad")) {
                return Admission.Decision.deny("vconfigmap.kb.io", "data.bad: not today");
            }
            var changed = request.object().deepCopy();
            changed.withObjectProperty("data").put("seen", request.operation().name());
            return Admission.Decision.mutate(changed);
        });
        String path = "/api/v1/namespaces/default/configmaps";

        Api.Answer refused = api.post(path, "{\"metadata\":{\"name\":\"c\"},\"data\":{\"bad\":\"1\"}}");
        assertThat(refused.code()).isEqualTo(403);
        assertThat(refused.at("/reason")).isEqualTo("Forbidden");
        assertThat(refused.at("/message"))
                .isEqualTo("admission webhook \"vconfigmap.kb.io\" denied the request: data.bad: not today");
        assertThat(api.post(path, "{\"metadata\":{\"name\":\"c\"}}").at("/data/seen"))
                .isEqualTo("CREATE");
        assertThat(api.mergePatch(path + "/c", "{\"data\":{\"x\":\"1\"}}").at("/data/seen"))
                .isEqualTo("UPDATE");
        assertThat(api.delete(path + "/c").code()).isEqualTo(200);
    }

    @Test
    void logIsStreamedWithTheOptionsAskedFor() {
        server.setPodLogs((request, out) -> out.write(request.toString().getBytes(StandardCharsets.UTF_8)));
        api.post(PODS, POD);
        assertThat(api.get(PODS + "/p/log").at("/message")).contains("is not available");
        running();

        String answer = api.get(PODS + "/p/log?tailLines=5&timestamps=true&sinceTime=2026-01-01T00:00:00Z")
                .body()
                .asText();
        assertThat(answer)
                .contains("pod=p", "container=c", "tailLines=5", "timestamps=true", "follow=false")
                .contains("since=" + Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(api.get(PODS + "/p/log?container=x").at("/message")).isEqualTo("container x is not valid for pod p");
        assertThat(api.get(PODS + "/p/log?previous=true").at("/message"))
                .isEqualTo("previous terminated container \"c\" in pod \"p\" not found");
        assertThat(api.get(PODS + "/p/log?tailLines=-1").code()).isEqualTo(422);
    }

    @Test
    void logThatIsNotThereIsABadRequest() {
        server.setPodLogs((request, out) -> {
            throw new PodLogs.NotAvailable("rotated away");
        });
        api.post(PODS, POD);
        running();
        Api.Answer answer = api.get(PODS + "/p/log");
        assertThat(answer.code()).isEqualTo(400);
        assertThat(answer.at("/message")).isEqualTo("rotated away");
    }

    @Test
    void followedLogEndsWhenTheClientGoes() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        server.setPodLogs((request, out) -> {
            out.write("first\n".getBytes(StandardCharsets.UTF_8));
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        api.post(PODS, POD);
        running();
        try (var stream = api.open(PODS + "/p/log?follow=true")) {
            assertThat(stream.read()).isEqualTo('f');
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void evictionIsChargedToTheBudgetAndThenRefused() {
        api.post(PODS, POD);
        ready();
        budget("b", 1, 1, 1);
        String eviction = "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"p\"}}";

        assertThat(api.post(PODS + "/p/eviction?dryRun=All", eviction).code()).isEqualTo(201);
        assertThat(api.get(PODS + "/p").body().path("metadata").has("deletionTimestamp"))
                .isFalse();
        assertThat(api.post(PODS + "/p/eviction", eviction).code()).isEqualTo(201);
        Api.Answer pod = api.get(PODS + "/p");
        assertThat(pod.body().path("metadata").has("deletionTimestamp")).isTrue();
        assertThat(pod.body().path("status").path("conditions").findValuesAsText("type"))
                .contains("DisruptionTarget");
        assertThat(api.get(BUDGETS + "/b").body().at("/status/disruptedPods").has("p"))
                .isTrue();

        api.post(PODS, POD.replace("\"p\"", "\"q\""));
        api.mergePatch(
                PODS + "/q/status",
                "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
        Api.Answer refused = api.post(PODS + "/q/eviction", eviction.replace("\"p\"", "\"q\""));
        assertThat(refused.code()).isEqualTo(429);
        assertThat(refused.at("/details/causes/0/reason")).isEqualTo("DisruptionBudget");
        assertThat(refused.at("/details/causes/0/message"))
                .isEqualTo("The disruption budget b needs 1 healthy pods and has 1 currently");
        assertThat(refused.response().headers().firstValue("Retry-After")).isEmpty();
    }

    @Test
    void evictionWaitsForABudgetThatIsNotObservedYet() {
        api.post(PODS, POD);
        ready();
        budget("b", 0, 1, 1);
        Api.Answer answer = api.post(PODS + "/p/eviction", "{\"metadata\":{\"name\":\"p\"}}");
        assertThat(answer.code()).isEqualTo(429);
        assertThat(answer.at("/details/retryAfterSeconds")).isEqualTo("10");
        assertThat(answer.response().headers().firstValue("Retry-After")).hasValue("10");
    }

    @Test
    void twoBudgetsOverOnePodAreAnInternalError() {
        api.post(PODS, POD);
        ready();
        budget("b", 1, 1, 1);
        budget("b2", 1, 1, 1);
        assertThat(api.post(PODS + "/p/eviction", "{\"metadata\":{\"name\":\"p\"}}")
                        .code())
                .isEqualTo(500);
    }

    @Test
    void definitionTakesItsObjectsAlong() {
        String definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        String things = "/apis/x.dev/v1/things";
        api.post(definitions, """
                {"metadata":{"name":"things.x.dev"},"spec":{"group":"x.dev","scope":"Cluster",
                 "names":{"plural":"things","kind":"Thing"},
                 "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
                   "properties":{"spec":{"type":"object","properties":{"n":{"type":"integer","default":3}}}}}}}]}}
                """);
        Api.Answer thing = api.post(
                things,
                "{\"apiVersion\":\"x.dev/v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"t\",\"finalizers\":[\"x.dev/f\"]},\"spec\":{\"bogus\":1}}");
        assertThat(thing.code()).isEqualTo(201);
        assertThat(thing.body().path("spec").toString()).isEqualTo("{\"n\":3}");

        assertThat(api.delete(definitions + "/things.x.dev").at("/metadata/finalizers/0"))
                .isEqualTo("customresourcecleanup.apiextensions.k8s.io");
        assertThat(api.get(things + "/t").body().path("metadata").has("deletionTimestamp"))
                .isTrue();
        api.mergePatch(things + "/t", "{\"metadata\":{\"finalizers\":null}}");
        assertThat(api.get(definitions + "/things.x.dev").code()).isEqualTo(404);
        assertThat(api.get(things).code()).isEqualTo(404);
    }

    @Test
    void eventIsTheSameObjectInBothGroups() {
        api.post(
                "/apis/events.k8s.io/v1/namespaces/default/events",
                "{\"metadata\":{\"name\":\"e\"},\"regarding\":{\"kind\":\"Pod\",\"name\":\"p\"},\"note\":\"hello\",\"reason\":\"R\",\"reportingController\":\"me\"}");
        Api.Answer core = api.get("/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dp,reason%3DR");
        assertThat(core.at("/items/0/message")).isEqualTo("hello");
        assertThat(core.at("/items/0/reportingComponent")).isEqualTo("me");
        assertThat(api.get("/apis/events.k8s.io/v1/namespaces/default/events/e").at("/note"))
                .isEqualTo("hello");
    }

    private static String identities(Api api) {
        StringBuilder generated = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            Api.Answer pod = api.post(
                    PODS,
                    "{\"metadata\":{\"generateName\":\"web-\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
            generated.append(pod.at("/metadata/name")).append(pod.at("/metadata/uid"));
        }
        Api.Answer service = api.post(
                "/api/v1/namespaces/default/services",
                "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"ports\":[{\"port\":80}]}}");
        return generated.append(service.at("/spec/clusterIP")).toString();
    }

    private void running() {
        api.mergePatch(
                PODS + "/p/status",
                "{\"status\":{\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"c\",\"image\":\"i\",\"imageID\":\"\",\"ready\":true,\"restartCount\":0,\"state\":{\"running\":{}}}]}}");
    }

    private void ready() {
        api.mergePatch(
                PODS + "/p/status",
                "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    }

    private void budget(String name, int observedGeneration, int allowed, int healthy) {
        api.post(
                BUDGETS,
                "{\"metadata\":{\"name\":\"" + name
                        + "\"},\"spec\":{\"minAvailable\":1,\"selector\":{\"matchLabels\":{\"app\":\"a\"}}}}");
        api.mergePatch(
                BUDGETS + "/" + name + "/status",
                "{\"status\":{\"observedGeneration\":" + observedGeneration + ",\"disruptionsAllowed\":" + allowed
                        + ",\"currentHealthy\":" + healthy + ",\"desiredHealthy\":1,\"expectedPods\":1}}");
    }
}
