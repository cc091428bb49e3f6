package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.disruption.DisruptionBudgetLoop;
import dev.kintsugi.features.cluster.embedded.control.garbage.GarbageLoop;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.scheduling.SchedulerLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.ReplicaSetLoop;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** ReplicaSets, scheduling, budgets and garbage in virtual time, at the edges. */
class WorkloadsInVirtualTimeTest {

    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration ENOUGH = Duration.ofSeconds(3);

    private final VirtualCluster cluster = new VirtualCluster(
            new ReplicaSetLoop(),
            new SchedulerLoop(Timings.real(), 1),
            new DisruptionBudgetLoop(Timings.real()),
            new GarbageLoop());

    @Test
    void replacementIsMadeWithoutWaitingForTheDeletedPod() {
        cluster.put(node("4"));
        cluster.put(set(2, 0));
        cluster.advance(ENOUGH);
        Pod victim = pods().get(0);

        cluster.delete(victim);
        cluster.advance(Duration.ZERO);

        assertThat(pods()).hasSize(3);
        assertThat(pods().stream().filter(Pods::isActive)).hasSize(2).doesNotContain(victim);
        assertThat(status().getStatus().getReplicas()).isEqualTo(2);
        cluster.advance(ENOUGH);
        assertThat(pods()).hasSize(2);
    }

    @Test
    void orphanThatMatchesIsAdoptedAndPodThatNoLongerMatchesIsReleasedAndReplaced() {
        cluster.put(node("4"));
        cluster.put(new PodBuilder()
                .withNewMetadata()
                .withName("orphan")
                .withNamespace("test")
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .endStatus()
                .build());
        cluster.put(set(1, 0));
        cluster.advance(ENOUGH);
        assertThat(pods()).singleElement().satisfies(pod -> {
            assertThat(pod.getMetadata().getName()).isEqualTo("orphan");
            assertThat(pod.getMetadata().getOwnerReferences()).hasSize(1);
        });

        cluster.put(new PodBuilder(pods().get(0))
                .editMetadata()
                .addToLabels("app", "other")
                .endMetadata()
                .build());
        cluster.advance(ENOUGH);

        assertThat(pod("orphan").getMetadata().getOwnerReferences()).isEmpty();
        assertThat(pods()).hasSize(2);
        assertThat(cluster.told())
                .filteredOn(event -> event.startsWith("SuccessfulCreate"))
                .hasSize(1);
    }

    @Test
    void podIsAvailableExactlyWhenItHasBeenReadyForLongEnough() {
        cluster.put(node("4"));
        cluster.put(set(1, 10));
        cluster.advance(ENOUGH);
        assertThat(status().getStatus().getReadyReplicas()).isEqualTo(1);
        assertThat(status().getStatus().getAvailableReplicas()).isNull();
        Instant available = Pods.readySince(pods().get(0)).orElseThrow().plusSeconds(10);

        cluster.advance(Duration.between(cluster.now(), available).minus(MILLI));
        assertThat(status().getStatus().getAvailableReplicas()).isNull();
        cluster.advance(MILLI);

        assertThat(status().getStatus().getAvailableReplicas()).isEqualTo(1);
    }

    @Test
    void podWithoutRoomIsPlacedWhenANodeComesButNotBeforeTheBackOffIsOver() {
        cluster.put(set(1, 0));
        cluster.advance(Duration.ofMillis(200));
        assertThat(Pods.condition(pods().get(0), "PodScheduled").orElseThrow().getMessage())
                .isEqualTo("no nodes available to schedule pods");

        cluster.put(node("4"));
        cluster.advance(Duration.ofMillis(799));
        assertThat(Pods.isAssigned(pods().get(0))).isFalse();
        cluster.advance(MILLI);

        assertThat(Pods.isAssigned(pods().get(0))).isTrue();
        assertThat(cluster.told())
                .filteredOn(event -> event.startsWith("FailedScheduling"))
                .hasSize(1);
    }

    @Test
    void waitingPodTakesTheRoomOfOneThatHasGone() {
        cluster.put(node("1"));
        cluster.put(set(2, 0));
        cluster.advance(ENOUGH);
        Pod assigned = pods().stream().filter(Pods::isAssigned).findFirst().orElseThrow();
        assertThat(pods().stream().filter(pod -> !Pods.isAssigned(pod))).hasSize(1);

        cluster.delete(assigned);
        cluster.advance(Duration.ofMillis(999));
        assertThat(pods().stream().filter(pod -> Pods.isActive(pod) && Pods.isAssigned(pod)))
                .isEmpty();
        cluster.advance(ENOUGH);

        assertThat(pods().stream().filter(Pods::isAssigned)).hasSize(1);
    }

