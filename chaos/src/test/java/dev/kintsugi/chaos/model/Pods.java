package dev.kintsugi.chaos.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pods for tests. */
public final class Pods {

    private Pods() {}

    /** A running pod with label {@code app=web} and one container {@code app} limited to 128 MiB. */
    public static PodInfo running(String namespace, String name) {
        return pod(namespace, name, "Running", 128L * 1024 * 1024);
    }

    public static PodInfo finished(String namespace, String name) {
        return pod(namespace, name, "Succeeded", null);
    }

    public static PodInfo unlimited(String namespace, String name) {
        return pod(namespace, name, "Running", null);
    }

    private static PodInfo pod(String namespace, String name, String phase, @Nullable Long limit) {
        return new PodInfo(
                namespace,
                name,
                "uid-" + name,
                Map.of("app", "web"),
                Map.of(),
                phase,
                "node1",
                "127.64.0." + (name.hashCode() & 0x7f),
                false,
                false,
                List.of(new PodInfo.Container("app", "id://" + name, limit)));
    }
}
