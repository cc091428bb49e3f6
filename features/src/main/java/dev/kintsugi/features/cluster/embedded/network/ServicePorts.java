package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.features.cluster.embedded.EndpointAddresses;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a Service and its EndpointSlices mean to a proxy, by the rules of kube-proxy. Pure. */
final class ServicePorts {

    private static final int DEFAULT_AFFINITY_SECONDS = 10_800;

    /**
     * Where connections to one port of a Service go.
     *
     * @param endpoints each as likely as the other; none means that connections are refused
     * @param affinity how long after its last connection a client stays with its endpoint, zero for not at all
     */
    record Backends(List<InetSocketAddress> endpoints, Duration affinity) {
        static final Backends NONE = new Backends(List.of(), Duration.ZERO);
    }

    private ServicePorts() {}

    /**
     * The backends of each address that the Service is reached at.
     *
     * <p>Only TCP ports of Services with a cluster IP count; headless and external-name ones have none. A port's endpoints
     * are those of the slices' port of the same name. Ready ones are taken; when there is none, those that still serve
     * though they terminate (KEP-1669). A missing {@code ready} means true, a missing {@code serving} the same as ready, a
     * missing {@code terminating} false.
     *
     * @param addresses how pods' addresses are written into endpoints
     * @throws IllegalArgumentException if the cluster IP or an endpoint lies outside 127.0.0.0/8
     */
    static Map<InetSocketAddress, Backends> of(
            Service service, Collection<EndpointSlice> slices, EndpointAddresses addresses) {
        ServiceSpec spec = service.getSpec();
        Map<InetSocketAddress, Backends> backends = new LinkedHashMap<>();
        if (spec == null || !hasClusterIp(spec)) {
            return backends;
        }
        Duration affinity = affinity(spec);
        for (ServicePort port : spec.getPorts()) {
            if (isTcp(port.getProtocol())) {
                backends.put(
                        new InetSocketAddress(LoopbackAddress.parse(spec.getClusterIP()), port.getPort()),
                        new Backends(endpoints(port.getName(), slices, addresses), affinity));
            }
        }
        return backends;
    }

    private static boolean hasClusterIp(ServiceSpec spec) {
        String ip = spec.getClusterIP();
        return ip != null && !ip.isEmpty() && !ip.equals("None") && !"ExternalName".equals(spec.getType());
    }

    private static boolean isTcp(@Nullable String protocol) {
        return protocol == null || protocol.equals("TCP");
    }

    private static Duration affinity(ServiceSpec spec) {
        if (!"ClientIP".equals(spec.getSessionAffinity())) {
            return Duration.ZERO;
        }
        var config = spec.getSessionAffinityConfig();
        Integer seconds = config == null || config.getClientIP() == null
                ? null
                : config.getClientIP().getTimeoutSeconds();
        return Duration.ofSeconds(seconds == null ? DEFAULT_AFFINITY_SECONDS : seconds);
    }

    private static List<InetSocketAddress> endpoints(
            @Nullable String portName, Collection<EndpointSlice> slices, EndpointAddresses addresses) {
        Set<InetSocketAddress> ready = new LinkedHashSet<>();
        Set<InetSocketAddress> leaving = new LinkedHashSet<>();
        for (EndpointSlice slice : slices) {
            Integer port = portNumber(portName, slice);
            if (port == null || !"IPv4".equals(slice.getAddressType())) {
                continue;
            }
            for (Endpoint endpoint : slice.getEndpoints()) {
                Set<InetSocketAddress> kind = isReady(endpoint) ? ready : isServingToTheLast(endpoint) ? leaving : null;
                if (kind != null && !endpoint.getAddresses().isEmpty()) {
                    kind.add(new InetSocketAddress(
                            LoopbackAddress.parse(
                                    addresses.dialled(endpoint.getAddresses().get(0))),
                            port));
                }
            }
        }
        return new ArrayList<>(ready.isEmpty() ? leaving : ready);
    }

    private static @Nullable Integer portNumber(@Nullable String name, EndpointSlice slice) {
        for (EndpointPort port : slice.getPorts()) {
            if (isTcp(port.getProtocol())
                    && Objects.requireNonNullElse(port.getName(), "").equals(Objects.requireNonNullElse(name, ""))) {
                return port.getPort();
            }
        }
        return null;
    }

    private static boolean isReady(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.getConditions();
        return conditions == null || !Boolean.FALSE.equals(conditions.getReady());
    }

    private static boolean isServingToTheLast(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.getConditions();
        return conditions != null
                && Boolean.TRUE.equals(conditions.getServing())
                && Boolean.TRUE.equals(conditions.getTerminating());
    }
}
