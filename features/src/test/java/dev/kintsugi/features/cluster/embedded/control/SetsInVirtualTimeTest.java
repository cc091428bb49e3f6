package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.scheduling.SchedulerLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.DaemonSetLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.StatefulSetLoop;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** StatefulSets and DaemonSets in virtual time. A pod is ready between 1.1 and 3 s after it was bound and goes 1 s after its deletion. */
class SetsInVirtualTimeTest {

    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofMinutes(2);

    private final VirtualCluster cluster =
            new VirtualCluster(new StatefulSetLoop(), new DaemonSetLoop(), new SchedulerLoop(Timings.real(), 1));

    @Test
    void podsAreMadeInOrderEachWhenTheOneBeforeItIsReady() {
        cluster.put(node("n1"));
        cluster.put(stateful(3, "a"));
        cluster.advance(Duration.ofMillis(1099));
        assertThat(names()).containsExactly("db-0");
        cluster.advance(MILLI);
        assertThat(names()).containsExactly("db-0", "db-1");
        cluster.advance(LONG);

        assertThat(names()).containsExactly("db-0", "db-1", "db-2");
        Pod last = pod("db-2");
        assertThat(last.getSpec().getHostname()).isEqualTo("db-2");
        assertThat(last.getSpec().getSubdomain()).isEqualTo("db");
        assertThat(last.getMetadata().getLabels())
                .containsEntry("statefulset.kubernetes.io/pod-name", "db-2")
                .containsEntry("apps.kubernetes.io/pod-index", "2")
                .containsEntry("controller-revision-hash", revision(1));
        StatefulSetStatus status = stateful().getStatus();
        assertThat(status.getReplicas()).isEqualTo(3);
        assertThat(status.getAvailableReplicas()).isEqualTo(3);
        assertThat(status.getCurrentReplicas()).isEqualTo(3);
        assertThat(status.getCurrentRevision())
                .isEqualTo(status.getUpdateRevision())
                .isEqualTo(revision(1));
        assertThat(cluster.told()).contains("SuccessfulCreate: create Pod db-2 in StatefulSet db successful");
    }

    @Test
    void nextPodWaitsUntilTheOneBeforeHasBeenReadyForLongEnough() {
        cluster.put(node("n1"));
        cluster.put(new StatefulSetBuilder(stateful(2, "a"))
                .editSpec()
                .withMinReadySeconds(10)
                .endSpec()
                .build());
        cluster.advance(Duration.ofSeconds(5));
        Instant available = Pods.readySince(pod("db-0")).orElseThrow().plusSeconds(10);
        cluster.advance(Duration.between(cluster.now(), available).minus(MILLI));
        assertThat(names()).containsExactly("db-0");
        cluster.advance(MILLI);

        assertThat(names()).containsExactly("db-0", "db-1");
        assertThat(stateful().getStatus().getAvailableReplicas()).isEqualTo(1);
    }

    @Test
    void parallelPodsDoNotWaitForEachOther() {
        cluster.put(node("n1"));
        cluster.put(new StatefulSetBuilder(stateful(3, "a"))
                .editSpec()
                .withPodManagementPolicy("Parallel")
                .endSpec()
                .build());
        cluster.advance(Duration.ZERO);
        assertThat(names()).containsExactly("db-0", "db-1", "db-2");
        cluster.advance(LONG);
        scale(0);
        cluster.advance(Duration.ZERO);
        assertThat(cluster.world().in(Pod.class, "test")).allMatch(Pods::isTerminating);
    }

    @Test
    void podsGoFromTheHighestPlaceDownOneAfterTheOther() {
        cluster.put(node("n1"));
        cluster.put(stateful(3, "a"));
        cluster.advance(LONG);
        scale(1);
        cluster.advance(Duration.ofMillis(999));
        assertThat(terminating()).containsExactly("db-2");
        cluster.advance(MILLI);
        assertThat(terminating()).containsExactly("db-1");
        cluster.advance(LONG);

        assertThat(names()).containsExactly("db-0");
        assertThat(stateful().getStatus().getReplicas()).isEqualTo(1);
    }

