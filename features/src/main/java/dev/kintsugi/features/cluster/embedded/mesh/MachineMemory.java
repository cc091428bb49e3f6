package dev.kintsugi.features.cluster.embedded.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;

/** How much memory this machine has to spare. */
final class MachineMemory {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private MachineMemory() {}

    /** What could be taken without swapping, by the kernel's estimate (proc(5), MemAvailable). */
    static long availableBytes() {
        try {
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith(AVAILABLE)) {
                    return 1024 * Long.parseLong(new StringTokenizer(line.substring(AVAILABLE.length())).nextToken());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException(MEMINFO + " does not tell the memory available");
    }
}
