package dev.kintsugi.features.cluster.embedded.node.runtime;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One run of a container that is to begin.
 *
 * @param name for messages and thread names, e.g. {@code shop/web-1/web}
 * @param id seeds what is left to chance in a simulated run
 * @param environment exactly what the process sees (besides {@code PATH})
 * @param memoryLimit in bytes; empty for none
 * @param log where what it prints goes
 * @param folder its working directory, made when missing
 */
public record ContainerLaunch(
        String name, String id, Map<String, String> environment, OptionalLong memoryLimit, Path log, Path folder) {

    public ContainerLaunch {
        environment = Map.copyOf(environment);
    }
}
