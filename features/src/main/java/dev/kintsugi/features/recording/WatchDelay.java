package dev.kintsugi.features.recording;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long the news of a write takes to reach this recorder: the longest of a few writes of its own, from the request to the
 * receipt of its event. It bounds from above what a watch adds to every mark.
 */
final class WatchDelay {

    private static final String NAME = "kintsugi-watch-delay";
    private static final int WRITES = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private WatchDelay() {}

    static long measureNanos(KubernetesClient client, String namespace, MonotonicClock clock)
            throws InterruptedException {
        BlockingQueue<String> received = new ArrayBlockingQueue<>(WRITES + 1);
        ConfigMap probe = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .endMetadata()
                .build();
        client.resource(probe).create();
        SharedIndexInformer<ConfigMap> informer = client.configMaps()
                .inNamespace(namespace)
                .withName(NAME)
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(ConfigMap map) {}

                    @Override
                    public void onUpdate(ConfigMap before, ConfigMap map) {
                        received.add(map.getData().getOrDefault("write", ""));
                    }

                    @Override
                    public void onDelete(ConfigMap map, boolean unknown) {}
                });
        try {
            long longest = 0;
            for (int write = 0; write < WRITES; write++) {
                String mark = Integer.toString(write);
                long sent = clock.nanos();
                client.configMaps().inNamespace(namespace).withName(NAME).edit(map -> new ConfigMapBuilder(map)
                        .withData(Map.of("write", mark))
                        .build());
                String got = received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                if (got == null) {
                    throw new Inconclusive("no watch event came within " + PATIENCE.toSeconds()
                            + " s of a write: the API server's watches do not work");
                }
                longest = Math.max(longest, clock.nanos() - sent);
            }
            return longest;
        } finally {
            informer.stop();
            client.configMaps().inNamespace(namespace).withName(NAME).delete();
        }
    }
}
