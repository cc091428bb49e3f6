package dev.kintsugi.healer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.WorkloadState;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read out of objects as Kubernetes writes them. */
final class ReadingTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:30Z");

    @Test
    void podTellsItsInitContainersItsReasonAndWhyNoNodeTakesIt() {
        PodState pod = Reader.pod(read(Pod.class, """
                {metadata: {namespace: shop, name: a, uid: u, creationTimestamp: "2026-01-01T12:00:00Z"},
                 status: {phase: Failed, reason: Evicted,
                  conditions: [{type: PodScheduled, status: "False", reason: Unschedulable,
                   message: 3 Insufficient cpu., lastTransitionTime: "2026-01-01T12:00:01Z"}],
                  initContainerStatuses: [{name: setup, restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}},
                   lastState: {terminated: {reason: Error, exitCode: 3, finishedAt: "2026-01-01T12:00:20Z"}}}]}}"""), null, NOW);
        assertThat(pod.reason()).isEqualTo("Evicted");
        assertThat(pod.unscheduled())
                .isEqualTo(new PodState.Unscheduled(Instant.parse("2026-01-01T12:00:01Z"), "3 Insufficient cpu."));
        assertThat(pod.containers()).isEmpty();
        assertThat(pod.initContainers()).singleElement().satisfies(c -> {
            assertThat(c.inCrashLoopBackOff()).isTrue();
            assertThat(Objects.requireNonNull(c.lastTerminated()).exitCode()).isEqualTo(3);
        });
        assertThat(pod.history().counts()).containsEntry("setup", 2);
    }

    @Test
    void podThatWaitsForItsGatesIsNotUnschedulable() {
        PodState pod = Reader.pod(read(Pod.class, """
                {metadata: {namespace: shop, name: a, uid: u}, status: {phase: Pending,
                  conditions: [{type: PodScheduled, status: "False", reason: SchedulingGated, message: waiting}]}}"""), null, NOW);
        assertThat(pod.unscheduled()).isNull();
    }

    @Test
    void deploymentIsStuckOnceItsProgressDeadlineIsExceededForWhatItNowAsks() {
        String stuck = """
                {metadata: {namespace: shop, name: web, uid: d, generation: %d}, spec: {replicas: 2},
                 status: {observedGeneration: 2, replicas: 3, updatedReplicas: 1, availableReplicas: 2, conditions: [
                  {type: Progressing, status: "False", reason: ProgressDeadlineExceeded,
                   lastTransitionTime: "2026-01-01T12:00:05Z"},
                  {type: ReplicaFailure, status: "True", message: exceeded quota}]}}""";
        WorkloadState seen = Workloads.deployment(read(Deployment.class, stuck.formatted(2)), null, NOW);
        assertThat(seen.stuckSince()).isEqualTo("2026-01-01T12:00:05Z");
        assertThat(seen.failure()).isEqualTo("exceeded quota");
        assertThat(seen.shortSince()).isNull();
        WorkloadState changed = Workloads.deployment(read(Deployment.class, stuck.formatted(3)), null, NOW);
        assertThat(changed.stuckSince())
                .as("the condition is about what it asked before")
                .isNull();
    }

    @Test
    void workloadIsShortFromWhenItWasFirstSeenSoUntilItIsNot() {
        String web = "{metadata: {name: web, uid: d}, spec: {replicas: 2}, status: {availableReplicas: %d}}";
        WorkloadState first = Workloads.deployment(read(Deployment.class, web.formatted(1)), null, NOW);
        assertThat(first.shortSince()).isEqualTo(NOW);
        WorkloadState second =
                Workloads.deployment(read(Deployment.class, web.formatted(0)), first, NOW.plusSeconds(9));
        assertThat(second.shortSince()).isEqualTo(NOW);
        WorkloadState enough =
                Workloads.deployment(read(Deployment.class, web.formatted(2)), second, NOW.plusSeconds(20));
        assertThat(enough.shortSince()).isNull();
        WorkloadState set = Workloads.statefulSet(
                read(StatefulSet.class, "{metadata: {name: db}, spec: {replicas: 2}, status: {readyReplicas: 1}}"),
                null,
                NOW);
        assertThat(set.shortSince()).isEqualTo(NOW);
        WorkloadState daemons = Workloads.daemonSet(
                read(
                        DaemonSet.class,
                        "{metadata: {name: log}, spec: {}, status: {desiredNumberScheduled: 3, numberAvailable: 3}}"),
                null,
                NOW);
        assertThat(daemons.shortSince()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "nobody",
            value = {
                "labels: {argocd.argoproj.io/instance: shop}|Argo CD application shop",
                "annotations: {argocd.argoproj.io/tracking-id: 'shop:apps/Deployment'}|Argo CD application shop:apps/Deployment",
                "labels: {kustomize.toolkit.fluxcd.io/name: apps}|Flux Kustomization apps",
                "labels: {helm.toolkit.fluxcd.io/name: shop}|Flux HelmRelease shop",
                "labels: {cluster.x-k8s.io/cluster-name: c1}|Cluster API cluster c1",
                "labels: {app: web}|nobody"
            })
    void whoLooksAfterAWorkloadStandsInItsLabelsOrAnnotations(String meta, @Nullable String manager) {
        Deployment web = read(Deployment.class, "{metadata: {name: web, uid: d, " + meta + "}, spec: {}}");
        assertThat(Workloads.deployment(web, null, NOW).manager()).isEqualTo(manager);
    }

    @ParameterizedTest
    @CsvSource({"u 2026-01-01T12:00:00Z,2026-01-01T12:00:00Z", "other 2026-01-01T12:00:00Z,", "u soon,", "'',"})
    void revisionIsGoodOnlyByItsOwnMark(String mark, @Nullable String since) {
        ReplicaSet set = read(
                ReplicaSet.class,
                "{metadata: {name: web-1, uid: u, annotations: {deployment.kubernetes.io/revision: '12',"
                        + " kintsugi.dev/verified-good: '" + mark + "'}}}");
        assertThat(Revisions.of(set).number()).isEqualTo(12);
        assertThat(Revisions.of(set).verifiedAt()).isEqualTo(since == null ? null : Instant.parse(since));
    }

    @Test
    void podsCarryTheHashOfADaemonSetsRevisionAndTheNameOfAStatefulSets() {
        String revision = "{revision: 4, metadata: {name: log-abc, uid: u%s}}";
        assertThat(Revisions.of(read(
                                ControllerRevision.class,
                                revision.formatted(", labels: {controller-revision-hash: abc}")))
                        .hash())
                .isEqualTo("abc");
        assertThat(Revisions.of(read(ControllerRevision.class, revision.formatted("")))
                        .hash())
                .isEqualTo("log-abc");
    }

    @Test
    void nodeTellsItsConditionsAndWhoCordonedIt() {
        NodeState node = Reader.node(read(Node.class, """
                {metadata: {name: node1, uid: n, labels: {node-role.kubernetes.io/control-plane: ""},
                  annotations: {kintsugi.dev/cordoned: "2026-01-01T12:00:00Z"}},
                 spec: {unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule,
                  timeAdded: "2026-01-01T12:00:01Z"}]},
                 status: {conditions: [
                  {type: Ready, status: Unknown, reason: NodeStatusUnknown, message: Kubelet stopped posting node status.,
                   lastTransitionTime: "2026-01-01T12:00:02Z"},
                  {type: DiskPressure, status: "True", reason: Full, message: no space,
                   lastTransitionTime: "2026-01-01T12:00:03Z"},
                  {type: MemoryPressure, status: "False"}]}}"""), null, NOW);
        assertThat(node.condition()).isEqualTo(NodeState.Condition.NOT_READY);
        assertThat(node.detail()).isEqualTo("Ready is Unknown: NodeStatusUnknown Kubelet stopped posting node status.");
        assertThat(node.since()).isEqualTo("2026-01-01T12:00:02Z");
        assertThat(node.troubles())
                .containsExactly(
                        new NodeState.Trouble("DiskPressure", Instant.parse("2026-01-01T12:00:03Z"), "Full no space"));
        assertThat(node.cordonedByHealer()).isEqualTo("2026-01-01T12:00:00Z");
        assertThat(node.controlPlane()).isTrue();
    }

    @Test
    void nodeThatIsReadyIsSoSinceAnyOfItsConditionsLastChanged() {
        NodeState node = Reader.node(read(Node.class, """
                {metadata: {name: node1, uid: n}, status: {conditions: [
                  {type: Ready, status: "True", lastTransitionTime: "2026-01-01T11:00:00Z"},
                  {type: DiskPressure, status: "False", lastTransitionTime: "2026-01-01T12:00:03Z"}]}}"""), null, NOW);
        assertThat(node.condition()).isEqualTo(NodeState.Condition.READY);
        assertThat(node.since()).isEqualTo("2026-01-01T12:00:03Z");
        assertThat(node.good(Set.of())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "false,2026-01-01T12:00:00Z,2026-01-01T12:00:01Z,false",
        "true,2026-01-01T12:00:00Z,2026-01-01T12:00:30Z,true",
        "true,2026-01-01T12:00:00Z,2026-01-01T12:00:31Z,false",
        "true,yesterday,2026-01-01T12:00:01Z,false"
    })
    void nodeThatSomebodyElseCordonedSinceIsNotTheHealersToUncordon(
            boolean cordoned, String mark, String tainted, boolean healers) {
        NodeState node = Reader.node(read(Node.class, """
                {metadata: {name: node1, uid: n, annotations: {kintsugi.dev/cordoned: "%s"}},
                 spec: {unschedulable: %s, taints: [{key: node.kubernetes.io/unschedulable, timeAdded: "%s"}]}}""".formatted(mark, cordoned, tainted)), null, NOW);
        assertThat(node.cordonedByHealer() != null).isEqualTo(healers);
    }

    @Test
    void podTellsWhetherItIsAMirrorAndHasAnEmptyDir() {
        PodState pod = Reader.pod(read(Pod.class, """
                {metadata: {namespace: shop, name: a, uid: u, annotations: {kubernetes.io/config.mirror: x}},
                 spec: {containers: [], volumes: [{name: cache, emptyDir: {}}]}}"""), null, NOW);
        assertThat(pod.mirror()).isTrue();
        assertThat(pod.emptyDir()).isTrue();
    }

    private static <T> T read(Class<T> type, String yaml) {
        return Serialization.unmarshal("---\n" + yaml, type);
    }
}
