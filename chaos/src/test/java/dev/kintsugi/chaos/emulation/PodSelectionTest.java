package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.chaos.model.Pods;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PodSelectionTest {
    private static final ClusterView CLUSTER = new ClusterView(
            List.of(Pods.running("shop", "a"), Pods.finished("shop", "b"), Pods.running("bank", "c")),
            Map.of("node1", Map.of("zone", "west")));

    static Stream<Arguments> selectors() {
        return Stream.of(
                selects(Map.of(), "a", "b", "c"),
                selects(Map.of("namespaces", List.of("shop")), "a", "b"),
                selects(Map.of("labelSelectors", Map.of("app", "web")), "a", "b", "c"),
                selects(Map.of("labelSelectors", Map.of("app", "db"))),
                selects(Map.of("podPhaseSelectors", List.of("Running")), "a", "c"),
                selects(Map.of("fieldSelectors", Map.of("metadata.name", "c")), "c"),
                selects(Map.of("annotationSelectors", Map.of("x", "y"))),
                selects(Map.of("nodes", List.of("node1")), "a", "b", "c"),
                selects(Map.of("nodes", List.of("node2"))),
                selects(Map.of("nodeSelectors", Map.of("zone", "west")), "a", "b", "c"),
                selects(Map.of("nodeSelectors", Map.of("zone", "east"))),
                selects(expression("app", "In", "web", "db"), "a", "b", "c"),
                selects(expression("app", "NotIn", "web")),
                selects(expression("tier", "NotIn", "web"), "a", "b", "c"),
                selects(expression("tier", "DoesNotExist"), "a", "b", "c"),
                selects(expression("app", "Exists"), "a", "b", "c"),
                selects(
                        Map.of(
                                "pods", Map.of("bank", List.of("c", "gone")),
                                "labelSelectors", Map.of("app", "db"),
                                "namespaces", List.of("shop")),
                        "c"));
    }

    private static Map<String, Object> expression(String key, String operator, String... values) {
        return Map.of(
                "expressionSelectors", List.of(Map.of("key", key, "operator", operator, "values", List.of(values))));
    }

    private static Arguments selects(Map<String, Object> selector, String... names) {
        return Arguments.of(selector, List.of(names));
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void allPartsOfASelectorMustAgree(Map<String, Object> selector, List<String> names) {
        assertThat(PodSelection.matching(new Tree(selector), CLUSTER))
                .extracting(PodInfo::name)
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void onlyOpenNamespacesAreChosenFromWhereThatIsAskedFor() {
        ClusterView filtered = new ClusterView(CLUSTER.pods(), CLUSTER.nodeLabels(), Optional.of(Set.of("bank")));

        assertThat(PodSelection.matching(new Tree(Map.of()), filtered))
                .extracting(PodInfo::name)
                .containsExactly("c");
        assertThat(PodSelection.matching(new Tree(Map.of("pods", Map.of("shop", List.of("a")))), filtered))
                .isEmpty();
        assertThat(filtered.podOf("shop/a"))
                .as("what has the fault can always be found")
                .isPresent();
    }
}
