package dev.kintsugi.features.cluster.embedded.api.resource;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of services, 127.96.0.0/16: loopback, so that they need no set-up on the machine. Which one a service
 * gets follows from the seed and its name, so that it is the same in every run.
 */
final class ClusterIps {

    private static final String PREFIX = "127.96.";
    private static final int FIRST = 10;
    private static final int LAST = 65_534;

    private final long seed;
    private final Set<String> taken = new HashSet<>();

    ClusterIps(long seed) {
        this.seed = seed;
    }

    /** An address that is free; null if none is. */
    synchronized @Nullable String allocate(String namespace, String name) {
        int range = LAST - FIRST + 1;
        int start = Math.floorMod(Objects.hash(seed, namespace, name), range);
        for (int i = 0; i < range; i++) {
            int number = FIRST + (start + i) % range;
            String address = PREFIX + (number >> 8) + "." + (number & 0xff);
            if (taken.add(address)) {
                return address;
            }
        }
        return null;
    }

    /** Takes one address that somebody has asked for; false if it is not free. */
    synchronized boolean take(String address) {
        return taken.add(address);
    }

    synchronized void release(String address) {
        taken.remove(address);
    }

    /** Whether the address lies in the range that services get theirs from. */
    static boolean inRange(String address) {
        return address.matches("127\\.96\\.\\d{1,3}\\.\\d{1,3}");
    }
}
