package dev.kintsugi.features.cluster.embedded.network;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Picks the endpoint of each new connection as kube-proxy's iptables rules do: at random, or, with session affinity, the one
 * that the client had last, as long as it is there and the time since its last connection has not run out. Pure.
 */
final class EndpointChoice {

    private static final int MOST_CLIENTS = 10_000;

    private record Last(InetSocketAddress endpoint, long atNanos) {}

    private final SplittableRandom random;
    private final Map<InetAddress, Last> lastByClient = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Last> eldest) {
            return size() > MOST_CLIENTS;
        }
    };
    private ServicePorts.Backends backends = ServicePorts.Backends.NONE;

    EndpointChoice(long seed) {
        this.random = new SplittableRandom(seed);
    }

    void update(ServicePorts.Backends current) {
        backends = current;
    }

    /** The endpoint for a connection of this client at this time of a monotonic clock, or null if there is none. */
    @Nullable InetSocketAddress pick(InetAddress client, long nowNanos) {
        if (backends.endpoints().isEmpty()) {
            return null;
        }
        if (backends.affinity().isZero()) {
            return any();
        }
        Last last = lastByClient.get(client);
        InetSocketAddress picked = last != null && isValid(last, nowNanos) ? last.endpoint() : any();
        lastByClient.put(client, new Last(picked, nowNanos));
        return picked;
    }

    private boolean isValid(Last last, long nowNanos) {
        return nowNanos - last.atNanos() < backends.affinity().toNanos()
                && backends.endpoints().contains(last.endpoint());
    }

    private InetSocketAddress any() {
        return backends.endpoints().get(random.nextInt(backends.endpoints().size()));
    }
}
