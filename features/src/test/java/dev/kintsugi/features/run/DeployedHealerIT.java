package dev.kintsugi.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A healer that is found in the cluster is switched by its size, and is left as it was. */
class DeployedHealerIT {

    private static final Map<String, String> LABELS = Map.of(
            "app.kubernetes.io/name", "healer",
            "app.kubernetes.io/part-of", "kintsugi");

    @TempDir
    private Path folder;

    private static void install(KubernetesClient client) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("self-healing")
                        .endMetadata()
                        .build())
                .create();
        client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withName("healer")
                        .withNamespace("self-healing")
                        .withLabels(LABELS)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(1)
                        .withNewSelector()
                        .withMatchLabels(LABELS)
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .withLabels(LABELS)
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("healer")
                        .withImage("kintsugi/healer:0.1.0")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
    }

    @Test
    void deployedHealerIsSwitchedOffAndOnAndLeftAsItWas() {
        Installation installation = Installation.current();
        try (EmbeddedCluster cluster = EmbeddedCluster.start(new EmbeddedCluster.Options(
                1,
                Timings.quick(),
                1,
                folder.resolve("kubeconfig"),
                folder,
                installation.sampleApp(),
                installation.classPath()))) {
            KubernetesClient client = cluster.client();
            assertThat(DeployedHealer.find(client)).isEmpty();
            install(client);

            try (DeployedHealer healer = DeployedHealer.find(client).orElseThrow()) {
                assertThat(healer.wasOn()).isTrue();
                assertThat(healer).hasToString("healer deployment self-healing/healer");
                healer.on();
                assertThat(client.pods().inNamespace("self-healing").list().getItems())
                        .hasSize(1);
                healer.off();
                assertThat(DeployedHealer.find(client).orElseThrow().wasOn()).isFalse();
            }
            assertThat(client.apps()
                            .deployments()
                            .inNamespace("self-healing")
                            .withName("healer")
                            .require()
                            .getSpec()
                            .getReplicas())
                    .isEqualTo(1);
        }
    }
}
