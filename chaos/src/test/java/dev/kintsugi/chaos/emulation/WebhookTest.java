package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.RandomExperiments;
import dev.kintsugi.chaos.webhook.Webhook;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WebhookTest {

    /** A way to spoil a spec, and what the webhook says to it. */
    private record Spoiler(String kind, String message, java.util.function.Consumer<Map<String, Object>> spoil) {}

    private static final List<Spoiler> SPOILERS = List.of(
            new Spoiler(
                    "",
                    "Duration: Invalid value: \"5x\": parse duration field error: time: unknown unit \"x\" in duration"
                            + " \"5x\"",
                    spec -> spec.put("duration", "5x")),
            new Spoiler(
                    "",
                    "PodSelector.value: Invalid value: \"0\": value must be greater than 0 with mode:fixed",
                    spec -> {
                        spec.put("mode", "fixed");
                        spec.put("value", "0");
                    }),
            new Spoiler(
                    "",
                    "PodSelector.value: Invalid value: \"\": parse value field error:strconv.Atoi: parsing \"\"",
                    spec -> {
                        spec.put("mode", "fixed-percent");
                        spec.remove("value");
                    }),
            new Spoiler("", "value of 101 is invalid, Must be (0,100] with mode:random-max-percent", spec -> {
                spec.put("mode", "random-max-percent");
                spec.put("value", "101");
            }),
            new Spoiler(
                    "PodChaos",
                    "Spec.containerNames: Invalid value: []string(nil): the name of container is empty on"
                            + " container-kill action: invalid value",
                    spec -> {
                        spec.put("action", "container-kill");
                        spec.remove("containerNames");
                    }),
            new Spoiler("StressChaos", "missing stressors", spec -> spec.remove("stressors")),
            new Spoiler(
                    "StressChaos",
                    "Spec.Stressors: Invalid value: {}: missing stressors",
                    spec -> spec.put("stressors", Map.of())),
            new Spoiler(
                    "StressChaos",
                    "Spec.Stressors.MemoryStressor.Size: Invalid value: \"1XB\": incorrect bytes format:"
                            + " invalid suffix: 'xb'",
                    spec -> spec.put("stressors", Map.of("memory", Map.of("workers", 1, "size", "1XB")))),
            new Spoiler(
                    "StressChaos",
                    "incorrect bytes format: illegal proportion",
                    spec -> spec.put("stressors", Map.of("memory", Map.of("workers", 1, "size", "101%")))),
            new Spoiler(
                    "NetworkChaos",
                    "Spec.TcParameter.Loss.Loss: Invalid value: \"much\": parse correlation field"
                            + " error:strconv.ParseFloat: parsing \"much\": invalid syntax",
                    spec -> spec.put("loss", Map.of("loss", "much"))),
            new Spoiler(
                    "NetworkChaos",
                    "Spec.TcParameter.Delay.Jitter: Invalid value: \"1x\"",
                    spec -> spec.put("delay", Map.of("latency", "1s", "jitter", "1x"))),
            new Spoiler(
                    "NetworkChaos",
                    "Spec.TcParameter.Bandwidth.Rate: Invalid value: \"1mph\": parse rate field"
                            + " error:invalid unit",
                    spec -> spec.put("bandwidth", Map.of("rate", "1mph", "limit", 1, "buffer", 1))),
            new Spoiler(
                    "NetworkChaos",
                    "Spec.direction: Invalid value: \"from\": `from` and `both` direction cannot be used"
                            + " when targets is empty in netem action",
                    spec -> {
                        spec.put("action", "loss");
                        spec.put("direction", "from");
                        spec.remove("target");
                        spec.remove("externalTargets");
                    }),
            new Spoiler(
                    "NetworkChaos",
                    "Spec.direction: Invalid value: \"both\": external targets cannot be used with `from`"
                            + " and `both` direction in netem action yet",
                    spec -> {
                        spec.put("action", "delay");
                        spec.put("direction", "both");
                        spec.put("externalTargets", List.of("1.1.1.1"));
                    }));

    @Test
    void spoiledExperimentsAreRejectedWithTheMessageOfTheRule() {
        RandomExperiments experiments = new RandomExperiments(3);
        SplittableRandom random = new SplittableRandom(3);
        int[] used = new int[SPOILERS.size()];
        for (int i = 0; i < 400; i++) {
            Map<String, Object> resource = resource(experiments.next());
            int number = random.nextInt(SPOILERS.size());
            Spoiler spoiler = SPOILERS.get(number);
            if (!spoiler.kind.isEmpty() && !spoiler.kind.equals(resource.get("kind"))) {
                continue;
            }
            Map<String, Object> spec = new HashMap<>(new Tree(resource.get("spec")).map());
            spoiler.spoil.accept(spec);
            resource.put("spec", spec);
            used[number]++;

            assertThat(rejection(resource)).as("%s", resource).contains(spoiler.message);
        }
        assertThat(used).doesNotContain(0);
    }

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

    private static Map<String, Object> resource(Experiment experiment) {
        return ManifestsTest.tree(Manifests.resource(experiment));
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
