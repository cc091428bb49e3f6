package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.RandomExperiments;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.chaos.webhook.Webhook;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManifestsTest {

    @Test
    void everyValidExperimentFitsThePublishedSchemaAndPassesTheWebhook() {
        RandomExperiments experiments = new RandomExperiments(42);
        Set<String> actions = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Experiment experiment = experiments.next();
            Kind kind = experiment.fault().kind();
            Map<String, Object> resource = tree(Manifests.resource(experiment));

            assertThat(SchemaCheck.problems(kind, resource)).as("%s", resource).isEmpty();
            Webhook.Review review = Webhook.review(Webhook.Operation.CREATE, resource, null, Simulation.START);
            assertThat(review).as("%s", resource).isInstanceOf(Webhook.Review.Admitted.class);
            assertThat(SchemaCheck.problems(kind, ((Webhook.Review.Admitted) review).resource()))
                    .isEmpty();
            actions.add(kind + experiment.fault().action());
        }
        assertThat(actions).hasSize(16);
    }

    @Test
    void theSchemaCheckFindsWhatIsWrong() {
        Map<String, Object> resource =
                Map.of("spec", Map.of("mode", "some", "selector", List.of(), "gracePeriod", -1, "nonsense", true));

        assertThat(SchemaCheck.problems(Kind.POD_CHAOS, resource))
                .containsExactlyInAnyOrder(
                        "/spec/action is missing",
                        "/spec/mode is none of the allowed: some",
                        "/spec/selector must be an object: []",
                        "/spec/gracePeriod is out of range: -1",
                        "/spec/nonsense is unknown");
    }

    @Test
    void memoryStressIsWrittenInBytesThatEveryReaderUnderstandsAlike() {
        Experiment experiment = new Experiment(
                "stress",
                "shop",
                Target.one(Selector.labelled("shop", Map.of("app", "web"))),
                Fault.MemoryStress.of(new MemorySize.Bytes(64L << 20)),
                Duration.ofSeconds(90));

        assertThat(Manifests.spec(experiment))
                .containsEntry("mode", "one")
                .containsEntry("duration", "1m30s")
                .containsEntry("stressors", Map.of("memory", Map.of("workers", 1, "size", "67108864B")))
                .doesNotContainKeys("action", "value");
    }

    @Test
    void pluralEqualsSingular() {
        for (Kind kind : EnumSet.allOf(Kind.class)) {
            assertThat(Manifests.context(kind).getPlural()).isEqualTo(kind.plural());
            assertThat(CustomResourceDefinitions.definition(kind.plural())
                            .getSpec()
                            .getNames()
                            .getPlural())
                    .isEqualTo(kind.plural());
            assertThat(CustomResourceDefinitions.definition(kind.plural())
                            .getSpec()
                            .getNames()
                            .getKind())
                    .isEqualTo(kind.text());
        }
    }

    static Map<String, Object> tree(GenericKubernetesResource resource) {
        Map<String, Object> tree = new LinkedHashMap<>(resource.getAdditionalProperties());
        tree.put("apiVersion", resource.getApiVersion());
        tree.put("kind", resource.getKind());
        tree.put(
                "metadata",
                Map.of(
                        "name", resource.getMetadata().getName(),
                        "namespace", resource.getMetadata().getNamespace()));
        return tree;
    }
}
