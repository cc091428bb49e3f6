package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.control.workload.DeploymentLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.ReplicaSetLoop;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a ReplicaSet and its Deployment say while the API server refuses their pods. */
class RefusedPodsTest {

    private final VirtualCluster cluster = new VirtualCluster(new DeploymentLoop(), new ReplicaSetLoop());

    @Test
    void refusalIsAConditionOfBothUntilPodsCanBeMadeAgain() {
        cluster.refuse(Pod.class::isInstance);
        cluster.put(deployment());
        cluster.advance(Duration.ofSeconds(10));

        ReplicaSet set = cluster.world().all(ReplicaSet.class).get(0);
        assertThat(set.getStatus().getConditions()).singleElement().satisfies(condition -> {
            assertThat(condition.getType()).isEqualTo("ReplicaFailure");
            assertThat(condition.getReason()).isEqualTo("FailedCreate");
            assertThat(condition.getMessage()).isEqualTo("it is forbidden");
        });
        assertThat(conditions()).contains("ReplicaFailure=True FailedCreate");

        cluster.refuse(object -> false);
        cluster.advance(Duration.ofSeconds(10));

        assertThat(cluster.world().all(Pod.class)).hasSize(2);
        assertThat(cluster.world().all(ReplicaSet.class).get(0).getStatus().getConditions())
                .isEmpty();
        assertThat(conditions()).noneMatch(condition -> condition.startsWith("ReplicaFailure"));
    }

    private List<String> conditions() {
        Deployment deployment =
                cluster.world().get(Deployment.class, "test", "web").orElseThrow();
        return deployment.getStatus().getConditions().stream()
                .map(condition -> condition.getType() + "=" + condition.getStatus() + " " + condition.getReason())
                .toList();
    }

    private static Deployment deployment() {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .withProgressDeadlineSeconds(600)
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
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
