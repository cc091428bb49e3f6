package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.config.InvalidConfigurationException;
import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Settings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the configuration in step with its ConfigMap. A ConfigMap with a bad value is refused as a whole, and what was in
 * force stays so; without one the defaults are.
 */
public final class ConfigSource implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ConfigSource.class);

    private final Mirror<ConfigMap, ObjectRef> mirror;
    private final Consumer<HealerConfig> changed;
    private final Consumer<Notice> refused;
    private volatile HealerConfig current = HealerConfig.DEFAULTS;

    /**
     * Prepares to watch one ConfigMap.
     *
     * @param changed hears of every configuration that comes into force
     * @param refused hears of every one that does not
     */
    public ConfigSource(
            KubernetesClient client,
            String namespace,
            String name,
            Consumer<HealerConfig> changed,
            Consumer<Notice> refused) {
        this.changed = changed;
        this.refused = refused;
        this.mirror = new Mirror<>(
                "ConfigMap",
                client.configMaps().inNamespace(namespace).withName(name),
                ConfigMap::new,
                (map, before) -> load(map),
                this::removed);
    }

    /** Begins to watch; done when the ConfigMap has been read or is known to be absent. */
    public CompletionStage<Void> start() {
        return mirror.start();
    }

    /** Whether the ConfigMap is being watched. */
    public boolean watching() {
        return mirror.watching();
    }

    /** What is in force. */
    public HealerConfig current() {
        return current;
    }

    @Override
    public void close() {
        mirror.close();
    }

    private ObjectRef load(ConfigMap map) {
        ObjectRef ref = Reader.ref(map);
        Map<String, String> data = data(map);
        try {
            HealerConfig config = HealerConfig.of(data);
            HealerConfig.unknownKeys(data).forEach(key -> log.warn("{}: no setting is called {}", ref, key));
            apply(config, ref.toString());
        } catch (InvalidConfigurationException e) {
            String message = e.getMessage() + "; what was in force stays so";
            log.warn("{}: {}", ref, message);
            String version = String.valueOf(map.getMetadata().getResourceVersion());
            refused.accept(new Notice(Notice.Reason.CONFIG_INVALID, "", ref, version, message));
        }
        return ref;
    }

    /** What the ConfigMap holds; its annotation {@code kintsugi.dev/pause} goes before its key {@code paused}. */
    private static Map<String, String> data(ConfigMap map) {
        Map<String, String> data = new HashMap<>(map.getData() == null ? Map.of() : map.getData());
        Map<String, String> annotations = map.getMetadata().getAnnotations();
        String pause = annotations == null ? null : annotations.get(Settings.PAUSE);
        if (pause != null) {
            data.put("paused", pause);
        }
        return data;
    }

    private void removed(@Nullable ObjectRef before, @Nullable ObjectRef now) {
        if (now == null) {
            apply(HealerConfig.DEFAULTS, "defaults");
        }
    }

    private void apply(HealerConfig config, String source) {
        if (!config.equals(current)) {
            log.info("configuration from {}: {}", source, config);
            current = config;
            changed.accept(config);
        }
    }
}
