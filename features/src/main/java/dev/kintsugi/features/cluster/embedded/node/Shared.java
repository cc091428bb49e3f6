package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.runtime.ContainerRuntime;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What all nodes and pods of one JVM have in common.
 *
 * @param timer runs short tasks, those of the pods included; never blocks
 * @param blocking runs what waits for the API server or the disk
 * @param index finds pods by name
 */
record Shared(
        KubernetesClient client,
        NodeOptions options,
        InstantSource clock,
        ScheduledExecutorService timer,
        Executor blocking,
        ContainerRuntime runtime,
        PodNetwork network,
        PodAddresses addresses,
        Prober prober,
        Hooks hooks,
        EventWriter events,
        PodIndex index,
        ContainerLogs logs) {

    Instant now() {
        return clock.instant();
    }
}
