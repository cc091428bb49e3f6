package dev.kintsugi.healer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.ObjectRef;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes over the wire, and what is made of the answers. */
@EnableKubernetesMockClient
final class ActuatorTest {

    private static final ObjectRef POD = ObjectRef.pod("shop", "web-1", "uid-1");
    private static final ObjectRef DEPLOYMENT = new ObjectRef("apps/v1", "Deployment", "shop", "web", "uid-2");
    private static final String WEB = "/apis/apps/v1/namespaces/shop/deployments/web";
    private static final ObjectRef NODE = new ObjectRef("v1", "Node", "", "node1", "node-uid");
    private static final String POD_PATH = "/api/v1/namespaces/shop/pods/web-1";

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    private Actuator actuator;

    @BeforeEach
    void start() {
        actuator = new Actuator(
                client.newClient(new RequestConfigBuilder()
                                .withRequestRetryBackoffLimit(0)
                                .build())
                        .adapt(KubernetesClient.class),
                Duration.ofSeconds(20));
    }

    @Test
    void deletesWithTheUidAsPrecondition() throws Exception {
        server.expect().delete().withPath(POD_PATH).andReturn(200, "{}").once();
        assertThat(actuator.execute(new Action.DeletePod(POD, false)).result()).isEqualTo(Attempt.Result.DONE);
        JsonNode body = lastBody();
        assertThat(body.at("/preconditions/uid").asText()).isEqualTo("uid-1");
        assertThat(body.has("gracePeriodSeconds")).isFalse();
    }

    @Test
    void forcesWithoutGrace() throws Exception {
        server.expect().delete().withPath(POD_PATH).andReturn(200, "{}").once();
        actuator.execute(new Action.DeletePod(POD, true));
        assertThat(lastBody().get("gracePeriodSeconds").asInt(-1)).isZero();
    }

    @Test
    void podThatIsGoneOrAnotherOneMakesTheActionMoot() {
        server.expect()
                .delete()
                .withPath(POD_PATH)
                .andReturn(404, status(404, "not found"))
                .once();
        server.expect()
                .delete()
                .withPath(POD_PATH)
                .andReturn(409, status(409, "Precondition failed: UID in precondition"))
                .once();
        assertThat(actuator.execute(new Action.DeletePod(POD, false)).result()).isEqualTo(Attempt.Result.MOOT);
        Actuator.Answer other = actuator.execute(new Action.DeletePod(POD, false));
        assertThat(other.result()).isEqualTo(Attempt.Result.MOOT);
        assertThat(other.message()).contains("UID in precondition");
    }

    @Test
    void refusedEvictionFailsAtOnceWithTheBudgetsReason() throws Exception {
        server.expect()
                .post()
                .withPath(POD_PATH + "/eviction")
                .andReturn(429, status(429, "Cannot evict pod as it would violate the pod's disruption budget."))
                .always();
        Actuator.Answer answer = actuator.execute(new Action.Evict(POD));
        assertThat(answer.result()).isEqualTo(Attempt.Result.FAILED);
        assertThat(answer.message()).contains("disruption budget");
        assertThat(server.getRequestCount()).as("not retried by the client").isEqualTo(1);
        JsonNode body = lastBody();
        assertThat(body.get("kind").asText()).isEqualTo("Eviction");
        assertThat(body.at("/deleteOptions/preconditions/uid").asText()).isEqualTo("uid-1");
    }

