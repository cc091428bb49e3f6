package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.Timings;

public final class ControlPlane implements AutoCloseable {
    public static ControlPlane start(
            io.fabric8.kubernetes.client.KubernetesClient c, Timings t, java.time.InstantSource s, long seed) {
        return new ControlPlane();
    }

    @Override
    public void close() {}
}
