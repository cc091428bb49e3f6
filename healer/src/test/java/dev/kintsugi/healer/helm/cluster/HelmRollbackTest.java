package dev.kintsugi.healer.helm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.Recording;
import dev.kintsugi.healer.helm.RollbackPlan;
import dev.kintsugi.healer.helm.StoredRevision;
import dev.kintsugi.healer.helm.cluster.HelmRollback.Options;
import dev.kintsugi.healer.helm.cluster.HelmRollback.Outcome;
import dev.kintsugi.healer.model.Attempt.Result;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Helm was not seen doing in the recordings: hooks of a rollback, failures, rivals, a healer that dies half-way. */
class HelmRollbackTest {

    private static final String PLAIN = "/api/v1/namespaces/helm-plain/";
    private static final String HOOKS = "/api/v1/namespaces/helm-hooks/";
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final Options OPTIONS =
            new Options(Options.DEFAULT.request(), TIMEOUT, PERIOD, true, true, Options.DEFAULT.maxHistory());

    private final VirtualPace pace = new VirtualPace();
    private FakeApi api;
    private KubernetesClient client;

    @BeforeEach
    void start() throws IOException {
        api = new FakeApi();
        api.rollOut();
        client = api.client();
    }

    @AfterEach
    void stop() {
        client.close();
        api.close();
    }

    /** Time that passes only while somebody waits. */
    private static final class VirtualPace implements Pace {
        private Instant now = Instant.parse("2026-11-21T06:00:00Z");

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public void pause(Duration time) {
            now = now.plus(time);
        }
    }

    @Test
    void hooksRunBeforeAndAfterInHelmsOrder() {
        api.load(Recording.of("33-upgrade-hook-fails"));

        Outcome outcome = run(plan(HOOKS, "helm-hooks", 4, 3), OPTIONS);

        assertThat(outcome.result()).as(outcome.message()).isEqualTo(Result.DONE);
        assertThat(lines())
                .containsExactly(
                        "POST secrets pending-rollback",
                        "PUT secrets/sh.helm.release.v1.web.v5 pending-rollback",
                        "POST jobs/web-pre-rollback",
                        "PATCH configmaps/web-config",
                        "PATCH deployments/web",
                        "PUT secrets/sh.helm.release.v1.web.v5 pending-rollback",
                        "POST jobs/web-post-rollback",
                        "PUT secrets/sh.helm.release.v1.web.v3 superseded",
                        "PUT secrets/sh.helm.release.v1.web.v5 deployed");
        ObjectNode job = api.get("/apis/batch/v1/namespaces/helm-hooks/jobs/web-pre-rollback");
        assertThat(job.at("/metadata/annotations/helm.sh~1hook").asText()).isEqualTo("pre-rollback");
        assertThat(job.at("/metadata/labels").isMissingNode()).isTrue();
        assertThat(phases(HOOKS, 5))
                .containsEntry("web-pre-rollback", "Succeeded")
                .containsEntry("web-post-rollback", "Succeeded");
    }

    @Test
    void objectOfTheRunBeforeIsReplacedAndASuccessfulOneDeletedIfItsPolicySaysSo() throws Exception {
        Recording recording = Recording.of("33-upgrade-hook-fails");
        api.load(recording);
        StoredRevision target = recording.revision(3);
        ObjectNode json = target.read().json();
        ((ObjectNode) json.at("/hooks/2"))
                .putArray("delete_policies")
                .add("hook-succeeded")
                .add("before-hook-creation");
        api.put(new StoredRevision(
                target.namespace(),
                target.secret(),
                target.uid(),
                "",
                target.labels(),
                Map.of(),
                Recording.pack(json)));
        api.put(job("web-pre-rollback"));

        Outcome outcome = run(plan(HOOKS, "helm-hooks", 4, 3), OPTIONS);

        assertThat(outcome.result()).as(outcome.message()).isEqualTo(Result.DONE);
        assertThat(lines())
                .startsWith(
                        "POST secrets pending-rollback",
                        "DELETE jobs/web-pre-rollback",
                        "PUT secrets/sh.helm.release.v1.web.v5 pending-rollback",
                        "POST jobs/web-pre-rollback",
                        "DELETE jobs/web-pre-rollback",
                        "PATCH configmaps/web-config");
    }

