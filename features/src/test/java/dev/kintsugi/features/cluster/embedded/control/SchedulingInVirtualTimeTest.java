package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.scheduling.SchedulerLoop;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodAffinityTermBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where pods go by rules about other pods, in virtual time; messages are those of Kubernetes' scheduler. */
class SchedulingInVirtualTimeTest {

    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final String HOST = "kubernetes.io/hostname";

    private final VirtualCluster cluster = new VirtualCluster(new SchedulerLoop(Timings.real(), 3));

    @BeforeEach
    void twoZonesWithTwoNodesEach() {
        cluster.put(node("n1", "a"));
        cluster.put(node("n2", "a"));
        cluster.put(node("n3", "b"));
        cluster.put(node("n4", "b"));
    }

    @Test
    void spreadPodsDifferByNoMoreThanTheSkew() {
        for (int i = 0; i < 6; i++) {
            put("p" + i, spec -> spec.addNewTopologySpreadConstraint()
                    .withMaxSkew(1)
                    .withTopologyKey(ZONE)
                    .withWhenUnsatisfiable("DoNotSchedule")
                    .withNewLabelSelector()
                    .addToMatchLabels("app", "web")
                    .endLabelSelector()
                    .endTopologySpreadConstraint());
            cluster.advance(Duration.ZERO);
            long inA = inZoneA();
            assertThat(Math.abs(2 * inA - i - 1)).as("after %s pods", i + 1).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void podWaitsForAClaimThatIsNotThere() {
        put("p", spec -> spec.addNewVolume()
                .withName("v")
                .withNewPersistentVolumeClaim("data", false)
                .endVolume());
        cluster.advance(Duration.ZERO);
        assertThat(why("p"))
                .isEqualTo(
                        "0/4 nodes are available: persistentvolumeclaim \"data\" not found. preemption: 0/4 nodes are"
                                + " available: 4 Preemption is not helpful for scheduling..");

        cluster.put(new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName("data")
                .withNamespace("test")
                .endMetadata()
                .build());
        cluster.advance(Duration.ofSeconds(1));

        assertThat(cluster.world().get(Pod.class, "test", "p").orElseThrow()).matches(Pods::isAssigned);
    }

    @Test
    void podsThatAvoidEachOtherTakeANodeEachAndTheNextOneWaits() {
        for (int i = 0; i < 5; i++) {
            put("p" + i, spec -> spec.withNewAffinity()
                    .withNewPodAntiAffinity()
                    .withRequiredDuringSchedulingIgnoredDuringExecution(term(HOST))
                    .endPodAntiAffinity()
                    .endAffinity());
            cluster.advance(Duration.ZERO);
        }

        assertThat(cluster.world().in(Pod.class, "test").stream().filter(Pods::isAssigned))
                .extracting(pod -> pod.getSpec().getNodeName())
                .containsExactlyInAnyOrder("n1", "n2", "n3", "n4");
        assertThat(why("p4"))
                .isEqualTo("0/4 nodes are available: 4 node(s) didn't match pod anti-affinity rules. preemption: "
                        + "0/4 nodes are available: 4 No preemption victims found for incoming pod..");
    }

    @Test
    void podGoesToItsFriendsZoneAndTheFirstOfFriendsGoesAnywhere() {
        put("first", spec -> spec.withNewAffinity()
                .withNewPodAffinity()
                .withRequiredDuringSchedulingIgnoredDuringExecution(term(ZONE))
                .endPodAffinity()
                .endAffinity());
        cluster.advance(Duration.ZERO);
        String zone = zone("first");
        for (int i = 0; i < 3; i++) {
            put("p" + i, spec -> spec.withNewAffinity()
                    .withNewPodAffinity()
                    .withRequiredDuringSchedulingIgnoredDuringExecution(term(ZONE))
                    .endPodAffinity()
                    .endAffinity());
            cluster.advance(Duration.ZERO);
            assertThat(zone("p" + i)).isEqualTo(zone);
        }
    }

    @Test
    void hostPortIsTakenOncePerNode() {
        for (int i = 0; i < 5; i++) {
            put("p" + i, spec -> spec.editFirstContainer()
                    .addNewPort()
                    .withContainerPort(80)
                    .withHostPort(80)
                    .endPort()
                    .endContainer());
            cluster.advance(Duration.ZERO);
        }

        assertThat(why("p4"))
                .startsWith("0/4 nodes are available: 4 node(s) didn't have free ports for the requested pod ports.");
    }

    @Test
    void importantPodTakesThePlaceOfTheLeastImportantOne() {
        for (int i = 0; i < 4; i++) {
            int priority = i == 2 ? 5 : 10;
            put("p" + i, spec -> spec.withPriority(priority)
                    .editFirstContainer()
                    .withNewResources()
                    .addToRequests("cpu", new Quantity("2"))
                    .endResources()
                    .endContainer());
        }
        cluster.advance(Duration.ofSeconds(3));
        String place = pod("p2").getSpec().getNodeName();
        put("vip", spec -> spec.withPriority(100)
                .editFirstContainer()
                .withNewResources()
                .addToRequests("cpu", new Quantity("1"))
                .endResources()
                .endContainer());
        cluster.advance(Duration.ZERO);

        assertThat(pod("p2").getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(Pods.condition(pod("p2"), "DisruptionTarget").orElseThrow().getReason())
                .isEqualTo("PreemptionByScheduler");
        assertThat(pod("vip").getStatus().getNominatedNodeName()).isEqualTo(place);
        put("late", spec -> spec.withPriority(5)
                .editFirstContainer()
                .withNewResources()
                .addToRequests("cpu", new Quantity("2"))
                .endResources()
                .endContainer());
        cluster.advance(Duration.ofSeconds(5));

        assertThat(pod("vip").getSpec().getNodeName()).isEqualTo(place);
        assertThat(Pods.isAssigned(pod("late"))).isFalse();
        assertThat(cluster.world().in(Pod.class, "test"))
                .extracting(pod -> pod.getMetadata().getName())
                .containsExactly("late", "p0", "p1", "p3", "vip");
    }

    @Test
    void podThatMayNotTakeOthersPlaceWaits() {
        for (int i = 0; i < 5; i++) {
            int priority = i;
            put("p" + i, spec -> spec.withPriority(priority)
                    .withPreemptionPolicy("Never")
                    .editFirstContainer()
                    .withNewResources()
                    .addToRequests("cpu", new Quantity("2"))
                    .endResources()
                    .endContainer());
            cluster.advance(Duration.ZERO);
        }

        assertThat(why("p4"))
                .isEqualTo("0/4 nodes are available: 4 Insufficient cpu. preemption: not eligible due to "
                        + "preemptionPolicy=Never.");
    }

    @Test
    void gatedPodWaitsUntilItsGatesAreGone() {
        put("gated", spec -> spec.addNewSchedulingGate("later"));
        cluster.advance(Duration.ofSeconds(10));
        assertThat(Pods.condition(pod("gated"), "PodScheduled").orElseThrow().getReason())
                .isEqualTo("SchedulingGated");

        cluster.put(new PodBuilder(pod("gated"))
                .editSpec()
                .withSchedulingGates(List.of())
                .endSpec()
                .build());
        cluster.advance(Duration.ZERO);

        assertThat(Pods.isAssigned(pod("gated"))).isTrue();
    }

    @Test
    void preferredLabelsAndMildTaintsDecideAmongNodes() {
        Node third = cluster.world().get(Node.class, "", "n3").orElseThrow();
        cluster.put(new NodeBuilder(third)
                .editSpec()
                .addNewTaint("PreferNoSchedule", "busy", null, "")
                .endSpec()
                .build());
        for (int i = 0; i < 3; i++) {
            put("p" + i, spec -> spec.withNewAffinity()
                    .withNewNodeAffinity()
                    .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                    .withWeight(10)
                    .withNewPreference()
                    .addNewMatchExpression()
                    .withKey(ZONE)
                    .withOperator("In")
                    .withValues("b")
                    .endMatchExpression()
                    .endPreference()
                    .endPreferredDuringSchedulingIgnoredDuringExecution()
                    .endNodeAffinity()
                    .endAffinity());
            cluster.advance(Duration.ZERO);
            assertThat(pod("p" + i).getSpec().getNodeName()).isEqualTo("n4");
        }
    }

    private static PodAffinityTerm term(String key) {
        return new PodAffinityTermBuilder()
                .withTopologyKey(key)
                .withNewLabelSelector()
                .addToMatchLabels("app", "web")
                .endLabelSelector()
                .build();
    }

    private static Node node(String name, String zone) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(HOST, name)
                .addToLabels(ZONE, zone)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(Map.of("pods", new Quantity("100"), "cpu", new Quantity("2")))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private void put(String name, UnaryOperator<PodSpecBuilder> spec) {
        cluster.put(new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("test")
                .addToLabels("app", "web")
                .endMetadata()
                .withSpec(spec.apply(new PodSpecBuilder()
                                .addNewContainer()
                                .withName("c")
                                .endContainer())
                        .build())
                .build());
    }

    private Pod pod(String name) {
        return cluster.world().get(Pod.class, "test", name).orElseThrow();
    }

    private String why(String name) {
        return Pods.condition(pod(name), "PodScheduled").orElseThrow().getMessage();
    }

    private String zone(String pod) {
        return List.of("n1", "n2").contains(pod(pod).getSpec().getNodeName()) ? "a" : "b";
    }

    private long inZoneA() {
        return cluster.world().in(Pod.class, "test").stream()
                .filter(pod -> zone(pod.getMetadata().getName()).equals("a"))
                .count();
    }
}
