package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.store.Key;
import java.util.HashSet;
import java.util.List;
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

    /**
     * Gives a new service its address, unless it is to have none.
     *
     * @return the address, to be released if the service is not stored after all; empty if there is none
     */
    String reserve(Key key, ObjectNode service) {
        String asked = text(service.path("spec"), "clusterIP");
        if (ServiceStrategy.needsAddress(service)) {
            String address = allocate(key.namespace(), key.name());
            if (address == null) {
                throw ApiException.internal("failed to allocate a serviceIP: range is full");
            }
            ServiceStrategy.setAddress(service, address);
            return address;
        }
        if (ClusterIps.inRange(asked)) {
            if (!take(asked)) {
                throw ApiException.invalid(
                        "",
                        "Service",
                        key.name(),
                        List.of(Cause.invalid(
                                "spec.clusterIPs",
                                "[]string{" + Fields.quoted(asked) + "}",
                                "failed to allocate IP " + asked + ": provided IP is already allocated")));
            }
            ServiceStrategy.setAddress(service, asked);
            return asked;
        }
        if (asked.equals("None")) {
            ServiceStrategy.setAddress(service, asked);
        }
        return "";
    }

    /** An address that is free; null if none is. */
    private synchronized @Nullable String allocate(String namespace, String name) {
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
    private synchronized boolean take(String address) {
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