    @Test
    void deletedPodComesBackUnderItsNameOnlyWhenItHasGone() {
        cluster.put(node("n1"));
        cluster.put(stateful(2, "a"));
        cluster.advance(LONG);
        Pod victim = pod("db-0");
        cluster.delete(victim);
        cluster.advance(Duration.ofMillis(999));
        assertThat(pod("db-0").getMetadata().getUid())
                .isEqualTo(victim.getMetadata().getUid());
        cluster.advance(MILLI);

        assertThat(pod("db-0").getMetadata().getUid())
                .isNotEqualTo(victim.getMetadata().getUid());
    }

    @Test
    void changeOverGoesDownFromTheHighestPlaceToThePartition() {
        cluster.put(node("n1"));
        cluster.put(stateful(3, "a"));
        cluster.advance(LONG);
        template("b", 1);
        cluster.advance(Duration.ZERO);
        assertThat(terminating()).containsExactly("db-2");
        cluster.advance(LONG);

        assertThat(images()).containsExactly("db-0=a", "db-1=b", "db-2=b");
        StatefulSetStatus status = stateful().getStatus();
        assertThat(status.getUpdatedReplicas()).isEqualTo(2);
        assertThat(status.getCurrentReplicas()).isEqualTo(1);
        assertThat(status.getCurrentRevision()).isEqualTo(revision(1));
        assertThat(status.getUpdateRevision()).isEqualTo(revision(2));
        cluster.delete(pod("db-0"));
        cluster.advance(LONG);
        assertThat(images()).contains("db-0=a");

        template("b", 0);
        cluster.advance(LONG);
        assertThat(images()).containsExactly("db-0=b", "db-1=b", "db-2=b");
        assertThat(stateful().getStatus().getCurrentRevision()).isEqualTo(revision(2));
    }

    @Test
    void changeOverStopsAtAPodThatDoesNotBecomeReadyAndGoesOnAfterTheUndoOnceItIsDeleted() {
        cluster.readyIf(pod -> !pod.getSpec().getContainers().get(0).getImage().equals("bad"));
        cluster.put(node("n1"));
        cluster.put(stateful(2, "a"));
        cluster.advance(LONG);
        template("bad", 0);
        cluster.advance(LONG);
        assertThat(images()).containsExactly("db-0=a", "db-1=bad");

        template("a", 0);
        cluster.advance(LONG);
        assertThat(images())
                .as("as in Kubernetes, a pod that is not ready is not replaced")
                .contains("db-1=bad");
        assertThat(revisions()).containsExactly("2", "3");
        cluster.delete(pod("db-1"));
        cluster.advance(LONG);

        assertThat(images()).containsExactly("db-0=a", "db-1=a");
    }

    @Test
    void onDeleteReplacesOnlyWhatIsDeleted() {
        cluster.put(node("n1"));
        cluster.put(new StatefulSetBuilder(stateful(2, "a"))
                .editSpec()
                .editUpdateStrategy()
                .withType("OnDelete")
                .withRollingUpdate(null)
                .endUpdateStrategy()
                .endSpec()
                .build());
        cluster.advance(LONG);
        cluster.put(new StatefulSetBuilder(stateful())
                .editSpec()
                .withTemplate(template("b"))
                .endSpec()
                .build());
        cluster.advance(LONG);
        assertThat(images()).containsExactly("db-0=a", "db-1=a");
        cluster.delete(pod("db-0"));
        cluster.advance(LONG);

        assertThat(images()).containsExactly("db-0=b", "db-1=a");
    }

