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
 * The addresses of services: loopback, so that they need no set-up on the machine. Which one a service gets follows from the
 * seed and its name, so that it is the same in every run.
 */
final class ClusterIps {

    /** Left free at the begin of the range, as kube-apiserver leaves some for itself. */
    private static final int FIRST = 10;

    private final long seed;
    private final String cidr;
    private final int network;
    private final int size;
    private final Set<String> taken = new HashSet<>();

    /** @param cidr such as {@code 127.96.0.0/16}, from /8 to /26 */
    ClusterIps(long seed, String cidr) {
        this.seed = seed;
        this.cidr = cidr;
        int slash = cidr.indexOf('/');
        int prefix = Integer.parseInt(cidr.substring(slash + 1));
        this.network = number(cidr.substring(0, slash));
        this.size = 1 << (32 - prefix);
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
        if (isAddress(asked)) {
            if (!inRange(asked)) {
                throw ApiException.invalid(
                        "",
                        "Service",
                        key.name(),
                        List.of(Cause.invalid(
                                "spec.clusterIPs",
                                "[]string{" + Fields.quoted(asked) + "}",
                                "failed to allocate IP " + asked + ": the provided IP (" + asked
                                        + ") is not in the valid range. The range of valid IPs is " + cidr)));
            }
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
        int range = size - 1 - FIRST;
        int start = Math.floorMod(Objects.hash(seed, namespace, name), range);
        for (int i = 0; i < range; i++) {
            int number = network + FIRST + (start + i) % range;
            String address =
                    (number >>> 24) + "." + (number >> 16 & 0xff) + "." + (number >> 8 & 0xff) + "." + (number & 0xff);
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

    /** Whether an address is asked for, and not {@code None} or nothing. */
    private static boolean isAddress(String asked) {
        return !asked.isEmpty() && !asked.equals("None");
    }

    /** Whether the address lies in the range that services get theirs from. */
    private boolean inRange(String address) {
        return address.matches("\\d{1,3}(\\.\\d{1,3}){3}")
                && number(address) > network
                && number(address) < network + size - 1;
    }

    private static int number(String address) {
        int number = 0;
        for (String part : address.split("\\.", -1)) {
            number = number << 8 | Integer.parseInt(part);
        }
        return number;
    }
}
