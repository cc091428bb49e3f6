package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.garbage.PodGarbageLoop;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.node.NodeLifecycleLoop;
import dev.kintsugi.features.cluster.embedded.control.node.TaintEvictionLoop;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Silent nodes with the timings of Kubernetes, at the edges; the states are those of the recording 16-node-silent. */
class NodesInVirtualTimeTest {

    private static final Duration MILLI = Duration.ofMillis(1);

    private final VirtualCluster cluster =
            new VirtualCluster(new NodeLifecycleLoop(Timings.real()), new TaintEvictionLoop(), new PodGarbageLoop(2));
    private final Instant start = cluster.now();

    @BeforeEach
    void nodeWithPod() {
        cluster.put(lease("node2", start));
        cluster.put(node("node2"));
        cluster.put(lease("node1", start.plus(Duration.ofDays(1))));
        cluster.put(node("node1"));
        cluster.put(pod("tolerant", 5L));
        cluster.put(pod("patient", null));
    }

    @Test
    void nodeIsReadyUntilTheGracePeriodIsOver() {
        cluster.advance(Duration.ofSeconds(40));
        assertThat(ready()).isEqualTo("True");

        cluster.advance(Duration.ofSeconds(5));

        assertThat(present().getStatus().getConditions()).allSatisfy(condition -> {
            assertThat(condition.getStatus()).isEqualTo("Unknown");
            assertThat(condition.getReason()).isEqualTo("NodeStatusUnknown");
            assertThat(condition.getMessage()).isEqualTo("Kubelet stopped posting node status.");
        });
        assertThat(taints()).containsExactly("node.kubernetes.io/unreachable:NoSchedule");
        assertThat(podConditions("tolerant")).containsExactly("Ready=False null", "ContainersReady=True null");
        assertThat(cluster.told())
                .contains("NodeNotReady: Node node2 status is now: NodeNotReady", "NodeNotReady: Node is not ready");
    }

    @Test
    void renewedLeaseKeepsTheNodeReady() {
        cluster.advance(Duration.ofSeconds(30));
        cluster.put(lease("node2", cluster.now()));
        cluster.advance(Duration.ofSeconds(40));

        assertThat(ready()).isEqualTo("True");
        assertThat(taints()).isEmpty();
    }

