package dev.kintsugi.chaos.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.guard.Cluster;
import dev.kintsugi.chaos.lint.Finding.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterRulesTest {
    private static final String KILL = "action: pod-kill, mode: one, selector: {labelSelectors: {app: web}}";
    private static final String LOSS =
            "action: loss, loss: {loss: '9'}, duration: 9s, mode: one, selector: {labelSelectors: {app: web}}";

    private static List<Finding> lint(Cluster cluster, String kind, String spec) {
        return Linter.lint(Cluster.manifest(kind, spec), cluster.surroundings());
    }

    private static void hasError(List<Finding> findings, String field, String problem) {
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.field()).isEqualTo(field);
            assertThat(finding.problem()).contains(problem);
            assertThat(finding.fix()).isNotEmpty();
        });
    }

    private final Cluster shop = new Cluster().deployment("shop", "web", 3);

    @Test
    void nothingIsWrongWithWhatBites() {
        assertThat(lint(shop, "PodChaos", KILL)).isEmpty();
        assertThat(lint(shop, "NetworkChaos", LOSS)).isEmpty();
    }

    @Test
    void selectorThatMatchesNothingIsNamed() {
        hasError(
                lint(shop, "PodChaos", "action: pod-kill, mode: one, selector: {labelSelectors: {app: db}}"),
                "spec.selector",
                "no living pod matches");
    }

    @Test
    void otherEndThatMatchesNothingIsNamed() {
        hasError(
                lint(shop, "NetworkChaos", LOSS + ", target: {mode: all, selector: {labelSelectors: {app: db}}}"),
                "spec.target.selector",
                "no living pod matches");
    }

    @Test
    void containerThatNoTargetHasIsNamed() {
        hasError(
                lint(
                        shop,
                        "PodChaos",
                        "action: container-kill, containerNames: [sidecar], mode: one,"
                                + " selector: {labelSelectors: {app: web}}"),
                "spec.containerNames[0]",
                "has a container sidecar");
    }

    @Test
    void budgetThatKillingWouldBreakIsNamed() {
        shop.budget("web", 0, "web-0", "web-1", "web-2");
        hasError(lint(shop, "PodChaos", KILL), "spec.mode", "hits 1 pod of disruption budget shop/web, which allows 0");
    }

    @Test
    void missingRightIsNamedByItsSingular() {
        shop.denying("create", "podchaos", "shop");
        hasError(lint(shop, "PodChaos", KILL), "kind", "you may not create podchaos.chaos-mesh.org in shop");
    }

    @Test
    void scheduleNeedsTheRightThatChaosMeshAsksForToo() {
        shop.denying("create", "schedule", "shop");
        hasError(
                lint(
                        shop,
                        "Schedule",
                        "schedule: '@every 1m', type: PodChaos, podChaos: {action: pod-kill, mode: one,"
                                + " selector: {namespaces: [shop], labelSelectors: {app: web}}}"),
                "kind",
                "you may not create schedule.chaos-mesh.org in shop");
    }

    @Test
    void nodeWithoutNetemIsNamed() {
        shop.withoutNetem("node1");
        hasError(lint(shop, "NetworkChaos", LOSS), "spec.selector", "has no sch_netem in its kernel");
        assertThat(lint(
                        shop,
                        "NetworkChaos",
                        "action: partition, duration: 9s, mode: one, selector: {labelSelectors: {app: web}}"))
                .as("a partition needs none")
                .isEmpty();
    }

    @Test
    void kindThatTheClusterDoesNotServeIsNamed() {
        assertThat(lint(
                        shop,
                        "TimeChaos",
                        "timeOffset: 5m, duration: 9s, mode: one, selector: {labelSelectors: {app: web}}"))
                .extracting(Finding::problem)
                .containsExactly("the cluster does not know TimeChaos");
    }
}
