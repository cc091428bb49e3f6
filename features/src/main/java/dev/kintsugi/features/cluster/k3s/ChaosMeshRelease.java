package dev.kintsugi.features.cluster.k3s;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How Chaos Mesh is installed on k3s.
 *
 * @param chart an archive or folder of the chart; null for the published one
 */
record ChaosMeshRelease(@Nullable Path chart) {

    static final String NAME = "chaos-mesh";
    static final String NAMESPACE = "chaos-mesh";
    static final String REPOSITORY = "https://charts.chaos-mesh.org";

    /** Of the published chart: the one whose rules the emulation follows. */
    static final String VERSION = "2.8.3";

    /**
     * k3s has its own containerd with a socket of its own; one replica is enough for one node; nobody looks at a dashboard, and no
     * scenario needs faults in DNS.
     *
     * @see <a href="https://chaos-mesh.org/docs/production-installation-using-helm/">Install Chaos Mesh using Helm</a>
     */
    static final SortedMap<String, String> VALUES = new TreeMap<>(Map.of(
            "chaosDaemon.runtime", "containerd",
            "chaosDaemon.socketPath", "/run/k3s/containerd/containerd.sock",
            "controllerManager.replicaCount", "1",
            "dashboard.create", "false",
            "dnsServer.create", "false"));

    /** For a person. */
    String describe() {
        return chart == null ? "chart " + NAME + " " + VERSION + " of " + REPOSITORY : "chart " + chart;
    }
}