    @Test
    void budgetCountsHealthyPodsAndForgetsAGrantedEvictionAfterItsTimeout() {
        cluster.put(node("4"));
        cluster.put(budget());
        cluster.advance(Duration.ZERO);
        assertThat(told(budgetStatus())).isEqualTo("allowed 0 healthy 0 desired 1 expected 0 False InsufficientPods");
        cluster.put(set(2, 0));
        cluster.advance(ENOUGH);
        assertThat(told(budgetStatus())).isEqualTo("allowed 1 healthy 2 desired 1 expected 2 True SufficientPods");

        PodDisruptionBudget charged =
                cluster.world().get(PodDisruptionBudget.class, "test", "web").orElseThrow();
        Instant granted = Times.parse(Times.seconds(cluster.now()));
        cluster.put(new PodDisruptionBudgetBuilder(charged)
                .editStatus()
                .addToDisruptedPods(pods().get(0).getMetadata().getName(), Times.seconds(granted))
                .withDisruptionsAllowed(0)
                .endStatus()
                .build());
        cluster.advance(Duration.ZERO);
        assertThat(told(budgetStatus())).isEqualTo("allowed 0 healthy 1 desired 1 expected 2 False InsufficientPods");

        cluster.advance(
                Duration.between(cluster.now(), granted.plusSeconds(120)).minus(MILLI));
        assertThat(budgetStatus().getDisruptionsAllowed()).isZero();
        cluster.advance(MILLI);

        assertThat(told(budgetStatus())).isEqualTo("allowed 1 healthy 2 desired 1 expected 2 True SufficientPods");
        assertThat(budgetStatus().getDisruptedPods()).isEmpty();
    }

    @Test
    void dependentGoesWithItsLastOwnerOnly() {
        ConfigMap first = cluster.put(config("first"));
        ConfigMap second = cluster.put(config("second"));
        cluster.put(new ConfigMapBuilder(config("dependent"))
                .editMetadata()
                .addToOwnerReferences(reference(first), reference(second))
                .endMetadata()
                .build());
        cluster.advance(Duration.ZERO);

        cluster.remove(first);
        cluster.advance(ENOUGH);
        assertThat(cluster.world().get(ConfigMap.class, "test", "dependent")).isPresent();
        cluster.remove(second);
        cluster.advance(ENOUGH);

        assertThat(cluster.world().get(ConfigMap.class, "test", "dependent")).isEmpty();
    }

    @Test
    void ownerDeletedInTheForegroundDoesNotWaitForWhatHasAnotherOwner() {
        ConfigMap going = cluster.put(new ConfigMapBuilder(config("going"))
                .editMetadata()
                .addToFinalizers("foregroundDeletion")
                .endMetadata()
                .build());
        ConfigMap staying = cluster.put(config("staying"));
        OwnerReference blocking = reference(going);
        blocking.setBlockOwnerDeletion(true);
        cluster.put(new ConfigMapBuilder(config("dependent"))
                .editMetadata()
                .addToOwnerReferences(blocking, reference(staying))
                .endMetadata()
                .build());
        cluster.advance(Duration.ZERO);

        cluster.delete(cluster.world().get(ConfigMap.class, "test", "going").orElseThrow());
        cluster.advance(ENOUGH);

        assertThat(cluster.world().get(ConfigMap.class, "test", "going")).isEmpty();
        assertThat(cluster.world()
                        .get(ConfigMap.class, "test", "dependent")
                        .orElseThrow()
                        .getMetadata()
                        .getOwnerReferences())
                .extracting(OwnerReference::getName)
                .containsExactly("staying");
    }

    private static OwnerReference reference(ConfigMap owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .build();
    }

    private static ConfigMap config(String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("test")
                .endMetadata()
                .build();
    }

    private static PodDisruptionBudget budget() {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .withNewMinAvailable(1)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .endSpec()
                .build();
    }

    private PodDisruptionBudgetStatus budgetStatus() {
        return cluster.world()
                .get(PodDisruptionBudget.class, "test", "web")
                .orElseThrow()
                .getStatus();
    }

    private static String told(PodDisruptionBudgetStatus status) {
        return "allowed " + status.getDisruptionsAllowed() + " healthy " + status.getCurrentHealthy() + " desired "
                + status.getDesiredHealthy() + " expected " + status.getExpectedPods() + " "
                + status.getConditions().get(0).getStatus() + " "
                + status.getConditions().get(0).getReason();
    }

    private static Node node(String pods) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("node1")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(Map.of("pods", new Quantity(pods)))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private static ReplicaSet set(int replicas, int minReadySeconds) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withMinReadySeconds(minReadySeconds)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("web")
                .withImage("nginx")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private ReplicaSet status() {
        return cluster.world().get(ReplicaSet.class, "test", "web").orElseThrow();
    }

    private List<Pod> pods() {
        return cluster.world().in(Pod.class, "test");
    }

    private Pod pod(String name) {
        return cluster.world().get(Pod.class, "test", name).orElseThrow();
    }
}
