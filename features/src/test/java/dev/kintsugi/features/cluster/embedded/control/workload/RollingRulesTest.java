package dev.kintsugi.features.cluster.embedded.control.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RollingRulesTest {

    @Test
    void surgeIsRoundedUpAndUnavailableDown() {
        assertThat(rules(3, "25%", "25%")).isEqualTo(new RollingRules(3, 1, 0));
        assertThat(rules(4, "25%", "25%")).isEqualTo(new RollingRules(4, 1, 1));
        assertThat(rules(5, "25%", "25%")).isEqualTo(new RollingRules(5, 2, 1));
    }

    @Test
    void withoutSurgeOnePodMayBeMissing() {
        assertThat(rules(3, 0, "25%")).isEqualTo(new RollingRules(3, 0, 1));
    }

    @Test
    void brokenOldPodsGoFirstWithoutWaitingForNewOnes() {
        ReplicaSet broken = set("broken", 2, 0, 3);
        ReplicaSet young = set("young", 1, 0, 3);

        Map<ReplicaSet, Integer> sizes =
                new RollingRules(2, 1, 0).nextOld(young, List.of(set("good", 2, 2, 3), broken));

        assertThat(byName(sizes)).containsEntry("good", 2).containsEntry("broken", 0);
    }

    @Test
    void sizesAfterScalingInTheMiddleOfAChangeOverAreProportional() {
        Map<ReplicaSet, Integer> sizes =
                new RollingRules(15, 3, 2).proportional(List.of(set("old", 8, 8, 13), set("new", 5, 0, 13)));

        assertThat(byName(sizes)).isEqualTo(Map.of("old", 11, "new", 7));
    }

    @Property
    void neitherTooManyNorTooFewPods(
            @ForAll @IntRange(min = 1, max = 50) int wanted,
            @ForAll @IntRange(max = 50) int oldSize,
            @ForAll @IntRange(max = 50) int newSize,
            @ForAll @IntRange(max = 100) int surge,
            @ForAll @IntRange(max = 100) int unavailable) {
        RollingRules rules = rules(wanted, surge + "%", unavailable + "%");
        ReplicaSet young = set("young", newSize, newSize, rules.most());
        ReplicaSet old = set("old", oldSize, oldSize, rules.most());

        int up = rules.nextNew(newSize, newSize + oldSize);
        int down = rules.nextOld(young, List.of(old)).getOrDefault(old, -1);

        assertThat(up).isLessThanOrEqualTo(Math.max(newSize, wanted));
        assertThat(up <= newSize || up + oldSize <= rules.most()).isTrue();
        assertThat(down).isBetween(0, oldSize);
        assertThat(down == oldSize || newSize + down >= rules.least()).isTrue();
        assertThat((newSize == wanted && oldSize == 0) || up != newSize || down != oldSize)
                .as("it never gets stuck when all pods are available")
                .isTrue();
    }

    private static Map<String, Integer> byName(Map<ReplicaSet, Integer> sizes) {
        return sizes.entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().getMetadata().getName(), Map.Entry::getValue));
    }

    private static RollingRules rules(int wanted, Object surge, Object unavailable) {
        return RollingRules.of(new DeploymentBuilder()
                .withNewSpec()
                .withReplicas(wanted)
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(surge))
                .withMaxUnavailable(new IntOrString(unavailable))
                .endRollingUpdate()
                .endStrategy()
                .endSpec()
                .build());
    }

    private static ReplicaSet set(String name, int size, int available, int max) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withName(name)
                .withCreationTimestamp("2026-01-01T00:00:0" + name.length() % 10 + "Z")
                .addToAnnotations("deployment.kubernetes.io/max-replicas", Integer.toString(max))
                .endMetadata()
                .withNewSpec()
                .withReplicas(size)
                .endSpec()
                .withNewStatus()
                .withAvailableReplicas(available)
                .endStatus()
                .build();
    }
}