    @Test
    void ofAnActionThatIsNeverAnsweredNobodyKnowsWhetherItHappened() {
        server.expect()
                .delete()
                .delay(3, TimeUnit.SECONDS)
                .withPath(POD_PATH)
                .andReturn(200, "{}")
                .once();
        long start = System.nanoTime();
        Actuator hasty = new Actuator(client, Duration.ofMillis(200));
        Actuator.Answer answer = hasty.execute(new Action.DeletePod(POD, false));
        assertThat(answer.result()).isEqualTo(Attempt.Result.UNKNOWN);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void rollingRestartNamesUidAndTimeAndNothingElse() throws Exception {
        server.expect().patch().withPath(WEB).andReturn(200, "{}").once();
        Instant at = Instant.parse("2026-01-01T12:00:00.123456Z");
        assertThat(actuator.execute(new Action.RollingRestart(DEPLOYMENT, at)).result())
                .isEqualTo(Attempt.Result.DONE);
        RecordedRequest request = server.getLastRequest();
        assertThat(request.getHeader("Content-Type")).startsWith("application/merge-patch+json");
        assertThat(new ObjectMapper().readTree(request.getUtf8Body())).isEqualTo(new ObjectMapper().readTree("""
                                {"metadata":{"uid":"uid-2"},"spec":{"template":{"metadata":{"annotations":
                                {"kubectl.kubernetes.io/restartedAt":"2026-01-01T12:00:00.123456Z"}}}}}"""));
    }

    @Test
    void rollbackPutsTheRevisionsWholeTemplateInPlaceOfTheWorkloads() throws Exception {
        server.expect()
                .get()
                .withPath("/apis/apps/v1/namespaces/shop/replicasets/web-4")
                .andReturn(200, """
                        {"apiVersion": "apps/v1", "kind": "ReplicaSet",
                         "metadata": {"namespace": "shop", "name": "web-4", "uid": "rs-4"},
                         "spec": {"replicas": 0, "template": {
                           "metadata": {"labels": {"app": "web", "pod-template-hash": "4"}},
                           "spec": {"containers": [{"name": "app", "image": "shop:4"}]}}}}""")
                .always();
        server.expect().patch().withPath(WEB).andReturn(200, "{}").once();
        Action.RollBack back =
                new Action.RollBack(DEPLOYMENT, new ObjectRef("apps/v1", "ReplicaSet", "shop", "web-4", "rs-4"), 4);
        assertThat(actuator.execute(back).result()).isEqualTo(Attempt.Result.DONE);
        RecordedRequest request = server.getLastRequest();
        assertThat(request.getHeader("Content-Type")).startsWith("application/json-patch+json");
        assertThat(new ObjectMapper().readTree(request.getUtf8Body())).isEqualTo(new ObjectMapper().readTree("""
                [{"op": "test", "path": "/metadata/uid", "value": "uid-2"},
                 {"op": "replace", "path": "/spec/template", "value": {
                   "metadata": {"labels": {"app": "web"}},
                   "spec": {"containers": [{"name": "app", "image": "shop:4"}]}}}]"""));

        int before = server.getRequestCount();
        Action.RollBack other =
                new Action.RollBack(DEPLOYMENT, new ObjectRef("apps/v1", "ReplicaSet", "shop", "web-4", "rs-9"), 4);
        assertThat(actuator.execute(other).message()).contains("is another one by now");
        assertThat(server.getRequestCount() - before)
                .as("read, but nothing written")
                .isEqualTo(1);
    }

    @Test
    void rollbackOfAStatefulSetTakesTheTemplateOutOfTheRevisionsPatch() throws Exception {
        ObjectRef statefulSet = new ObjectRef("apps/v1", "StatefulSet", "shop", "db", "uid-3");
        server.expect()
                .get()
                .withPath("/apis/apps/v1/namespaces/shop/controllerrevisions/db-1")
                .andReturn(200, """
                        {"apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": 1,
                         "metadata": {"namespace": "shop", "name": "db-1", "uid": "cr-1"},
                         "data": {"spec": {"template": {"$patch": "replace", "metadata": {"labels": {"app": "db"}},
                           "spec": {"containers": [{"name": "app", "image": "db:1"}]}}}}}""")
                .once();
        server.expect()
                .patch()
                .withPath("/apis/apps/v1/namespaces/shop/statefulsets/db")
                .andReturn(200, "{}")
                .once();
        Action.RollBack back = new Action.RollBack(
                statefulSet, new ObjectRef("apps/v1", "ControllerRevision", "shop", "db-1", "cr-1"), 1);
        assertThat(actuator.execute(back).result()).isEqualTo(Attempt.Result.DONE);
        assertThat(lastBody().at("/1/value")).isEqualTo(new ObjectMapper().readTree("""
                {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [{"name": "app", "image": "db:1"}]}}"""));
    }

    @Test
    void rollbackToARevisionThatIsGoneFailsAndChangesNothing() {
        server.expect()
                .get()
                .withPath("/apis/apps/v1/namespaces/shop/replicasets/web-4")
                .andReturn(404, status(404, "not found"))
                .once();
        Actuator.Answer answer = actuator.execute(
                new Action.RollBack(DEPLOYMENT, new ObjectRef("apps/v1", "ReplicaSet", "shop", "web-4", "rs-4"), 4));
        assertThat(answer.result()).isEqualTo(Attempt.Result.FAILED);
        assertThat(answer.message()).contains("web-4 cannot be read: 404");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void cordonMarksTheNodeAndUncordonTakesTheMarkAway() throws Exception {
        server.expect()
                .patch()
                .withPath("/api/v1/nodes/node1")
                .andReturn(200, "{}")
                .times(2);
        actuator.execute(new Action.Cordon(NODE, Instant.parse("2026-01-01T12:00:00Z")));
        assertThat(lastBody()).isEqualTo(new ObjectMapper().readTree("""
                {"metadata": {"uid": "node-uid", "annotations": {"kintsugi.dev/cordoned": "2026-01-01T12:00:00Z"}},
                 "spec": {"unschedulable": true}}"""));
        assertThat(server.getLastRequest().getHeader("Content-Type")).startsWith("application/merge-patch+json");
        actuator.execute(new Action.Uncordon(NODE));
        assertThat(lastBody()).isEqualTo(new ObjectMapper().readTree("""
                {"metadata": {"uid": "node-uid", "annotations": {"kintsugi.dev/cordoned": null}},
                 "spec": {"unschedulable": null}}"""));
    }

    @Test
    void drainEvictsAllAtOnceAndSaysWhatABudgetHoldsBack() {
        ObjectRef other = ObjectRef.pod("shop", "web-2", "uid-9");
        ObjectRef gone = ObjectRef.pod("shop", "web-3", "uid-8");
        server.expect()
                .post()
                .withPath(POD_PATH + "/eviction")
                .andReturn(201, "{}")
                .once();
        server.expect()
                .post()
                .withPath("/api/v1/namespaces/shop/pods/web-2/eviction")
                .andReturn(429, status(429, "Cannot evict pod as it would violate the pod's disruption budget."))
                .once();
        server.expect()
                .post()
                .withPath("/api/v1/namespaces/shop/pods/web-3/eviction")
                .andReturn(404, status(404, "not found"))
                .once();
        Actuator.Answer answer = actuator.execute(new Action.Drain(NODE, List.of(POD, other, gone)));
        assertThat(answer.result()).isEqualTo(Attempt.Result.FAILED);
        assertThat(answer.message()).startsWith("2 of 3 evicted; shop/web-2 not allowed now: 429 Cannot evict pod");
        server.expect()
                .post()
                .withPath(POD_PATH + "/eviction")
                .andReturn(201, "{}")
                .once();
        assertThat(actuator.execute(new Action.Drain(NODE, List.of(POD))))
                .isEqualTo(new Actuator.Answer(Attempt.Result.DONE, "1 of 1 evicted"));
    }

    @Test
    void goodRevisionIsMarkedWithItsUid() throws Exception {
        ObjectRef revision = new ObjectRef("apps/v1", "ReplicaSet", "shop", "web-4", "rs-4");
        server.expect()
                .patch()
                .withPath("/apis/apps/v1/namespaces/shop/replicasets/web-4")
                .andReturn(200, "{}")
                .once();
        actuator.markGood(revision, Instant.parse("2026-01-01T12:00:00Z"));
        assertThat(lastBody()).isEqualTo(new ObjectMapper().readTree("""
                {"metadata": {"uid": "rs-4",
                  "annotations": {"kintsugi.dev/verified-good": "rs-4 2026-01-01T12:00:00Z"}}}"""));
    }

    private JsonNode lastBody() throws Exception {
        return new ObjectMapper().readTree(server.getLastRequest().getUtf8Body());
    }

    private static Object status(int code, String message) {
        return new StatusBuilder()
                .withStatus("Failure")
                .withCode(code)
                .withMessage(message)
                .build();
    }
}