    @Test
    void everyPodHasClaimsOfItsOwnThatStay() {
        cluster.put(node("n1"));
        cluster.put(new StatefulSetBuilder(stateful(2, "a"))
                .editSpec()
                .addNewVolumeClaimTemplate()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .endSpec()
                .endVolumeClaimTemplate()
                .endSpec()
                .build());
        cluster.advance(LONG);
        scale(1);
        cluster.advance(LONG);

        assertThat(cluster.world().in(PersistentVolumeClaim.class, "test"))
                .extracting(claim -> claim.getMetadata().getName())
                .containsExactly("data-db-0", "data-db-1");
        assertThat(pod("db-0").getSpec().getVolumes()).singleElement().satisfies(volume -> {
            assertThat(volume.getName()).isEqualTo("data");
            assertThat(volume.getPersistentVolumeClaim().getClaimName()).isEqualTo("data-db-0");
        });
    }

    @Test
    void everyNodeGetsItsDaemonAlsoOneThatComesLaterOrIsCordoned() {
        cluster.put(node("n1"));
        cluster.put(daemon("a", "RollingUpdate", 1, 0));
        cluster.advance(LONG);
        assertThat(daemonNodes()).containsExactly("n1");
        cluster.put(new NodeBuilder(node("n2"))
                .editSpec()
                .withUnschedulable(true)
                .addNewTaint("NoSchedule", "node.kubernetes.io/unschedulable", null, null)
                .endSpec()
                .build());
        cluster.put(new NodeBuilder(node("n3"))
                .editSpec()
                .addNewTaint("NoSchedule", "special", null, "x")
                .endSpec()
                .build());
        cluster.advance(LONG);

        assertThat(daemonNodes()).containsExactly("n1", "n2");
        assertThat(daemon().getStatus().getDesiredNumberScheduled()).isEqualTo(2);
        assertThat(daemon().getStatus().getNumberAvailable()).isEqualTo(2);
        assertThat(daemon().getStatus().getNumberUnavailable()).isNull();
        assertThat(cluster.told()).anyMatch(event -> event.startsWith("SuccessfulCreate: Created pod: agent-"));
    }

    @Test
    void daemonsAreReplacedOneNodeAtATimeAndOnlyWhenTheLastOneIsAvailable() {
        for (String name : List.of("n1", "n2", "n3")) {
            cluster.put(node(name));
        }
        cluster.put(daemon("a", "RollingUpdate", 1, 0));
        cluster.advance(LONG);
        cluster.put(new DaemonSetBuilder(daemon())
                .editSpec()
                .withTemplate(template("b"))
                .endSpec()
                .build());
        cluster.advance(Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            long without = 3
                    - daemons().stream()
                            .filter(pod -> Pods.isReady(pod) && !Pods.isTerminating(pod))
                            .count();
            assertThat(without).isLessThanOrEqualTo(1);
            cluster.advance(Duration.ofMillis(100));
        }
        cluster.advance(LONG);

        assertThat(daemons()).hasSize(3).allMatch(pod -> image(pod).equals("b"));
        assertThat(daemon().getStatus().getUpdatedNumberScheduled()).isEqualTo(3);
    }

    @Test
    void surgingDaemonIsReadyBeforeTheOldOneGoes() {
        cluster.put(node("n1"));
        cluster.put(node("n2"));
        cluster.put(daemon("a", "RollingUpdate", 0, 1));
        cluster.advance(LONG);
        cluster.put(new DaemonSetBuilder(daemon())
                .editSpec()
                .withTemplate(template("b"))
                .endSpec()
                .build());
        for (int i = 0; i < 100; i++) {
            cluster.advance(Duration.ofMillis(100));
            assertThat(daemons().stream().filter(pod -> Pods.isReady(pod) && !Pods.isTerminating(pod)))
                    .hasSizeGreaterThanOrEqualTo(2);
            assertThat(daemons().stream().filter(Pods::isActive)).hasSizeLessThanOrEqualTo(3);
        }
        cluster.advance(LONG);

        assertThat(daemons()).hasSize(2).allMatch(pod -> image(pod).equals("b"));
    }

