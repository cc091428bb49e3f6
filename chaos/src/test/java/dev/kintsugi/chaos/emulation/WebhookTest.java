package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.webhook.Webhook;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookTest {

    @Test
    void rejectionNamesTheWebhookAsTheApiServerDoes() {
        Map<String, Object> resource = podChaos(Map.of("action", "pod-kill", "mode", "fixed", "value", "0"));

        assertThat(((Webhook.Review.Rejected)
                                Webhook.review(Webhook.Operation.CREATE, resource, null, Simulation.START))
                        .message())
                .isEqualTo("admission webhook \"vpodchaos.kb.io\" denied the request: "
                        + "Spec.ContainerSelector.PodSelector.value: Invalid value: \"0\": "
                        + "value must be greater than 0 with mode:fixed");
    }

    @Test
    void severalErrorsAreGivenTogether() {
        Map<String, Object> resource =
                podChaos(Map.of("action", "pod-kill", "mode", "fixed", "value", "0", "duration", "x"));

        assertThat(rejection(resource))
                .startsWith("[Spec.Duration: ")
                .contains(", Spec.ContainerSelector.PodSelector.value: ")
                .endsWith("]");
    }

    @Test
    void defaultsAreFilledIn() {
        Map<String, Object> resource = new HashMap<>(Map.of(
                "apiVersion", "chaos-mesh.org/v1alpha1",
                "kind", "NetworkChaos",
                "metadata", Map.of("name", "n", "namespace", "shop")));
        resource.put(
                "spec",
                Map.of(
                        "action", "delay",
                        "mode", "all",
                        "selector", Map.of(),
                        "target", Map.of("mode", "all", "selector", Map.of("labelSelectors", Map.of("a", "b"))),
                        "delay", Map.of("latency", "1s", "reorder", Map.of("reorder", "5", "gap", 1)),
                        "loss", Map.of("loss", "5")));

        Map<String, Object> spec = admittedSpec(resource);

        assertThat(spec)
                .containsEntry("direction", "to")
                .containsEntry("selector", Map.of("namespaces", List.of("shop")))
                .containsEntry("loss", Map.of("loss", "5", "correlation", "0"))
                .containsEntry(
                        "delay",
                        Map.of(
                                "latency", "1s",
                                "jitter", "0ms",
                                "correlation", "0",
                                "reorder", Map.of("reorder", "5", "gap", 1, "correlation", "0")));
        assertThat(new Tree(spec).at("target", "selector", "namespaces").texts())
                .containsExactly("shop");
    }

    @Test
    void clockAndAgentOfOtherKindsAreFilledInToo() {
        Map<String, Object> time = podChaos(Map.of("mode", "all", "timeOffset", "1h"));
        time.put("kind", "TimeChaos");
        Map<String, Object> jvm = podChaos(Map.of("mode", "all", "action", "gc"));
        jvm.put("kind", "JVMChaos");

        assertThat(admittedSpec(time)).containsEntry("clockIds", List.of("CLOCK_REALTIME"));
        assertThat(admittedSpec(jvm))
                .containsEntry("port", 9277)
                .containsEntry("name", "--gc-" + Simulation.START.getEpochSecond());
    }

    @Test
    void scheduleGetsAPolicyAndMayBeChanged() {
        RandomManifests manifests = new RandomManifests(1);
        Map<String, Object> old = manifests.next("Schedule");
        Map<String, Object> changed = new HashMap<>(manifests.next("Schedule"));

        assertThat(admittedSpec(old)).containsKey("concurrencyPolicy");
        assertThat(Webhook.review(Webhook.Operation.UPDATE, changed, old, Simulation.START))
                .isInstanceOf(Webhook.Review.Admitted.class);
    }

    @Test
    void statusCheckGetsAModeAndMayNotBeChanged() {
        RandomManifests manifests = new RandomManifests(1);
        Map<String, Object> old = manifests.next("StatusCheck");
        Map<String, Object> changed = new HashMap<>(old);
        Map<String, Object> spec = new HashMap<>(new Tree(old.get("spec")).map());
        spec.put("intervalSeconds", 61);
        changed.put("spec", spec);

        assertThat(admittedSpec(old)).containsKey("mode");
        assertThat(Webhook.review(Webhook.Operation.UPDATE, changed, old, Simulation.START))
                .isInstanceOfSatisfying(Webhook.Review.Rejected.class, rejected -> assertThat(rejected.webhook())
                        .isEqualTo("vstatuscheck.kb.io"));
    }

    @Test
    void whatChaosMeshLetsPassPasses() {
        for (Map<String, Object> spec : List.<Map<String, Object>>of(
                Map.of("action", "partition", "mode", "all", "direction", "both"),
                Map.of("action", "loss", "mode", "all", "loss", Map.of("loss", "250")))) {
            Map<String, Object> resource = podChaos(spec);
            resource.put("kind", "NetworkChaos");
            assertThat(Webhook.review(Webhook.Operation.CREATE, resource, null, Simulation.START))
                    .isInstanceOf(Webhook.Review.Admitted.class);
        }
        Map<String, Object> stress = podChaos(Map.of("mode", "all", "stressors", Map.of("cpu", Map.of("workers", 0))));
        stress.put("kind", "StressChaos");
        assertThat(Webhook.review(Webhook.Operation.CREATE, stress, null, Simulation.START))
                .isInstanceOf(Webhook.Review.Admitted.class);
    }

    @Test
    void specCannotBeChangedButTheRestCan() {
        Map<String, Object> old = podChaos(Map.of("action", "pod-kill", "mode", "one"));
        Map<String, Object> changed = podChaos(Map.of("action", "pod-kill", "mode", "all"));
        Map<String, Object> annotated = new HashMap<>(old);
        annotated.put("metadata", Map.of("name", "x", "namespace", "shop", "annotations", Map.of("a", "b")));

        assertThat(((Webhook.Review.Rejected) Webhook.review(Webhook.Operation.UPDATE, changed, old, Simulation.START))
                        .errors())
                .isEqualTo("Cannot update chaos spec");
        assertThat(Webhook.review(Webhook.Operation.UPDATE, annotated, old, Simulation.START))
                .isInstanceOf(Webhook.Review.Admitted.class);
    }

    @Test
    void otherKindsAndDeletionsAreNoneOfItsBusiness() {
        Map<String, Object> pod = Map.of("apiVersion", "v1", "kind", "Pod");
        Map<String, Object> broken = podChaos(Map.of("action", "pod-kill", "mode", "fixed", "value", "0"));

        assertThat(Webhook.review(Webhook.Operation.CREATE, pod, null, Simulation.START))
                .isEqualTo(new Webhook.Review.Admitted(pod));
        assertThat(Webhook.review(Webhook.Operation.DELETE, broken, broken, Simulation.START))
                .isEqualTo(new Webhook.Review.Admitted(broken));
    }

    private static Map<String, Object> podChaos(Map<String, Object> spec) {
        Map<String, Object> full = new HashMap<>(Map.of("selector", Map.of()));
        full.putAll(spec);
        return new HashMap<>(Map.of(
                "apiVersion",
                "chaos-mesh.org/v1alpha1",
                "kind",
                "PodChaos",
                "metadata",
                Map.of("name", "x", "namespace", "shop"),
                "spec",
                full));
    }

    private static String rejection(Map<String, Object> resource) {
        Webhook.Review review = Webhook.review(Webhook.Operation.CREATE, resource, null, Simulation.START);
        return review instanceof Webhook.Review.Rejected rejected ? rejected.errors() : "admitted";
    }

    private static Map<String, Object> admittedSpec(Map<String, Object> resource) {
        Webhook.Review review = Webhook.review(Webhook.Operation.CREATE, resource, null, Simulation.START);
        return new Tree(((Webhook.Review.Admitted) review).resource().get("spec")).map();
    }
}
