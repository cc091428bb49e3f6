package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.scheduling.SchedulerLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.DeploymentLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.ReplicaSetLoop;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The loops against recordings of Kubernetes 1.28: a Deployment goes through the recorded states in the recorded order. */
class RecordedDeploymentsTest {

    private static final Duration ENOUGH = Duration.ofSeconds(10);

    private final VirtualCluster cluster =
            new VirtualCluster(new DeploymentLoop(), new ReplicaSetLoop(), new SchedulerLoop(Timings.real(), 1));

    @BeforeEach
    void addNodes() {
        cluster.put(node("node1"));
        cluster.put(node("node2"));
    }

    @Test
    void newDeploymentGoesThroughTheRecordedStates() {
        cluster.put(deployment(3));
        cluster.advance(ENOUGH);

        assertThat(statuses()).containsSubsequence(recorded("01-deploy-3-replicas.jsonl"));
    }

    @Test
    void rolloutRestartGoesThroughTheRecordedStates() {
        cluster.put(deployment(3));
        cluster.advance(ENOUGH);
        cluster.put(withTemplate("restarted"));
        cluster.advance(ENOUGH);

        assertThat(statuses()).containsSubsequence(recorded("12-rollout-restart.jsonl"));
    }

    @Test
    void badRolloutTimesOutAndIsUndoneThroughTheRecordedStates() {
        cluster.put(new DeploymentBuilder(deployment(2))
                .editSpec()
                .withProgressDeadlineSeconds(15)
                .endSpec()
                .build());
        cluster.advance(ENOUGH);
        PodTemplateSpec good = present().getSpec().getTemplate();
        cluster.readyIf(pod -> false);
        cluster.put(withTemplate("bad"));
        cluster.advance(Duration.ofSeconds(20));
        cluster.put(new DeploymentBuilder(present())
                .editSpec()
                .withTemplate(good)
                .endSpec()
                .build());
        cluster.advance(ENOUGH);

        assertThat(statuses()).containsSubsequence(recorded("13-bad-rollout-undo.jsonl"));
        assertThat(cluster.world().in(ReplicaSet.class, "test")).hasSize(2).anySatisfy(set -> assertThat(
                        set.getMetadata().getAnnotations())
                .containsEntry("deployment.kubernetes.io/revision", "3")
                .containsEntry("deployment.kubernetes.io/revision-history", "1"));
    }

    @Test
    void scalingGoesThroughTheRecordedStates() {
        cluster.put(deployment(2));
        cluster.advance(ENOUGH);
        cluster.put(scaled(5));
        cluster.advance(ENOUGH);
        cluster.put(scaled(1));
        cluster.advance(ENOUGH);

        assertThat(statuses()).containsSubsequence(recorded("14-scale-2-5-1.jsonl"));
        assertThat(cluster.told())
                .anyMatch(event -> event.matches("ScalingReplicaSet: Scaled up replica set web-\\w+ to 2"))
                .anyMatch(event -> event.matches("ScalingReplicaSet: Scaled up replica set web-\\w+ to 5 from 2"))
                .anyMatch(event -> event.matches("ScalingReplicaSet: Scaled down replica set web-\\w+ to 1 from 5"));
    }

    private static Node node(String name) {
        Map<String, Quantity> room =
                Map.of("cpu", new Quantity("2"), "memory", new Quantity("4Gi"), "pods", new Quantity("110"));
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(room)
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private static Deployment deployment(int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withProgressDeadlineSeconds(600)
                .withRevisionHistoryLimit(10)
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withNewMaxSurge("25%")
                .withNewMaxUnavailable("25%")
                .endRollingUpdate()
                .endStrategy()
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

    private Deployment present() {
        return cluster.world().get(Deployment.class, "test", "web").orElseThrow();
    }

    private Deployment scaled(int replicas) {
        return new DeploymentBuilder(present())
                .editSpec()
                .withReplicas(replicas)
                .endSpec()
                .build();
    }

    private Deployment withTemplate(String annotation) {
        return new DeploymentBuilder(present())
                .editSpec()
                .editTemplate()
                .editMetadata()
                .addToAnnotations("changed", annotation)
                .endMetadata()
                .endTemplate()
                .endSpec()
                .build();
    }

    private List<String> statuses() {
        return cluster.changes().stream()
                .map(change -> change.after())
                .flatMap(after -> after instanceof Deployment deployment ? Stream.of(deployment) : Stream.empty())
                .map(deployment -> deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus())
                .map(RecordedDeploymentsTest::told)
                .toList();
    }

    private static String told(DeploymentStatus status) {
        Long generation = status.getObservedGeneration();
        return said(
                generation == null ? 0 : generation.intValue(),
                number(status.getReplicas()),
                number(status.getUpdatedReplicas()),
                number(status.getReadyReplicas()),
                number(status.getAvailableReplicas()),
                number(status.getUnavailableReplicas()),
                condition(status, "Available"),
                condition(status, "Progressing"));
    }

    private static int number(@Nullable Integer count) {
        return Objects.requireNonNullElse(count, 0);
    }

    private static String condition(DeploymentStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .map((DeploymentCondition condition) -> condition.getStatus() + " " + condition.getReason())
                .findFirst()
                .orElse("");
    }

    private static List<String> recorded(String file) {
        List<String> statuses = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(
                        RecordedDeploymentsTest.class.getResourceAsStream("/control-recordings/" + file)),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode status = new JsonMapper().readTree(line).path("status");
                if (status.isObject()) {
                    statuses.add(said(
                            status.path("observedGeneration").asInt(),
                            status.path("replicas").asInt(),
                            status.path("updatedReplicas").asInt(),
                            status.path("readyReplicas").asInt(),
                            status.path("availableReplicas").asInt(),
                            status.path("unavailableReplicas").asInt(),
                            status.path("Available").asText(),
                            status.path("Progressing").asText()));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read", e);
        }
        assertThat(statuses).isNotEmpty();
        return statuses;
    }

    private static String said(Object... parts) {
        return String.format(
                "generation %s: %s replicas, %s updated, %s ready, %s available, %s unavailable; Available %s; Progressing %s",
                parts);
    }
}
