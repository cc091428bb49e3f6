package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the loops leave in the API besides what they are for. */
class WrittenByLoopsTest {

    private static LoopCluster cluster;

    @BeforeAll
    static void start(@TempDir Path folder) {
        cluster = new LoopCluster(7, "127.72.0.0/16", folder);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void onlyChangesOfTheSpecMoveTheGenerationOfADeployment() {
        String namespace = cluster.namespace("generation");
        cluster.client.resource(cluster.deployment(namespace, 2)).create();
        cluster.awaitAvailable(namespace, 2);

        Deployment deployment = cluster.deployment(namespace);

        assertThat(deployment.getMetadata().getAnnotations()).containsEntry("deployment.kubernetes.io/revision", "1");
        assertThat(deployment.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(deployment.getStatus().getObservedGeneration()).isEqualTo(1);
    }

    @Test
    void equalEventsAreCountedOnOneObject() {
        String namespace = cluster.namespace("counted");
        ConfigMap about = cluster.client
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("about")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        try (Events events = new Events(cluster.client, InstantSource.system())) {
            for (int i = 0; i < 3; i++) {
                events.tell(Write.Tell.warning(about, "test", "Again", "it happened"));
                events.tell(new Write.Tell(about, "test", true, "Series", "it happened", "Testing"));
            }
            await().atMost(LoopCluster.PATIENCE).untilAsserted(() -> {
                assertThat(events(namespace, "Again")).singleElement().satisfies(event -> assertThat(event.getCount())
                        .isEqualTo(3));
                assertThat(events(namespace, "Series")).singleElement().satisfies(event -> assertThat(
                                event.getSeries().getCount())
                        .isEqualTo(3));
            });
        }
    }

    private static List<Event> events(String namespace, String reason) {
        return cluster.client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .toList();
    }
}