    @Test
    void hookOutsideOfTheNamespaceOfTheReleaseIsRefused() throws Exception {
        Recording recording = Recording.of("33-upgrade-hook-fails");
        api.load(recording);
        StoredRevision target = recording.revision(3);
        ObjectNode json = target.read().json();
        ((ObjectNode) json.at("/hooks/2"))
                .put("manifest", "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: kube-system}\n");
        api.put(new StoredRevision(
                target.namespace(),
                target.secret(),
                target.uid(),
                "",
                target.labels(),
                Map.of(),
                Recording.pack(json)));

        Outcome outcome = run(plan(HOOKS, "helm-hooks", 4, 3), OPTIONS);

        assertThat(outcome.message()).isEqualTo("hook Pod kube-system/p is outside of namespace helm-hooks");
        assertThat(api.writes()).isEmpty();
    }

    @Test
    void hookThatFailsFailsTheRevisionAndTouchesNothing() {
        api.load(Recording.of("33-upgrade-hook-fails"));
        api.endJobs("Failed", "BackoffLimitExceeded");

        Outcome outcome = run(plan(HOOKS, "helm-hooks", 4, 3), OPTIONS);

        assertThat(outcome.result()).isEqualTo(Result.FAILED);
        assertThat(description(HOOKS, 5)).isEqualTo("""
                        Rollback "web" failed: pre-rollback hooks failed: 1 error occurred:
                        	* job web-pre-rollback failed: BackoffLimitExceeded

                        """);
        assertThat(lines())
                .containsExactly(
                        "POST secrets pending-rollback",
                        "PUT secrets/sh.helm.release.v1.web.v5 pending-rollback",
                        "POST jobs/web-pre-rollback",
                        "PUT secrets/sh.helm.release.v1.web.v5 failed");
        assertThat(phases(HOOKS, 5)).containsEntry("web-pre-rollback", "Failed");
    }

    @Test
    void hookThatDoesNotEndIsGivenUpAtTheTimeout() {
        api.load(Recording.of("33-upgrade-hook-fails"));
        api.endJobs("Suspended", "");
        Instant before = pace.now();

        Outcome outcome = run(plan(HOOKS, "helm-hooks", 4, 3), OPTIONS);

        assertThat(outcome.message()).contains("context deadline exceeded");
        assertThat(Duration.between(before, pace.now())).isEqualTo(TIMEOUT);
    }

    @Test
    void withoutHooksNoneIsRun() {
        api.load(Recording.of("33-upgrade-hook-fails"));
        Options options =
                new Options(Options.DEFAULT.request(), TIMEOUT, PERIOD, true, false, Options.DEFAULT.maxHistory());

        assertThat(run(plan(HOOKS, "helm-hooks", 4, 3), options).result()).isEqualTo(Result.DONE);
        assertThat(lines()).noneMatch(line -> line.contains("jobs/"));
    }

    @Test
    void objectThatIsAnnotatedToBeKeptStays() {
        // Revision 5 failed and had made web-extra-five-kept; here it is still there.
        Recording recording = Recording.of("34-upgrade-fails-cleanup-on-fail");
        api.load(recording);
        ObjectNode kept = configMap("helm-hooks", "web-extra-five-kept");
        kept.withObjectProperty("metadata").withObjectProperty("annotations").put("helm.sh/resource-policy", "keep");
        api.put(kept);
        api.put(configMap("helm-hooks", "web-extra-five"));

        Outcome outcome = run(plan(HOOKS, "helm-hooks", 5, 3), OPTIONS);

        assertThat(outcome.result()).as(outcome.message()).isEqualTo(Result.DONE);
        assertThat(lines())
                .contains("DELETE configmaps/web-extra-five")
                .doesNotContain("DELETE configmaps/web-extra-five-kept");
    }

    @Test
    void objectThatTheReleaseKeptIsTakenBack() {
        // Revision 2 dropped web-config, which stayed; revision 1 has it.
        api.load(Recording.of("31-upgrade-drops-kept"));

        Outcome outcome = run(plan(HOOKS, "helm-hooks", 2, 1), OPTIONS);

        assertThat(outcome.message()).contains("rolled back");
        assertThat(outcome.result()).isEqualTo(Result.DONE);
    }

