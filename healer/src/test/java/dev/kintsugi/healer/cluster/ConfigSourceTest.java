package dev.kintsugi.healer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Notice;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
final class ConfigSourceTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    private final List<HealerConfig> applied = new CopyOnWriteArrayList<>();
    private final List<Notice> refused = new CopyOnWriteArrayList<>();
    private ConfigSource source;

    @BeforeEach
    void start() throws Exception {
        source = new ConfigSource(client, "self-healing", "self-healing-config", applied::add, refused::add);
        source.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        source.close();
    }

    @Test
    void withoutAConfigMapTheDefaultsAreInForce() {
        assertThat(source.current()).isEqualTo(HealerConfig.DEFAULTS);
        assertThat(applied).isEmpty();
    }

    @Test
    void changesComeIntoForceWhileItRunsAndItsEndBringsBackTheDefaults() {
        write(Map.of("stable_for", "7"));
        await().atMost(SOON).until(() -> source.current().stableFor().equals(Duration.ofSeconds(7)));
        write(Map.of("stable_for", "8"));
        await().atMost(SOON).until(() -> source.current().stableFor().equals(Duration.ofSeconds(8)));
        client.configMaps()
                .inNamespace("self-healing")
                .withName("self-healing-config")
                .delete();
        await().atMost(SOON).until(() -> source.current().equals(HealerConfig.DEFAULTS));
        assertThat(applied).hasSize(3);
    }

    @Test
    void badValueIsRefusedAndTheLastGoodConfigurationStays() {
        write(Map.of("stable_for", "7"));
        await().atMost(SOON).until(() -> applied.size() == 1);
        write(Map.of("stable_for", "8", "recovery_timeout", "5"));
        await().atMost(SOON).until(() -> refused.size() == 1);
        assertThat(source.current().stableFor()).isEqualTo(Duration.ofSeconds(7));
        Notice notice = refused.get(0);
        assertThat(notice.reason().published()).isEqualTo("ConfigInvalid");
        assertThat(notice.about().kind()).isEqualTo("ConfigMap");
        assertThat(notice.message())
                .startsWith("Invalid configuration for recovery_timeout: 5 (allowed: 60 to 1800 seconds)");
    }

    @Test
    void badPolicyIsRefusedByItsPlaceAndTheLastGoodPolicyStays() {
        write(Map.of("strategies", "[{for: PodNotReady, ladder: []}]"));
        await().atMost(SOON).until(() -> applied.size() == 1);
        write(Map.of("strategies", "- for: PodNotReady\n  ladder: [{do: Panic}]", "stable_for", "9"));
        await().atMost(SOON).until(() -> refused.size() == 1);
        assertThat(source.current()).isEqualTo(applied.get(0));
        assertThat(source.current().strategies().of(Cause.POD_NOT_READY).ladder())
                .isEmpty();
        assertThat(refused.get(0).message())
                .startsWith("Invalid configuration for strategies: line 2, column 17: no action is called 'Panic'")
                .endsWith("what was in force stays so");
    }

    @Test
    void annotationOfTheConfigMapPausesTheWholeCluster() {
        annotate("true");
        await().atMost(SOON).until(() -> source.current().paused());
        annotate("maybe");
        await().atMost(SOON).until(() -> refused.size() == 1);
        assertThat(refused.get(0).message()).startsWith("Invalid configuration for paused: maybe");
        assertThat(source.current().paused()).isTrue();
        annotate("false");
        await().atMost(SOON).until(() -> !source.current().paused());
    }

    private void annotate(String pause) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("self-healing")
                        .withName("self-healing-config")
                        .addToAnnotations("kintsugi.dev/pause", pause)
                        .endMetadata()
                        .build())
                .createOr(existing -> existing.update());
    }

    @Test
    void otherConfigMapsAreNoneOfItsBusiness() {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("self-healing")
                        .withName("other")
                        .endMetadata()
                        .withData(Map.of("stable_for", "99"))
                        .build())
                .create();
        write(Map.of("stable_for", "7"));
        await().atMost(SOON).until(() -> applied.size() == 1);
        assertThat(applied.get(0).stableFor()).isEqualTo(Duration.ofSeconds(7));
    }

    private void write(Map<String, String> data) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("self-healing")
                        .withName("self-healing-config")
                        .endMetadata()
                        .withData(data)
                        .build())
                .createOr(existing -> existing.update());
    }
}
