package dev.kintsugi.features.cluster.embedded.mesh;

import dev.kintsugi.chaos.emulation.ChaosDaemon;
import dev.kintsugi.chaos.emulation.ChaosDaemonException;
import dev.kintsugi.chaos.emulation.NetworkFault;
import dev.kintsugi.chaos.emulation.stressor.Stressor;
import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.model.Percentage;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.cluster.embedded.network.LinkDirection;
import dev.kintsugi.features.cluster.embedded.network.LinkFault;
import dev.kintsugi.features.cluster.embedded.network.PodLink;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.runtime.AttachedProcess;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Chaos Mesh's daemon for nodes of the embedded cluster: network faults act on a pod's link, stressors are processes that belong
 * to the container, a kill is a SIGKILL. A container that is only simulated cannot be harmed, and it says so.
 */
public final class NodeChaosDaemon implements ChaosDaemon {

    private static final String LOSS = "/loss";
    private static final String DELAY = "/delay";
    private static final String PARTITION = "/partition";

    private final NodeAgents nodes;
    private final PodNetwork network;
    private final String classPath;
    private final Map<String, AttachedProcess> stressors = new ConcurrentHashMap<>();

    /** @param classPath where the stressor is */
    public NodeChaosDaemon(NodeAgents nodes, PodNetwork network, String classPath) {
        this.nodes = nodes;
        this.network = network;
        this.classPath = classPath;
    }

    @Override
    public void killContainer(PodInfo pod, String container) throws ChaosDaemonException {
        running(pod, container).kill();
    }

    @Override
    public void applyNetwork(String source, PodInfo pod, NetworkFault fault) throws ChaosDaemonException {
        PodLink link = network.link(pod.namespace(), pod.name())
                .orElseThrow(() -> new ChaosDaemonException("pod " + pod.id()
                        + " has no network that could be harmed: it is simulated, or it has no address yet"));
        Set<InetAddress> peers = addresses(fault.peers());
        if (fault instanceof NetworkFault.Netem netem) {
            if (netem.loss().value() > 0) {
                link.apply(
                        source + LOSS,
                        new LinkFault.Loss(
                                LinkDirection.EGRESS, peers, share(netem.loss()), share(netem.lossCorrelation())));
            }
            if (!netem.latency().isZero() || !netem.jitter().isZero()) {
                link.apply(
                        source + DELAY,
                        new LinkFault.Delay(
                                LinkDirection.EGRESS,
                                peers,
                                netem.latency(),
                                netem.jitter(),
                                share(netem.latencyCorrelation())));
            }
        } else if (fault instanceof NetworkFault.Partition partition) {
            LinkDirection direction = partition.egress() && partition.ingress()
                    ? LinkDirection.BOTH
                    : partition.egress() ? LinkDirection.EGRESS : LinkDirection.INGRESS;
            link.apply(source + PARTITION, new LinkFault.Partition(direction, peers));
        }
    }

    @Override
    public void clearNetwork(String source, PodInfo pod) {
        network.link(pod.namespace(), pod.name()).ifPresent(link -> {
            link.clear(source + LOSS);
            link.clear(source + DELAY);
            link.clear(source + PARTITION);
        });
    }

    @Override
    public String startStressor(PodInfo pod, String container, StressorSpec spec) throws ChaosDaemonException {
        try {
            AttachedProcess stressor = running(pod, container)
                    .attach(Stressor.command(Path.of(System.getProperty("java.home")), classPath, spec));
            String instance = Long.toString(stressor.pid());
            stressors.put(instance, stressor);
            return instance;
        } catch (UnsupportedOperationException | IllegalStateException e) {
            throw new ChaosDaemonException("container " + container + " of pod " + pod.id() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void stopStressor(PodInfo pod, String container, String instance) {
        AttachedProcess stressor = stressors.remove(instance);
        if (stressor != null) {
            stressor.close();
        }
    }

    /** What is in force now, a line each. */
    public List<String> inForce() {
        List<String> lines = new ArrayList<>();
        stressors.values().removeIf(stressor -> !stressor.isAlive());
        stressors.keySet().forEach(instance -> lines.add("stressor process " + instance + " is alive"));
        for (PodLink link : network.links()) {
            link.faults()
                    .forEach((id, fault) -> lines.add(
                            "pod " + link.namespace() + "/" + link.podName() + " has the network fault " + id));
        }
        return lines;
    }

    private RunningContainer running(PodInfo pod, String container) throws ChaosDaemonException {
        RunningContainer running = nodes.container(pod.namespace(), pod.name(), container)
                .orElseThrow(() -> new ChaosDaemonException(
                        "container " + container + " of pod " + pod.id() + " does not run now"));
        if (running.simulated()) {
            throw new ChaosDaemonException("container " + container + " of pod " + pod.id()
                    + " is simulated: there is no process to harm; only images that the"
                    + " node agent knows run as processes on the embedded cluster");
        }
        return running;
    }

    private static double share(Percentage percentage) {
        return percentage.value() / 100;
    }

    private static Set<InetAddress> addresses(List<String> peers) throws ChaosDaemonException {
        Set<InetAddress> addresses = new HashSet<>();
        for (String peer : peers) {
            try {
                addresses.add(InetAddress.getByName(peer));
            } catch (UnknownHostException e) {
                throw new ChaosDaemonException(
                        "target " + peer
                                + " is no address of one host, and the embedded cluster knows no other targets",
                        e);
            }
        }
        return addresses;
    }
}
