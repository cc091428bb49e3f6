package dev.kintsugi.features.cluster.embedded.mesh;

import dev.kintsugi.chaos.emulation.ChaosDaemon;
import dev.kintsugi.chaos.emulation.ChaosDaemonException;
import dev.kintsugi.chaos.emulation.HttpFault;
import dev.kintsugi.chaos.emulation.NetworkFault;
import dev.kintsugi.chaos.emulation.stressor.Stressor;
import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.cluster.embedded.network.PodLink;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.runtime.AttachedProcess;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Chaos Mesh's daemon for nodes of the embedded cluster: network faults act on a pod's link, stressors are processes that belong
 * to the container, a kill is a SIGKILL. A container that is only simulated cannot be harmed, and it says so.
 */
public final class NodeChaosDaemon implements ChaosDaemon {

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
        link(pod).apply(source, NetworkTranslation.of(fault));
    }

    private PodLink link(PodInfo pod) throws ChaosDaemonException {
        return network.link(pod.namespace(), pod.name())
                .orElseThrow(() -> new ChaosDaemonException("pod " + pod.id()
                        + " has no network that could be harmed: it is simulated, or it has no address yet"));
    }

    @Override
    public void clearNetwork(String source, PodInfo pod) {
        network.link(pod.namespace(), pod.name()).ifPresent(link -> link.clear(source));
    }

    @Override
    public void applyHttp(String source, PodInfo pod, HttpFault fault) throws ChaosDaemonException {
        try {
            link(pod).applyHttp(source, fault);
        } catch (IllegalArgumentException e) {
            throw new ChaosDaemonException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void clearHttp(String source, PodInfo pod) {
        network.link(pod.namespace(), pod.name()).ifPresent(link -> link.clearHttp(source));
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
            link.httpMet()
                    .keySet()
                    .forEach(id -> lines.add(
                            "pod " + link.namespace() + "/" + link.podName() + " has the HTTP rule " + id));
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
}
