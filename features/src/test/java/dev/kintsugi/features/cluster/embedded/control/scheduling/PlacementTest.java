package dev.kintsugi.features.cluster.embedded.control.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.control.model.NodeLoad;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Where pods go; the messages are those of the recording 11-unschedulable and of Kubernetes' scheduler. */
class PlacementTest {

    private static final List<Node> NODES = List.of(node("node1"), node("node2"));

    @Test
    void podThatIsTooLargeForAllNodesSaysSo() {
        assertThat(place(pod("big", "100"), NODES, List.of(), 1))
                .isInstanceOfSatisfying(Placement.Nowhere.class, nowhere -> assertThat(
                                Placement.withoutPreemption(nowhere, "No preemption victims found for incoming pod"))
                        .isEqualTo("0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are "
                                + "available: 2 No preemption victims found for incoming pod.."));
    }

    @Test
    void podThatFillsANodeToTheBrimFitsAndOneMilliMoreDoesNot() {
        List<Node> one = List.of(node("node1"));
        List<Pod> there = List.of(on("node1", pod("a", "1500m")));

        assertThat(place(pod("b", "500m"), one, there, 1)).isEqualTo(new Placement.On("node1"));
        assertThat(place(pod("b", "501m"), one, there, 1)).isInstanceOf(Placement.Nowhere.class);
    }

    @Test
    void endedPodTakesNoRoomAndTerminatingOneDoes() {
        List<Node> one = List.of(node("node1"));
        Pod ended = new PodBuilder(on("node1", pod("a", "2")))
                .editStatus()
                .withPhase("Succeeded")
                .endStatus()
                .build();
        Pod terminating = new PodBuilder(on("node1", pod("a", "2")))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();

        assertThat(place(pod("b", "1"), one, List.of(ended), 1)).isEqualTo(new Placement.On("node1"));
        assertThat(place(pod("b", "1"), one, List.of(terminating), 1)).isInstanceOf(Placement.Nowhere.class);
    }

    @Test
    void cordonedAndTaintedNodesAreNamedWithTheirReasons() {
        Node cordoned = new NodeBuilder(node("node1"))
                .editSpec()
                .withUnschedulable(true)
                .endSpec()
                .build();
        Node tainted = new NodeBuilder(node("node2"))
                .editSpec()
                .addNewTaint("NoSchedule", "special", null, "yes")
                .endSpec()
                .build();

        assertThat(place(pod("a", "1"), List.of(cordoned, tainted), List.of(), 1))
                .isInstanceOfSatisfying(
                        Placement.Nowhere.class, nowhere -> assertThat(Placement.withoutPreemption(nowhere, ""))
                                .isEqualTo("0/2 nodes are available: "
                                        + "1 node(s) had untolerated taint {special: yes}, 1 node(s) were "
                                        + "unschedulable. preemption: 0/2 nodes are available: "
                                        + "2 Preemption is not helpful for scheduling.."));
        Pod tolerant = new PodBuilder(pod("a", "1"))
                .editSpec()
                .addNewToleration("NoSchedule", "special", "Equal", null, "yes")
                .endSpec()
                .build();
        assertThat(place(tolerant, List.of(cordoned, tainted), List.of(), 1)).isEqualTo(new Placement.On("node2"));
    }

    @Test
    void nodeSelectorAndRequiredAffinityAreKept() {
        Pod selecting = new PodBuilder(pod("a", "1"))
                .editSpec()
                .addToNodeSelector("kubernetes.io/hostname", "node2")
                .endSpec()
                .build();
        Pod affine = new PodBuilder(pod("a", "1"))
                .editSpec()
                .withNewAffinity()
                .withNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .addNewMatchExpression()
                .withKey("kubernetes.io/hostname")
                .withOperator("NotIn")
                .withValues("node2")
                .endMatchExpression()
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .endAffinity()
                .endSpec()
                .build();

        assertThat(place(selecting, NODES, List.of(), 1)).isEqualTo(new Placement.On("node2"));
        assertThat(place(affine, NODES, List.of(), 1)).isEqualTo(new Placement.On("node1"));
    }

    @Test
    void podsOfOneOwnerAreSpreadBeforeAllPodsAre() {
        List<Pod> there = List.of(on("node1", pod("mine", "1m")), on("node2", other("x")), on("node2", other("y")));

        assertThat(place(pod("next", "1m"), NODES, there, 1)).isEqualTo(new Placement.On("node2"));
    }

    @Test
    void equalNodesAreChosenByTheSeedAlone() {
        Pod pod = pod("a", "1");

        assertThat(place(pod, NODES, List.of(), 5)).isEqualTo(place(pod, NODES, List.of(), 5));
        Set<Placement> chosen = LongStream.range(0, 20)
                .mapToObj(seed -> place(pod, NODES, List.of(), seed))
                .collect(Collectors.toSet());
        assertThat(chosen).hasSize(2);
    }

    private static Placement place(Pod pod, List<Node> nodes, List<Pod> pods, long seed) {
        List<Site> sites = nodes.stream()
                .map(node -> Site.of(node)
                        .with(NodeLoad.of(pods.stream()
                                .filter(there -> node.getMetadata()
                                        .getName()
                                        .equals(there.getSpec().getNodeName()))
                                .toList())))
                .toList();
        return Placement.of(pod, sites, NeighbourRules.none(), seed);
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(Map.of("cpu", new Quantity("2"), "pods", new Quantity("110")))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod pod(String name, String cpu) {
        return new PodBuilder(other(name))
                .editMetadata()
                .addNewOwnerReference()
                .withUid("set")
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .editSpec()
                .editFirstContainer()
                .withNewResources()
                .addToRequests("cpu", new Quantity(cpu))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
    }

    private static Pod other(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("web")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .endStatus()
                .build();
    }

    private static Pod on(String node, Pod pod) {
        return new PodBuilder(pod).editSpec().withNodeName(node).endSpec().build();
    }
}
