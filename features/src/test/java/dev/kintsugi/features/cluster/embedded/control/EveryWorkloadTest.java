package dev.kintsugi.features.cluster.embedded.control;

import static dev.kintsugi.features.cluster.embedded.control.LoopCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of workload through the API server, on nodes with simulated containers. */
class EveryWorkloadTest {

    private static LoopCluster cluster;

    @BeforeAll
    static void start(@TempDir Path folder) {
        cluster = new LoopCluster(11, "127.75.0.0/16", folder);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void statefulSetBecomesReadyWithItsClaimsBoundAndKeepsItsNamesInAChangeOver() {
        String namespace = cluster.namespace("stateful");
        cluster.client
                .resource(new StatefulSetBuilder()
                        .withNewMetadata()
                        .withName("db")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withServiceName("db")
                        .withReplicas(2)
                        .withNewSelector()
                        .addToMatchLabels("app", "db")
                        .endSelector()
                        .withTemplate(template("nginx:1"))
                        .addNewVolumeClaimTemplate()
                        .withNewMetadata()
                        .withName("data")
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("1Gi"))
                        .endResources()
                        .endSpec()
                        .endVolumeClaimTemplate()
                        .endSpec()
                        .build())
                .create();
        awaitStateful(namespace, "nginx:1");
        assertThat(cluster.client
                        .persistentVolumeClaims()
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .extracting(PersistentVolumeClaim::getStatus)
                .hasSize(2)
                .allSatisfy(status -> assertThat(status.getPhase()).isEqualTo("Bound"));

        cluster.client
                .apps()
                .statefulSets()
                .inNamespace(namespace)
                .withName("db")
                .edit(set -> new StatefulSetBuilder(set)
                        .editSpec()
                        .withTemplate(template("nginx:2"))
                        .endSpec()
                        .build());

        awaitStateful(namespace, "nginx:2");
    }

    private static void awaitStateful(String namespace, String image) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.pods(namespace))
                    .extracting(pod -> pod.getMetadata().getName() + "="
                            + pod.getSpec().getContainers().get(0).getImage())
                    .containsExactly("db-0=" + image, "db-1=" + image);
            assertThat(cluster.client
                            .apps()
                            .statefulSets()
                            .inNamespace(namespace)
                            .withName("db")
                            .get()
                            .getStatus())
                    .satisfies(status -> {
                        assertThat(status.getAvailableReplicas()).isEqualTo(2);
                        assertThat(status.getUpdatedReplicas()).isEqualTo(2);
                        assertThat(status.getCurrentRevision()).isEqualTo(status.getUpdateRevision());
                    });
        });
    }

    @Test
    void daemonSetHasAPodOnEveryNode() {
        String namespace = cluster.namespace("daemons");
        cluster.client
                .resource(new DaemonSetBuilder()
                        .withNewMetadata()
                        .withName("agent")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withNewSelector()
                        .addToMatchLabels("app", "db")
                        .endSelector()
                        .withTemplate(template("nginx:1"))
                        .endSpec()
                        .build())
                .create();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.pods(namespace))
                    .extracting(pod -> pod.getSpec().getNodeName())
                    .containsExactlyInAnyOrder("node1", "node2");
            assertThat(cluster.client
                            .apps()
                            .daemonSets()
                            .inNamespace(namespace)
                            .withName("agent")
                            .get()
                            .getStatus()
                            .getNumberAvailable())
                    .isEqualTo(2);
        });
    }

    @Test
    void runningJobFailsAtItsDeadlineAndItsNamespaceCanGo() {
        String namespace = cluster.namespace("jobs");
        cluster.client
                .resource(new JobBuilder()
                        .withNewMetadata()
                        .withName("job")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withActiveDeadlineSeconds(4L)
                        .withNewTemplate()
                        .withNewSpec()
                        .withRestartPolicy("Never")
                        .addNewContainer()
                        .withName("c")
                        .withImage("nginx:1")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();

        await().atMost(PATIENCE).untilAsserted(() -> {
            Job job = cluster.client
                    .batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace)
                    .withName("job")
                    .get();
            assertThat(job.getStatus().getConditions())
                    .extracting(condition -> condition.getType() + " " + condition.getReason())
                    .containsExactly("Failed DeadlineExceeded");
            assertThat(job.getStatus().getFailed()).isEqualTo(1);
        });
        assertThat(cluster.reasons(namespace)).contains("SuccessfulCreate", "SuccessfulDelete");
        cluster.client.namespaces().withName(namespace).delete();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cluster.client.namespaces().list().getItems())
                .extracting(Namespace::getMetadata)
                .extracting("name")
                .doesNotContain(namespace));
    }

    @Test
    void everyNamespaceHasItsAccountAndTheCertificateOfTheServer() {
        String namespace = cluster.namespace("furnished");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.client
                            .serviceAccounts()
                            .inNamespace(namespace)
                            .list()
                            .getItems())
                    .extracting(account -> account.getMetadata().getName())
                    .isEqualTo(List.of("default"));
            assertThat(cluster.client.configMaps().inNamespace(namespace).list().getItems())
                    .extracting(map -> map.getMetadata().getName())
                    .isEqualTo(List.of("kube-root-ca.crt"));
        });
    }

    private static PodTemplateSpec template(String image) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .addToLabels("app", "db")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage(image)
                .endContainer()
                .endSpec()
                .build();
    }
}
