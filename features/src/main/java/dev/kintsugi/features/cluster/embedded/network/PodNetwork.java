package dev.kintsugi.features.cluster.embedded.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pod network of one embedded cluster. Every pod has a link, the counterpart of its veth: a front on the pod's address
 * that relays to the process behind it. All that wants something of a pod, be it a Service, a probe or a user, crosses the
 * link, and so meets whatever is wrong with it.
 *
 * <p>Thread-safe. Closing it closes every link and resets every connection.
 */
public final class PodNetwork implements AutoCloseable {

    private final EventLoops loops = new EventLoops();
    private final Map<Inet4Address, PodLink> links = new ConcurrentHashMap<>();
    private final Map<InetAddress, ConnectionPath.Caller> callers = new ConcurrentHashMap<>();
    private final long seed;

    private PodNetwork(long seed) {
        this.seed = seed;
    }

    /**
     * Starts an empty network.
     *
     * @param seed of what the faults leave to chance
     */
    public static PodNetwork start(long seed) {
        return new PodNetwork(seed);
    }

    /**
     * Gives a pod its link, closed for now: connections are refused until {@link PodLink#up()}.
     *
     * @param podIp the pod's address in the cluster (the front), in 127.0.0.0/8
     * @param insideIp the address that the pod's process listens on, in 127.0.0.0/8
     * @param ports the TCP ports of its containers (and of its probes, if they name others), 1 to 65535; may be empty
     * @throws IOException if the front of a port cannot be bound: the address is in use, or the port needs a privilege
     * @throws IllegalArgumentException if an address or a port is out of range
     * @throws IllegalStateException if another pod has this address
     */
    public PodLink attach(String namespace, String podName, String podIp, String insideIp, Collection<Integer> ports)
            throws IOException {
        Inet4Address front = LoopbackAddress.parse(podIp);
        Inet4Address inside = LoopbackAddress.parse(insideIp);
        SortedSet<Integer> sorted = new TreeSet<>(ports);
        for (int port : sorted) {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(
                        "port " + port + " of pod " + namespace + "/" + podName + " is not between 1 and 65535");
            }
        }
        PodLink link = new PodLink(
                namespace,
                podName,
                front,
                inside,
                sorted,
                loops,
                seed ^ front.hashCode(),
                callers::get,
                () -> links.values().forEach(PodLink::pathChanged),
                () -> detach(front, inside));
        PodLink other = links.putIfAbsent(front, link);
        if (other != null) {
            throw new IllegalStateException(
                    "pod address " + podIp + ", wanted for " + link.pod() + ", belongs to " + other.pod());
        }
        try {
            link.requireFrontsFree();
        } catch (IOException e) {
            links.remove(front, link);
            throw e;
        }
        callers.put(inside, new ConnectionPath.Caller(link.path(), front));
        return link;
    }

    private void detach(Inet4Address front, Inet4Address inside) {
        links.remove(front);
        callers.remove(inside);
    }

    /** The link of the pod of this name, if it has one. */
    public Optional<PodLink> link(String namespace, String podName) {
        return links.values().stream()
                .filter(link ->
                        link.namespace().equals(namespace) && link.podName().equals(podName))
                .findFirst();
    }

    /** All links, in no order. */
    public Collection<PodLink> links() {
        return List.copyOf(links.values());
    }

    EventLoops loops() {
        return loops;
    }

    @Override
    public void close() {
        links().forEach(PodLink::close);
        loops.close();
    }
}
