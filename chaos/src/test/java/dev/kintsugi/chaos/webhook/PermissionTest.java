package dev.kintsugi.chaos.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PermissionTest {
    private final List<String> asked = new ArrayList<>();

    private Webhook.Review review(String kind, Map<String, Object> spec, Set<String> allowed) {
        return Webhook.permission(
                Map.of("apiVersion", "chaos-mesh.org/v1alpha1", "kind", kind, "spec", spec),
                "jane",
                (namespace, resource) -> {
                    asked.add(namespace + "/" + resource);
                    return allowed.contains(namespace);
                });
    }

    private static Map<String, Object> selecting(String... namespaces) {
        return Map.of("mode", "all", "selector", Map.of("namespaces", List.of(namespaces)));
    }

    @Test
    void everySelectedNamespaceIsAskedForUnderTheLowerCasedKind() {
        assertThat(review("PodChaos", selecting("a", "b"), Set.of("a", "b")))
                .isInstanceOf(Webhook.Review.Admitted.class);
        assertThat(asked).containsExactly("a/podchaos", "b/podchaos");
    }

    @Test
    void whoMayNotHurtANamespaceIsForbiddenBySayingWhich() {
        assertThat(review("PodChaos", selecting("a", "b"), Set.of("a")))
                .isInstanceOfSatisfying(
                        Webhook.Review.Rejected.class,
                        rejected -> assertThat(rejected.message())
                                .isEqualTo(
                                        "admission webhook \"vauth.kb.io\" denied the request: jane is forbidden on namespace b"));
    }

    @Test
    void otherEndOfANetworkFaultAndNamedPodsCount() {
        review(
                "NetworkChaos",
                Map.of(
                        "mode",
                        "all",
                        "selector",
                        Map.of("pods", Map.of("named", List.of("x"))),
                        "target",
                        selecting("other")),
                Set.of());
        assertThat(asked).containsExactly("named/networkchaos");
        asked.clear();
        review(
                "NetworkChaos",
                Map.of("mode", "all", "selector", Map.of("namespaces", List.of("a")), "target", selecting("z")),
                Set.of("a"));
        assertThat(asked).containsExactly("a/networkchaos", "z/networkchaos");
    }

    @Test
    void schedulesAndWorkflowsAreAskedForInTheSingular() {
        review("Schedule", Map.of("type", "PodChaos", "podChaos", selecting("a")), Set.of("a"));
        review(
                "Workflow",
                Map.of(
                        "templates",
                        List.of(
                                Map.of("podChaos", selecting("b")),
                                Map.of("schedule", Map.of("ioChaos", selecting("c"))))),
                Set.of("b", "c"));
        assertThat(asked).containsExactly("a/schedule", "b/workflow", "c/workflow");
    }

    @Test
    void selectorOfEverythingNeedsTheWholeCluster() {
        Map<String, Object> spec = Map.of("type", "PodChaos", "podChaos", Map.of("mode", "all", "selector", Map.of()));
        assertThat(review("Schedule", spec, Set.of("a")))
                .isInstanceOfSatisfying(Webhook.Review.Rejected.class, rejected -> assertThat(rejected.errors())
                        .isEqualTo("jane is forbidden on cluster"));
        assertThat(asked).containsExactly("/schedule");
    }

    @Test
    void someKindsAreNotAskedFor() {
        assertThat(review("StatusCheck", Map.of(), Set.of())).isInstanceOf(Webhook.Review.Admitted.class);
        assertThat(review("WorkflowNode", Map.of("podChaos", selecting("a")), Set.of()))
                .isInstanceOf(Webhook.Review.Admitted.class);
        assertThat(asked).isEmpty();
    }
}
