package dev.kintsugi.chaos.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.mesh.Tree;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final String WEB = "selector: {labelSelectors: {app: web}}";

    private static List<String> victims(String spec, Surroundings cluster, long seed) {
        return Planner.plan(Cluster.manifest("PodChaos", "action: pod-kill, " + spec), cluster, seed).victims().stream()
                .map(member -> member.pod().name())
                .toList();
    }

    @Property(tries = 100)
    void seedHitsTheSamePositionsWhateverTheNamesAre(@ForAll long seed, @ForAll @IntRange(min = 2, max = 9) int pods) {
        String[] here = LongStream.range(0, pods).mapToObj(i -> "web-a" + i).toArray(String[]::new);
        String[] there = LongStream.range(0, pods).mapToObj(i -> "web-x" + i).toArray(String[]::new);
        List<String> one = victims(
                "mode: one, " + WEB,
                new Cluster().with("Deployment", "shop", "web", here).surroundings(),
                seed);
        List<String> other = victims(
                "mode: one, " + WEB,
                new Cluster().with("Deployment", "shop", "web", there).surroundings(),
                seed);
        assertThat(one).singleElement().isEqualTo(other.get(0).replace("web-x", "web-a"));
    }

    @Test
    void orderInWhichTheClusterListsPodsDoesNotMatter() {
        Surroundings one = new Cluster()
                .with("Deployment", "shop", "web", "a", "b", "c", "d")
                .surroundings();
        Surroundings other = new Cluster()
                .with("Deployment", "shop", "web", "d", "b", "a", "c")
                .surroundings();
        for (long seed = 0; seed < 50; seed++) {
            assertThat(victims("mode: fixed, value: '2', " + WEB, one, seed))
                    .isEqualTo(victims("mode: fixed, value: '2', " + WEB, other, seed));
        }
    }

    @Test
    void everyPodCanBeChosen() {
        Surroundings cluster = new Cluster().deployment("shop", "web", 3).surroundings();
        assertThat(LongStream.range(0, 60).mapToObj(seed -> victims("mode: one, " + WEB, cluster, seed)
                        .get(0)))
                .contains("web-0", "web-1", "web-2");
    }

    @Test
    void tenthPodComesAfterTheNinth() {
        Surroundings cluster = new Cluster()
                .with("StatefulSet", "shop", "db", "db-10", "db-9", "db-0")
                .surroundings();
        assertThat(victims("mode: all, " + WEB, cluster, 1)).containsExactly("db-0", "db-9", "db-10");
    }

    @Test
    void victimsAreWrittenOutAsPods() {
        Surroundings cluster = new Cluster().deployment("shop", "web", 3).surroundings();
        Manifest manifest = Cluster.manifest("PodChaos", "action: pod-kill, mode: fixed, value: '2', " + WEB);
        Plan plan = Planner.plan(manifest, cluster, 7);
        Tree spec = new Tree(Planner.pin(plan)).at("spec");
        assertThat(spec.at("mode").text()).isEqualTo("all");
        assertThat(spec.at("value").exists()).isFalse();
        assertThat(spec.at("action").text()).isEqualTo("pod-kill");
        assertThat(spec.at("selector").map())
                .isEqualTo(Map.of(
                        "pods",
                        Map.of(
                                "shop",
                                plan.victims().stream()
                                        .map(member -> member.pod().name())
                                        .toList())));
    }

    @Test
    void bothEndsOfANetworkFaultAreWrittenOut() {
        Surroundings cluster = new Cluster().deployment("shop", "web", 3).surroundings();
        Plan plan = Planner.plan(
                Cluster.manifest(
                        "NetworkChaos", "action: partition, mode: one, " + WEB + ", target: {mode: one, " + WEB + "}"),
                cluster,
                7);
        Tree spec = new Tree(Planner.pin(plan)).at("spec");
        assertThat(spec.at("selector", "pods", "shop").elements()).hasSize(1);
        assertThat(spec.at("target", "selector", "pods", "shop").elements()).hasSize(1);
        assertThat(spec.at("target", "mode").text()).isEqualTo("all");
    }

    @Test
    void scheduleKeepsItsSelectorAndCountsTheMostThatItCanHit() {
        Surroundings cluster = new Cluster().deployment("shop", "web", 4).surroundings();
        Manifest manifest = Cluster.manifest(
                "Schedule",
                "schedule: '@every 1m', type: PodChaos, podChaos: {action: pod-kill, mode: random-max-percent, value: '50', "
                        + WEB + "}");
        Plan plan = Planner.plan(manifest, cluster, 1);
        assertThat(plan.isPinned()).isFalse();
        assertThat(Planner.pin(plan)).isEqualTo(manifest.resource());
        assertThat(plan.shares(cluster)).singleElement().hasToString("2 of 4 pods of deployment/shop/web (50 %)");
    }
}
