package dev.kintsugi.features.cluster;

import dev.kintsugi.chaos.emulation.ChaosMeshEmulation;
import dev.kintsugi.features.cluster.embedded.EndpointAddresses;
import dev.kintsugi.features.cluster.embedded.control.ControlPlane;
import dev.kintsugi.features.cluster.embedded.mesh.NodeChaosDaemon;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.network.ServiceProxy;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * What makes a cluster of an API server: the control loops, the node agents with the network of their pods, the Service proxy and Chaos
 * Mesh's controllers. All of them are ordinary clients of its API, whoever's API server it is.
 */
public final class Machinery implements AutoCloseable {

    private static final Duration NODES_READY = Duration.ofMinutes(2);

    /** How Chaos Mesh is there. */
    public enum Mesh {
        /** As its Helm chart sets it up. */
        ON,
        /**
         * With {@code controllerManager.enableFilterNamespace}: experiments choose only from namespaces with the annotation
         * {@code chaos-mesh.org/inject: enabled}.
         */
        FILTERED,
        /** Not at all. */
        OFF
    }

    /**
     * How it is to be.
     *
     * @param nodes the nodes, their pace and the seed of all that is left to chance
     * @param endpoints how pods' addresses are written into endpoints
     * @param stressorClassPath where the class of the stressor is
     * @param chaosMesh whether, and how, Chaos Mesh's resources and controllers are there
     */
    public record Options(NodeOptions nodes, EndpointAddresses endpoints, String stressorClassPath, Mesh chaosMesh) {

        /** For an API server that takes loopback addresses as they are. */
        static Options plain(NodeOptions nodes, String stressorClassPath, Mesh chaosMesh) {
            return new Options(nodes, EndpointAddresses.SAME, stressorClassPath, chaosMesh);
        }
    }

    private final Parts parts = new Parts();
    private final NodeAgents nodes;
    private final NodeChaosDaemon daemon;

    private Machinery(KubernetesClient client, Options options) {
        NodeOptions wanted = options.nodes();
        InstantSource clock = InstantSource.system();
        try {
            parts.add(ControlPlane.start(client, wanted.timings(), options.endpoints(), clock, wanted.seed()));
            PodNetwork network = parts.add(PodNetwork.start(wanted.seed()));
            nodes = parts.add(NodeAgents.start(client, wanted, network));
            parts.add(ServiceProxy.start(client, network, options.endpoints(), wanted.seed()));
            daemon = new NodeChaosDaemon(nodes, network, options.stressorClassPath());
            if (options.chaosMesh() != Mesh.OFF) {
                parts.add(ChaosMeshEmulation.start(
                        client,
                        daemon,
                        clock,
                        new ChaosMeshEmulation.Options(
                                wanted.seed(), options.chaosMesh() == Mesh.FILTERED, ZoneId.systemDefault())));
                ChaosMesh.markAsEmulated(client);
            }
            awaitNodes(client, wanted.names().size());
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /**
     * Sets it going; the nodes are ready when this returns.
     *
     * @param client of the cluster's API; stays the caller's
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the API server cannot be reached
     */
    public static Machinery start(KubernetesClient client, Options options) {
        return new Machinery(client, options);
    }

    private static void awaitNodes(KubernetesClient client, int count) {
        Awaitility.await("all nodes ready")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(NODES_READY)
                .until(() -> client.nodes().list().getItems().stream()
                                .filter(node -> node.getStatus() != null
                                        && node.getStatus().getConditions().stream()
                                                .anyMatch(c -> c.getType().equals("Ready")
                                                        && c.getStatus().equals("True")))
                                .count()
                        == count);
    }

    /** The node agents, for an API server that asks them for logs and figures. */
    public NodeAgents nodes() {
        return nodes;
    }

    /** What faults have left behind on this machine, a line each. */
    public List<String> residue() {
        return daemon.inForce();
    }

    /** Ends every process and thread of it; the objects in the cluster stay as they are. */
    @Override
    public void close() {
        parts.close();
    }
}
