package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.features.cluster.embedded.EndpointAddresses;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of kube-proxy: an ordinary client of the Kubernetes API that listens on the cluster IP of every Service and
 * relays each new connection to one of its ready endpoints, chosen at random, as in iptables mode. A change of an
 * EndpointSlice is in force as soon as it has been heard of.
 *
 * <p>Where it differs from iptables, because it accepts before it knows: a client whose endpoint refuses is reset after it
 * has connected, instead of being refused. A pod sees the client's address if the client used one of its own (not
 * 127.0.0.1).
 */
public final class ServiceProxy implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);
    private static final String SERVICE_OF_SLICE = "kubernetes.io/service-name";

    private record Key(String namespace, String name) {
        static Key of(HasMetadata object) {
            return new Key(
                    object.getMetadata().getNamespace(), object.getMetadata().getName());
        }

        @Override
        public String toString() {
            return namespace + "/" + name;
        }
    }

    private final EventLoops loops;
    private final EventLoop loop;
    private final long seed;
    private final EndpointAddresses endpoints;
    private final Map<Key, Service> services = new HashMap<>();
    private final Map<Key, Map<String, EndpointSlice>> slices = new HashMap<>();
    private final Map<Key, Set<InetSocketAddress>> addresses = new HashMap<>();
    private final Map<InetSocketAddress, ServiceFront> fronts = new ConcurrentHashMap<>();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    private ServiceProxy(EventLoops loops, EndpointAddresses endpoints, long seed) {
        this.loops = loops;
        this.loop = loops.next();
        this.endpoints = endpoints;
        this.seed = seed;
    }

    /**
     * Starts a proxy and returns when it knows all Services and EndpointSlices there are.
     *
     * @param client of the cluster; remains the caller's
     * @param network whose threads it shares; must outlive the proxy
     * @param seed of the choice of endpoints
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster does not answer
     */
    public static ServiceProxy start(KubernetesClient client, PodNetwork network, long seed) {
        return start(client, network, EndpointAddresses.SAME, seed);
    }

    /**
     * The same, for an API server that may not be the project's own.
     *
     * @param endpoints how pods' addresses are written into endpoints
     */
    public static ServiceProxy start(
            KubernetesClient client, PodNetwork network, EndpointAddresses endpoints, long seed) {
        ServiceProxy proxy = new ServiceProxy(network.loops(), endpoints, seed);
        try {
            proxy.watch(client);
        } catch (RuntimeException e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    private void watch(KubernetesClient client) {
        informers.add(client.services().inAnyNamespace().inform(new Changes<>() {
            @Override
            void changed(Service service) {
                services.put(Key.of(service), service);
                apply(Key.of(service));
            }

            @Override
            void deleted(Service service) {
                services.remove(Key.of(service));
                apply(Key.of(service));
            }
        }));
        informers.add(client.discovery().v1().endpointSlices().inAnyNamespace().inform(new Changes<>() {
            @Override
            void changed(EndpointSlice slice) {
                Key service = serviceOf(slice);
                if (service != null) {
                    slices.computeIfAbsent(service, key -> new HashMap<>())
                            .put(slice.getMetadata().getName(), slice);
                    apply(service);
                }
            }

            @Override
            void deleted(EndpointSlice slice) {
                Key service = serviceOf(slice);
                Map<String, EndpointSlice> left = service == null ? null : slices.get(service);
                if (service != null && left != null) {
                    left.remove(slice.getMetadata().getName());
                    if (left.isEmpty()) {
                        slices.remove(service);
                    }
                    apply(service);
                }
            }
        }));
    }

    private static @Nullable Key serviceOf(EndpointSlice slice) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        String name = labels == null ? null : labels.get(SERVICE_OF_SLICE);
        return name == null ? null : new Key(slice.getMetadata().getNamespace(), name);
    }

    /** Brings the fronts of one Service in line with what is known of it. One that is no longer wanted just stops listening. */
    private void apply(Key service) {
        Map<InetSocketAddress, ServicePorts.Backends> wanted = wanted(service);
        Set<InetSocketAddress> former = addresses.getOrDefault(service, Set.of());
        former.stream()
                .filter(address -> !wanted.containsKey(address))
                .forEach(address -> update(service, address, ServicePorts.Backends.NONE));
        wanted.forEach((address, backends) -> update(service, address, backends));
        if (wanted.isEmpty()) {
            addresses.remove(service);
        } else {
            addresses.put(service, Set.copyOf(wanted.keySet()));
        }
    }

    private void update(Key service, InetSocketAddress address, ServicePorts.Backends backends) {
        ServiceFront front =
                fronts.computeIfAbsent(address, a -> new ServiceFront(loops.next(), a, seed ^ a.hashCode()));
        front.loop().execute(() -> front.update(service.toString(), backends));
    }

    private Map<InetSocketAddress, ServicePorts.Backends> wanted(Key key) {
        Service service = services.get(key);
        if (service == null) {
            return Map.of();
        }
        try {
            return ServicePorts.of(service, slices.getOrDefault(key, Map.of()).values(), endpoints);
        } catch (IllegalArgumentException e) {
            LOG.error("Service {} is not proxied: {}", key, e.getMessage());
            return Map.of();
        }
    }

    /** Why Services that should be reachable are not: one sentence each, naming address and Service; empty when all is well. */
    public List<String> problems() {
        return fronts.values().stream()
                .flatMap(front -> front.problem().stream())
                .toList();
    }

    /** Whether the watches still run; a proxy that hears nothing serves what it knew last. */
    public boolean isWatching() {
        return informers.stream().allMatch(SharedIndexInformer::isWatching);
    }

    /** Stops listening and resets every connection that came through a Service. */
    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
        if (loop.isShuttingDown()) {
            return;
        }
        loop.submit(() -> fronts.values().forEach(front -> front.loop().execute(front::close)))
                .syncUninterruptibly();
        loops.settle();
    }

    /** Hands what an informer reports to the loop that owns the proxy's state. */
    private abstract class Changes<T> implements ResourceEventHandler<T> {

        abstract void changed(T object);

        abstract void deleted(T object);

        @Override
        public void onAdd(T object) {
            loop.execute(() -> changed(object));
        }

        @Override
        public void onUpdate(T before, T object) {
            loop.execute(() -> changed(object));
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            loop.execute(() -> deleted(object));
        }
    }
}