    @Test
    void failedDaemonIsReplacedAndDaemonOfANodeThatIsNoLongerForItGoes() {
        cluster.put(node("n1"));
        cluster.put(daemon("a", "OnDelete", 0, 0));
        cluster.advance(LONG);
        Pod failed = new PodBuilder(daemons().get(0))
                .editStatus()
                .withPhase("Failed")
                .endStatus()
                .build();
        cluster.put(failed);
        cluster.advance(LONG);
        assertThat(daemons()).singleElement().satisfies(pod -> assertThat(
                        pod.getMetadata().getUid())
                .isNotEqualTo(failed.getMetadata().getUid()));
        assertThat(cluster.told()).anyMatch(event -> event.startsWith("FailedDaemonPod"));

        Node node = cluster.world().get(Node.class, "", "n1").orElseThrow();
        cluster.put(new NodeBuilder(node)
                .editMetadata()
                .withLabels(Map.of("role", "none"))
                .endMetadata()
                .build());
        cluster.advance(LONG);
        assertThat(daemons()).isEmpty();
        assertThat(daemon().getStatus().getDesiredNumberScheduled()).isZero();
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("role", "worker")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(Map.of("pods", new Quantity("100")))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private static PodTemplateSpec template(String image) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .addToLabels("app", "db")
                .endMetadata()
                .withNewSpec()
                .addToNodeSelector("role", "worker")
                .addNewContainer()
                .withName("c")
                .withImage(image)
                .endContainer()
                .endSpec()
                .build();
    }

    private static StatefulSet stateful(int replicas, String image) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withName("db")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .withServiceName("db")
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", "db")
                .endSelector()
                .withTemplate(template(image))
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withPartition(0)
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec()
                .build();
    }

    private static DaemonSet daemon(String image, String strategy, int unavailable, int surge) {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withName("agent")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", "db")
                .endSelector()
                .withTemplate(template(image))
                .withNewUpdateStrategy()
                .withType(strategy)
                .withNewRollingUpdate()
                .withMaxUnavailable(new IntOrString(unavailable))
                .withMaxSurge(new IntOrString(surge))
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec()
                .build();
    }

    private void scale(int replicas) {
        cluster.put(new StatefulSetBuilder(stateful())
                .editSpec()
                .withReplicas(replicas)
                .endSpec()
                .build());
    }

    private void template(String image, int partition) {
        cluster.put(new StatefulSetBuilder(stateful())
                .editSpec()
                .withTemplate(template(image))
                .editUpdateStrategy()
                .editRollingUpdate()
                .withPartition(partition)
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec()
                .build());
    }

    private StatefulSet stateful() {
        return cluster.world().get(StatefulSet.class, "test", "db").orElseThrow();
    }

    private DaemonSet daemon() {
        return cluster.world().get(DaemonSet.class, "test", "agent").orElseThrow();
    }

    private List<Pod> daemons() {
        return cluster.world().in(Pod.class, "test");
    }

    private List<String> daemonNodes() {
        return daemons().stream()
                .map(pod -> pod.getSpec().getNodeName())
                .sorted()
                .toList();
    }

    private Pod pod(String name) {
        return cluster.world().get(Pod.class, "test", name).orElseThrow();
    }

    private List<String> names() {
        return cluster.world().in(Pod.class, "test").stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    private List<String> terminating() {
        return cluster.world().in(Pod.class, "test").stream()
                .filter(Pods::isTerminating)
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().get(0).getImage();
    }

    private List<String> images() {
        return cluster.world().in(Pod.class, "test").stream()
                .map(pod -> pod.getMetadata().getName() + "=" + image(pod))
                .toList();
    }

    private String revision(long number) {
        return cluster.world().in(ControllerRevision.class, "test").stream()
                .filter(revision -> revision.getRevision() == number)
                .map(revision -> revision.getMetadata().getName())
                .findFirst()
                .orElseThrow();
    }

    private List<String> revisions() {
        TreeMap<Long, String> numbers = new TreeMap<>();
        cluster.world()
                .in(ControllerRevision.class, "test")
                .forEach(revision -> numbers.put(
                        revision.getRevision(), revision.getRevision().toString()));
        return List.copyOf(numbers.values());
    }
}