    @Test
    void objectOfAnotherReleaseIsNeitherTakenNorDeleted() {
        api.load(Recording.of("04-upgrade-fails-atomic"));
        ObjectNode foreign = configMap("helm-plain", "web-config");
        foreign.withObjectProperty("metadata")
                .withObjectProperty("annotations")
                .put("meta.helm.sh/release-name", "other");
        api.put(foreign);
        Outcome refused = run(plan(PLAIN, "helm-plain", 5, 1), OPTIONS);
        assertThat(refused.result()).isEqualTo(Result.FAILED);
        assertThat(refused.message())
                .isEqualTo("ConfigMap helm-plain/web-config exists and does not belong to release helm-plain/web");
        assertThat(api.writes()).isEmpty();
    }

    @Test
    void nothingIsMadeOutsideOfTheNamespaceOfTheRelease() throws Exception {
        Recording recording = Recording.of("02-upgrade-good");
        api.load(recording);
        String elsewhere = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: kube-system}\n";
        api.put(changed(recording.revision(1), elsewhere));

        Outcome missing = run(plan(PLAIN, "helm-plain", 2, 1), OPTIONS);
        assertThat(missing.message())
                .isEqualTo(
                        "ConfigMap kube-system/a does not exist, and the healer makes nothing outside of namespace helm-plain");