    @Test
    void podsAreDrivenOutWhenTheirTolerationEndsAndNotBefore() {
        cluster.advance(Duration.ofSeconds(50));
        Instant silent = Times.parse(condition().getLastTransitionTime());
        assertThat(taints())
                .containsExactly(
                        "node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute");
        Instant added = Times.parse(present().getSpec().getTaints().get(1).getTimeAdded());
        assertThat(added).isEqualTo(silent.plusSeconds(5));

        cluster.advance(Duration.between(cluster.now(), added.plusSeconds(5)).minus(MILLI));
        assertThat(pod("tolerant").getMetadata().getDeletionTimestamp()).isNull();
        cluster.advance(MILLI);

        assertThat(podConditions("tolerant")).contains("DisruptionTarget=True DeletionByTaintManager");
        assertThat(pod("tolerant").getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(pod("patient").getMetadata().getDeletionTimestamp()).isNull();
        assertThat(cluster.told()).contains("TaintManagerEviction: Marking for deletion Pod test/tolerant");
    }

    @Test
    void nodeThatIsBackLosesNoScheduleAtOnceAndNoExecuteAfterTheMonitorPeriod() {
        cluster.advance(Duration.ofSeconds(52));
        Node back = new NodeBuilder(node("node2"))
                .withMetadata(present().getMetadata())
                .withSpec(present().getSpec())
                .editStatus()
                .editFirstCondition()
                .withLastHeartbeatTime(Times.seconds(cluster.now()))
                .withLastTransitionTime(Times.seconds(cluster.now()))
                .endCondition()
                .endStatus()
                .build();
        cluster.put(lease("node2", cluster.now()));
        cluster.put(back);
        cluster.advance(Duration.ZERO);

        assertThat(taints()).containsExactly("node.kubernetes.io/unreachable:NoExecute");
        cluster.advance(Duration.ofSeconds(5));
        assertThat(taints()).isEmpty();
    }

    @Test
    void whenNoNodeAtAllIsReadyNoneIsEmptied() {
        cluster.put(leaseOf("node1", start));
        cluster.advance(Duration.ofMinutes(10));

        assertThat(taints()).containsExactly("node.kubernetes.io/unreachable:NoSchedule");
        assertThat(pod("tolerant").getMetadata().getDeletionTimestamp()).isNull();

        cluster.put(leaseOf("node1", cluster.now().plus(Duration.ofDays(1))));
        Node first = cluster.world().get(Node.class, "", "node1").orElseThrow();
        cluster.put(new NodeBuilder(node("node1"))
                .withMetadata(first.getMetadata())
                .editStatus()
                .editFirstCondition()
                .withLastTransitionTime(Times.seconds(cluster.now()))
                .endCondition()
                .endStatus()
                .build());
        cluster.advance(Duration.ofSeconds(5));
        assertThat(taints()).contains("node.kubernetes.io/unreachable:NoExecute");
    }

    @Test
    void nodesOfAZoneAreEmptiedTenSecondsApartAndNotAtAllWhenMostOfASmallZoneIsDown() {
        for (int i = 3; i <= 5; i++) {
            cluster.put(lease("node" + i, start.plus(Duration.ofDays(1))));
            cluster.put(node("node" + i));
        }
        cluster.put(leaseOf("node3", start));
        cluster.advance(Duration.ofMinutes(5));
        assertThat(noExecute("node2")).isPresent();
        assertThat(noExecute("node3")).isPresent();
        assertThat(Duration.between(noExecute("node2").get(), noExecute("node3").get())
                        .abs())
                .isGreaterThanOrEqualTo(Duration.ofSeconds(10));

        cluster.put(leaseOf("node4", cluster.now().minusSeconds(40)));
        cluster.advance(Duration.ofMinutes(10));
        assertThat(noExecute("node4")).as("three of five nodes are down, 60 %").isEmpty();
    }

    @Test
    void podsOfANodeThatIsGoneFailAndAreRemovedAfterTheQuarantine() {
        cluster.advance(Duration.ofSeconds(1));
        cluster.remove(present());
        cluster.advance(Duration.ofSeconds(40).minus(MILLI));
        assertThat(cluster.world().get(Pod.class, "test", "patient")).isPresent();
        cluster.advance(MILLI);

        assertThat(cluster.world().get(Pod.class, "test", "patient")).isEmpty();
        assertThat(cluster.changes()).anySatisfy(change -> assertThat(change.states(Pod.class))
                .anySatisfy(pod -> assertThat(pod.getStatus().getConditions())
                        .anySatisfy(
                                condition -> assertThat(condition.getReason()).isEqualTo("DeletionByPodGC"))));
    }

    @Test
    void ofPodsThatEndedTheOldestGoWhenThereAreTooMany() {
        for (int i = 0; i < 4; i++) {
            Pod ended = pod("ended" + i, null);
            ended.getStatus().setPhase("Succeeded");
            cluster.put(ended);
            cluster.advance(Duration.ofSeconds(1));
        }
        cluster.advance(Duration.ofSeconds(20));

        assertThat(cluster.world().in(Pod.class, "test"))
                .extracting(pod -> pod.getMetadata().getName())
                .containsExactly("ended2", "ended3", "patient", "tolerant");
    }

    private Optional<Instant> noExecute(String node) {
        return cluster.world().get(Node.class, "", node).orElseThrow().getSpec().getTaints().stream()
                .filter(taint -> taint.getEffect().equals("NoExecute"))
                .map(taint -> Times.parse(taint.getTimeAdded()))
                .findFirst();
    }

    /** In the place of the one that is there. */
    private Lease leaseOf(String node, Instant renewed) {
        Lease present =
                cluster.world().get(Lease.class, "kube-node-lease", node).orElseThrow();
        Lease lease = lease(node, renewed);
        lease.setMetadata(present.getMetadata());
        return lease;
    }

    private static Lease lease(String node, Instant renewed) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName(node)
                .withNamespace("kube-node-lease")
                .endMetadata()
                .withNewSpec()
                .withRenewTime(renewed.atZone(ZoneOffset.UTC))
                .endSpec()
                .build();
    }

    private Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withConditions(
                        healthy("Ready", "True"),
                        healthy("MemoryPressure", "False"),
                        healthy("DiskPressure", "False"),
                        healthy("PIDPressure", "False"))
                .endStatus()
                .build();
    }

    private NodeCondition healthy(String type, String status) {
        NodeCondition condition = new NodeCondition();
        condition.setType(type);
        condition.setStatus(status);
        condition.setLastHeartbeatTime(Times.seconds(start));
        condition.setLastTransitionTime(Times.seconds(start));
        return condition;
    }

    private Pod pod(String name, @Nullable Long tolerationSeconds) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .withNodeName("node2")
                .addNewToleration()
                .withKey("node.kubernetes.io/unreachable")
                .withOperator("Exists")
                .withEffect("NoExecute")
                .withTolerationSeconds(tolerationSeconds)
                .endToleration()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastTransitionTime(Times.seconds(start))
                .endCondition()
                .addNewCondition()
                .withType("ContainersReady")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private Node present() {
        return cluster.world().get(Node.class, "", "node2").orElseThrow();
    }

    private NodeCondition condition() {
        return present().getStatus().getConditions().get(0);
    }

    private String ready() {
        return condition().getStatus();
    }

    private List<String> taints() {
        List<Taint> taints = present().getSpec().getTaints();
        return taints.stream()
                .map(taint -> taint.getKey() + ":" + taint.getEffect())
                .toList();
    }

    private Pod pod(String name) {
        return cluster.world().get(Pod.class, "test", name).orElseThrow();
    }

    private List<String> podConditions(String name) {
        return pod(name).getStatus().getConditions().stream()
                .map(condition -> condition.getType() + "=" + condition.getStatus() + " " + condition.getReason())
                .toList();
    }
}
