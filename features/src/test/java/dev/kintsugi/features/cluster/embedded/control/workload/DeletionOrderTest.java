package dev.kintsugi.features.cluster.embedded.control.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DeletionOrderTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    @Test
    void unassignedPendingAndUnreadyPodsGoFirst() {
        Pod ready = pod("ready", pod -> pod);
        Pod unready = pod("unready", pod -> pod.editStatus()
                .editFirstCondition()
                .withStatus("False")
                .endCondition()
                .endStatus());
        Pod pending =
                pod("pending", pod -> pod.editStatus().withPhase("Pending").endStatus());
        Pod unassigned =
                pod("unassigned", pod -> pod.editSpec().withNodeName(null).endSpec());

        assertThat(order(ready, unready, pending, unassigned))
                .containsExactly("unassigned", "pending", "unready", "ready");
    }

    @Test
    void lowerCostGoesBeforeSharedNodeAndThatBeforeAge() {
        Pod old = pod("old", pod -> pod.editSpec().withNodeName("crowded").endSpec());
        Pod neighbour = pod("neighbour", pod -> pod.editSpec()
                .withNodeName("crowded")
                .endSpec()
                .editMetadata()
                .addToAnnotations("controller.kubernetes.io/pod-deletion-cost", "1")
                .endMetadata());
        Pod young = pod("young", pod -> pod.editStatus()
                .editFirstCondition()
                .withLastTransitionTime("2026-01-01T00:59:59Z")
                .endCondition()
                .endStatus());
        Pod cheap = pod("cheap", pod -> pod.editMetadata()
                .addToAnnotations("controller.kubernetes.io/pod-deletion-cost", "-5")
                .endMetadata());

        assertThat(order(young, old, neighbour, cheap)).containsExactly("cheap", "old", "young", "neighbour");
    }

    @Test
    void moreRestartsThenYoungerAgeDecide() {
        Pod calm = pod("calm", pod -> pod);
        Pod restless = pod("restless", pod -> pod.editStatus()
                .addNewContainerStatus()
                .withRestartCount(3)
                .endContainerStatus()
                .endStatus());
        Pod young = pod("young", pod -> pod.editMetadata()
                .withCreationTimestamp("2026-01-01T00:59:00Z")
                .endMetadata());

        assertThat(order(calm, young, restless)).containsExactly("restless", "young", "calm");
    }

    private static List<String> order(Pod... pods) {
        return DeletionOrder.of(List.of(pods), List.of(pods), NOW).stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    private static Pod pod(String name, UnaryOperator<PodBuilder> change) {
        return change.apply(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withUid(name)
                        .withCreationTimestamp("2026-01-01T00:00:00Z")
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("node-of-" + name)
                        .endSpec()
                        .withNewStatus()
                        .withPhase("Running")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .withLastTransitionTime("2026-01-01T00:00:00Z")
                        .endCondition()
                        .endStatus())
                .build();
    }
}