        api.put(configMap("kube-system", "a"));
        Outcome foreign = run(plan(PLAIN, "helm-plain", 2, 1), OPTIONS);
        assertThat(foreign.message())
                .isEqualTo("ConfigMap kube-system/a exists and does not belong to release helm-plain/web");
        assertThat(api.writes()).isEmpty();
    }

    @Test
    void patchThatIsRefusedFailsTheRevisionAsWithHelm() {
        api.load(Recording.of("02-upgrade-good"));
        api.answerBy(write -> write.path().endsWith("/deployments/web")
                ? new FakeApi.Refusal(422, "Deployment.apps \"web\" is invalid")
                : null);

        Outcome outcome = run(plan(PLAIN, "helm-plain", 2, 1), OPTIONS);

        assertThat(outcome.result()).isEqualTo(Result.FAILED);
        assertThat(description(PLAIN, 3))
                .isEqualTo(
                        "Rollback \"web\" failed: cannot patch \"web\" with kind Deployment: Deployment.apps \"web\" is invalid");
        assertThat(status(PLAIN, 3)).isEqualTo("failed");
        assertThat(status(PLAIN, 2)).isEqualTo("superseded");
        // The other objects are patched all the same, as Helm does.
        assertThat(lines()).contains("PATCH configmaps/web-config");
    }

    @Test
    void workloadThatDoesNotBecomeReadyFailsTheRevision() {
        api.load(Recording.of("20-install"));
        api.put(Recording.of("21-rollback-killed").revision(2));
        ObjectNode deployment = api.get("/apis/apps/v1/namespaces/helm-pend/deployments/web");
        ((ObjectNode) deployment.path("status")).put("observedGeneration", 0);

        Instant before = pace.now();
        Outcome outcome = run(plan("/api/v1/namespaces/helm-pend/", "helm-pend", 2, 1), OPTIONS);

        assertThat(outcome.message()).isEqualTo("Release \"web\" failed: context deadline exceeded");
        assertThat(status("/api/v1/namespaces/helm-pend/", 3)).isEqualTo("failed");
        assertThat(status("/api/v1/namespaces/helm-pend/", 1)).isEqualTo("deployed");
        assertThat(Duration.between(before, pace.now())).isEqualTo(TIMEOUT);
    }

    @Test
    void releaseThatHasChangedSinceIsLeftAlone() {
        api.load(Recording.of("05-upgrade-killed"));
        RollbackPlan stale = new RollbackPlan("id", "helm-plain", "web", 5, "1", 2, "test");

        Outcome outcome = run(stale, OPTIONS);

        assertThat(outcome.result()).isEqualTo(Result.MOOT);
        assertThat(outcome.message())
                .isEqualTo("release helm-plain/web has changed since: revision 6 is pending-upgrade");
        RollbackPlan touched = new RollbackPlan("id", "helm-plain", "web", 6, "1", 2, "test");
        assertThat(run(touched, OPTIONS).result()).isEqualTo(Result.MOOT);
        assertThat(api.writes()).isEmpty();
    }

    @Test
    void ofTwoWhoBeginAtOnceOneIsTurnedAway() {
        api.load(Recording.of("03-upgrade-fails-wait"));
        RollbackPlan plan = plan(PLAIN, "helm-plain", 3, 2);
        // A rival's revision 4 appears after the history was read.
        api.answerBy(write -> write.verb().equals("POST") && write.path().endsWith("/secrets")
                ? new FakeApi.Refusal(409, "secrets \"sh.helm.release.v1.web.v4\" already exists")
                : null);

        Outcome outcome = run(plan, OPTIONS);

        assertThat(outcome.result()).isEqualTo(Result.MOOT);
        assertThat(api.writes()).isEmpty();
    }

    @Test
    void healerThatDiesAtAnyWriteLeavesWhatItsSuccessorFinishesWithoutDoingAnythingTwice() throws Exception {
        int writes = 9;
        for (int dies = 0; dies <= writes; dies++) {
            stop();
            start();
            api.load(Recording.of("33-upgrade-hook-fails"));
            RollbackPlan plan = plan(HOOKS, "helm-hooks", 4, 3);
            int last = dies;
            Outcome cut = run(plan, OPTIONS, () -> api.writes().size() < last);
            Result expected = dies == 0 ? Result.FAILED : dies == writes ? Result.DONE : Result.UNKNOWN;
            assertThat(cut.result())
                    .as("dies at write %d: %s", dies, cut.message())
                    .isEqualTo(expected);
            assertThat(api.writes()).hasSize(dies);

            Outcome resumed = run(plan, OPTIONS);

            assertThat(resumed.result())
                    .as("died at write %d: %s", dies, resumed.message())
                    .isEqualTo(dies == writes ? Result.MOOT : Result.DONE);
            assertThat(status(HOOKS, 5)).isEqualTo("deployed");
            assertThat(status(HOOKS, 3)).isEqualTo("superseded");
            assertThat(api.has(HOOKS + "secrets/sh.helm.release.v1.web.v6")).isFalse();
            assertThat(api.get(HOOKS + "secrets/sh.helm.release.v1.web.v5")
                            .at("/metadata/annotations")
                            .isEmpty())
                    .isTrue();
            assertThat(lines().stream().filter("PATCH deployments/web"::equals)).hasSize(1);
        }
    }

    @Test
    void anotherPlanDoesNotTakeUpAPendingRollback() {
        api.load(Recording.of("33-upgrade-hook-fails"));
        RollbackPlan plan = plan(HOOKS, "helm-hooks", 4, 3);
        run(plan, OPTIONS, () -> api.writes().size() < 3);
        RollbackPlan other = new RollbackPlan("other", "helm-hooks", "web", 4, plan.resourceVersion(), 3, "test");
        assertThat(run(other, OPTIONS).result()).isEqualTo(Result.MOOT);
    }

    @Test
    void oldestRevisionsMakeRoomButNeverTheTargetOrTheDeployedOne() {
        api.load(Recording.of("04-upgrade-fails-atomic"));
        Options three = new Options(Options.DEFAULT.request(), TIMEOUT, PERIOD, true, true, 3);

        Outcome outcome = run(plan(PLAIN, "helm-plain", 5, 1), three);

        assertThat(outcome.result()).as(outcome.message()).isEqualTo(Result.DONE);
        assertThat(lines())
                .startsWith(
                        "DELETE secrets/sh.helm.release.v1.web.v2",
                        "DELETE secrets/sh.helm.release.v1.web.v3",
                        "DELETE secrets/sh.helm.release.v1.web.v4",
                        "POST secrets pending-rollback");
        assertThat(status(PLAIN, 6)).isEqualTo("deployed");
    }

    @Test
    void customResourceIsPatchedByManifestsAlone() throws Exception {
        Recording recording = Recording.of("02-upgrade-good");
        api.load(recording);
        String manifest = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: %d}\n";
        api.put(changed(recording.revision(1), manifest.formatted(1)));
        api.put(changed(recording.revision(2), manifest.formatted(2)));
        ObjectNode widget = configMap("helm-plain", "w");
        widget.put("apiVersion", "example.com/v1").put("kind", "Widget");
        widget.putObject("spec").put("size", 2).put("others", true);
        api.put(widget);

        Outcome outcome = run(plan(PLAIN, "helm-plain", 2, 1), OPTIONS);

        assertThat(outcome.result()).as(outcome.message()).isEqualTo(Result.DONE);
        FakeApi.Write patch = api.writes().get(1);
        assertThat(patch.contentType()).startsWith("application/merge-patch+json");
        assertThat(patch.body().path("spec").toString()).isEqualTo("{\"size\":1}");
    }

    @Test
    void releaseOfServerSideApplyIsRefused() throws Exception {
        Recording recording = Recording.of("02-upgrade-good");
        api.load(recording);
        StoredRevision target = recording.revision(1);
        ObjectNode json = target.read().json().put("apply_method", "ssa");
        api.put(new StoredRevision(
                target.namespace(),
                target.secret(),
                target.uid(),
                "",
                target.labels(),
                Map.of(),
                Recording.pack(json)));

        Outcome outcome = run(plan(PLAIN, "helm-plain", 2, 1), OPTIONS);

        assertThat(outcome.result()).isEqualTo(Result.FAILED);
        assertThat(outcome.message()).contains("revision 1 was made by Helm 4 with server-side apply");
        assertThat(api.writes()).isEmpty();
    }

    @Test
    void kindThatTheApiServerDoesNotKnowIsRefusedBeforeAnythingIsWritten() throws Exception {
        Recording recording = Recording.of("02-upgrade-good");
        api.load(recording);
        api.put(changed(recording.revision(1), "apiVersion: no.such/v1\nkind: Thing\nmetadata: {name: a}\n"));

        Outcome outcome = run(plan(PLAIN, "helm-plain", 2, 1), OPTIONS);

        assertThat(outcome.message()).isEqualTo("no matches for kind \"Thing\" in version \"no.such/v1\"");
        assertThat(api.writes()).isEmpty();
    }

    private Outcome run(RollbackPlan plan, Options options) {
        return run(plan, options, () -> true);
    }

    private Outcome run(RollbackPlan plan, Options options, BooleanSupplier mayAct) {
        return new HelmRollback(client, options, pace).run(plan, mayAct);
    }

    private RollbackPlan plan(String base, String namespace, int from, int to) {
        String version = api.get(base + "secrets/sh.helm.release.v1.web.v" + from)
                .at("/metadata/resourceVersion")
                .asText();
        return new RollbackPlan("incident-1", namespace, "web", from, version, to, "test");
    }

    /** The writes as "VERB plural/name", with the status of releases. */
    private List<String> lines() {
        return api.writes().stream()
                .map(write -> {
                    String where = write.path().replaceAll(".*/namespaces/[^/]+/", "");
                    String status = write.body().at("/metadata/labels/status").asText();
                    boolean secret = where.startsWith("secrets");
                    String name = write.verb().equals("POST") && !secret
                            ? "/" + write.body().at("/metadata/name").asText()
                            : "";
                    return write.verb() + " " + where + name + (secret && !status.isEmpty() ? " " + status : "");
                })
                .toList();
    }

    private String status(String base, int version) {
        return api.get(base + "secrets/sh.helm.release.v1.web.v" + version)
                .at("/metadata/labels/status")
                .asText();
    }

    private ObjectNode release(String base, int version) {
        ObjectNode secret = api.get(base + "secrets/sh.helm.release.v1.web.v" + version);
        Map<String, String> labels = new HashMap<>();
        secret.at("/metadata/labels")
                .properties()
                .forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
        try {
            return new StoredRevision(
                            secret.at("/metadata/namespace").asText(),
                            "s",
                            "u",
                            "1",
                            labels,
                            Map.of(),
                            secret.at("/data/release").asText())
                    .read()
                    .json();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String description(String base, int version) {
        return release(base, version).at("/info/description").asText();
    }

    private Map<String, String> phases(String base, int version) {
        Map<String, String> phases = new HashMap<>();
        release(base, version)
                .path("hooks")
                .forEach(hook -> phases.put(
                        hook.path("name").asText(), hook.at("/last_run/phase").asText()));
        return phases;
    }

    private static StoredRevision changed(StoredRevision stored, String manifest) throws Exception {
        ObjectNode json = stored.read().json().put("manifest", manifest);
        return new StoredRevision(
                stored.namespace(), stored.secret(), stored.uid(), "", stored.labels(), Map.of(), Recording.pack(json));
    }

    private static ObjectNode configMap(String namespace, String name) {
        ObjectNode object = new JsonMapper().createObjectNode();
        object.put("apiVersion", "v1").put("kind", "ConfigMap");
        object.putObject("metadata")
                .put("namespace", namespace)
                .put("name", name)
                .put("uid", "uid-of-" + name);
        return object;
    }

    private static ObjectNode job(String name) {
        return configMap("helm-hooks", name).put("apiVersion", "batch/v1").put("kind", "Job");
    }
}
