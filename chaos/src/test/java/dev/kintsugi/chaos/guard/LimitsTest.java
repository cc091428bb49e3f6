package dev.kintsugi.chaos.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Limits LIMITS = new Limits(Limits.PROTECTED, false, 0.5, false);

    private static List<String> objections(Limits limits, Surroundings cluster, String targets) {
        Plan plan = Planner.plan(
                Cluster.manifest("PodChaos", "action: pod-kill, selector: {labelSelectors: {app: web}}, " + targets),
                cluster,
                1);
        return limits.against(plan, cluster).stream()
                .map(Limits.Objection::toString)
                .toList();
    }

    @Test
    void halfOfAWorkloadMayBeHitAndNoMore() {
        Surroundings cluster = new Cluster().deployment("shop", "web", 4).surroundings();
        assertThat(objections(LIMITS, cluster, "mode: fixed, value: '2'")).isEmpty();
        assertThat(objections(LIMITS, cluster, "mode: fixed, value: '3'"))
                .singleElement()
                .asString()
                .contains("3 of 4 pods of deployment/shop/web (75 %)", "the limit is 50 %", "--max-share 75");
    }

    @Test
    void shareCountsForEachWorkloadByItself() {
        Surroundings cluster = new Cluster()
                .deployment("shop", "web", 9)
                .with("Deployment", "shop", "single", "single-0")
                .surroundings();
        assertThat(objections(LIMITS, cluster, "mode: all"))
                .hasSize(2)
                .anyMatch(objection -> objection.contains("1 of 1 pods of deployment/shop/single (100 %)"));
    }

    @Test
    void protectedNamespaceIsRefused() {
        Surroundings cluster = new Cluster().deployment("kube-system", "dns", 4).surroundings();
        Plan plan = Planner.plan(
                Cluster.manifest("PodChaos", "action: pod-kill, mode: one, selector: {namespaces: [kube-system]}"),
                cluster,
                1);
        assertThat(LIMITS.against(plan, cluster))
                .singleElement()
                .asString()
                .contains("namespace kube-system is protected");
    }

    @Test
    void sharedClusterNeedsTheConsentOfTheNamespace() {
        Limits shared = new Limits(Set.of(), true, 1, false);
        Cluster cluster = new Cluster().deployment("shop", "web", 2);
        assertThat(objections(shared, cluster.surroundings(), "mode: one"))
                .singleElement()
                .asString()
                .contains("kubectl annotate namespace shop kintsugi.dev/chaos=allowed");
        cluster.annotated("shop", Map.of("kintsugi.dev/chaos", "allowed"));
        assertThat(objections(shared, cluster.surroundings(), "mode: one")).isEmpty();
    }

    @Test
    void budgetIsKeptUnlessToldOtherwise() {
        Surroundings cluster = new Cluster()
                .deployment("shop", "web", 4)
                .budget("web", 1, "web-0", "web-1", "web-2", "web-3")
                .surroundings();
        assertThat(objections(LIMITS, cluster, "mode: one")).isEmpty();
        assertThat(objections(LIMITS, cluster, "mode: fixed, value: '2'"))
                .singleElement()
                .asString()
                .contains("2 pods of disruption budget shop/web, which allows 1", "--below-budget");
        assertThat(objections(new Limits(Set.of(), false, 1, true), cluster, "mode: fixed, value: '2'"))
                .isEmpty();
    }

    @Test
    void shareOfNothingIsNoLimit() {
        assertThatThrownBy(() -> new Limits(Set.of(), false, 0, false)).hasMessageContaining("above 0");
    }
}
