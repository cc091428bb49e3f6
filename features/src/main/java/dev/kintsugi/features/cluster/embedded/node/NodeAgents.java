package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import dev.kintsugi.features.cluster.embedded.network.PodLink;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.runtime.ContainerRuntime;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The node agents of a cluster, all in this JVM: an ordinary client of the Kubernetes API that registers nodes and runs the pods bound to
 * them, as the kubelet does. All nodes share one watch of pods and one of nodes, one set of threads and one container runtime.
 *
 * <p>What is run as a process and what is simulated is for {@link Images} to say; what a simulated container does, for its command, its
 * image and the annotations of {@link dev.kintsugi.features.cluster.embedded.node.simulation.Simulation}; which images there are, for
 * {@link dev.kintsugi.features.cluster.embedded.node.simulation.ImageStore}. The annotation {@code simulate.kintsugi.dev/kubelet: silent}
 * of a node silences its agent, as {@link #silence} does.
 *
 * <p>Not supported, and said so by an Event where it matters: for processes, {@code exec} and {@code grpc} probes and hooks other than
 * {@code httpGet}; for all, volumes, ephemeral and sidecar containers, taking over containers of a former agent.
 */
public final class NodeAgents implements AutoCloseable {

    private static final int TIMER_THREADS = 2;
    private static final int BLOCKING_THREADS = 4;

    private final Map<String, NodeAgent> agents = new LinkedHashMap<>();
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService blocking;
    private final Shared shared;
    private final SharedIndexInformer<Pod> pods;
    private final SharedIndexInformer<Node> nodes;

    private NodeAgents(KubernetesClient client, NodeOptions options, PodNetwork network, InstantSource clock) {
        timer = new ScheduledThreadPoolExecutor(TIMER_THREADS, threads("node-agent"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        blocking = Executors.newFixedThreadPool(BLOCKING_THREADS, threads("node-agent-io"));
        Prober prober = new Prober();
        shared = new Shared(
                client,
                options,
                clock,
                timer,
                blocking,
                ContainerRuntime.start(timer, clock, options.seed()),
                network,
                new PodAddresses(options.podCidr(), options.seed(), clock),
                prober,
                new Hooks(prober, timer),
                new EventWriter(client, blocking),
                new PodIndex(),
                new ContainerLogs());
        SplittableRandom random = new SplittableRandom(options.seed());
        for (String name : options.names()) {
            String address = options.addresses().get(agents.size());
            Duration offset = Duration.ofNanos(
                    random.nextLong(options.timings().plegRelist().toNanos()));
            agents.put(
                    name,
                    new NodeAgent(
                            shared, new NodeObject(name, address, options.capacity(), options.kubeletPort()), offset));
        }
        pods = client.pods().inAnyNamespace().runnableInformer(0);
        pods.exceptionHandler((started, failure) -> true);
        pods.addEventHandler(new PodDispatcher());
        nodes = client.nodes().runnableInformer(0);
        nodes.exceptionHandler((started, failure) -> true);
        nodes.addEventHandler(new NodeDispatcher());
    }

    /**
     * Registers the nodes and begins to run pods.
     *
     * @param client of the cluster's API; stays the caller's, as does the network
     * @throws KubernetesClientException when the API server refuses the nodes or cannot be reached
     */
    public static NodeAgents start(KubernetesClient client, NodeOptions options, PodNetwork network) {
        NodeAgents agents = new NodeAgents(client, options, network, InstantSource.system());
        try {
            agents.register();
            agents.nodes.start().toCompletableFuture().join();
            agents.pods.start().toCompletableFuture().join();
        } catch (CompletionException e) {
            agents.close();
            throw e.getCause() instanceof KubernetesClientException refused ? refused : e;
        }
        return agents;
    }

    private void register() {
        CompletableFuture.allOf(agents.values().stream()
                        .map(agent -> CompletableFuture.runAsync(agent::register, blocking))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    /** The running container of a pod; empty when there is no such pod here, or the container does not run now. */
    public Optional<RunningContainer> container(String namespace, String pod, String container) {
        return worker(namespace, pod).flatMap(worker -> worker.sandbox().container(container));
    }

    /** The address of a pod, once it has one. */
    public Optional<String> podIp(String namespace, String pod) {
        return worker(namespace, pod).flatMap(worker -> worker.sandbox().podIp());
    }

    /** A pod's link to the network; empty for a pod of simulated containers only. */
    public Optional<PodLink> link(String namespace, String pod) {
        return worker(namespace, pod).flatMap(worker -> worker.sandbox().link());
    }

    /** The logs of the containers that are processes, for the API server. */
    public PodLogs logs() {
        return shared.logs();
    }

    /**
     * Makes a node fall silent, as if its kubelet had died: no Lease, no status, no probes, no restarts; its containers run on. The
     * same can be had through the API, see above; the node is silent while either wants it.
     *
     * @throws IllegalArgumentException when there is no such node
     */
    public void silence(String node) {
        agent(node).silence();
    }

    /**
     * Ends the silence of a node. It is not ready for an instant and then ready; what it has missed it now does.
     *
     * @throws IllegalArgumentException when there is no such node
     */
    public void restore(String node) {
        agent(node).restore();
    }

    private NodeAgent agent(String node) {
        NodeAgent agent = agents.get(node);
        if (agent == null) {
            throw new IllegalArgumentException("there is no node '" + node + "'; there are " + agents.keySet());
        }
        return agent;
    }

    private Optional<PodWorker> worker(String namespace, String pod) {
        return shared.index().find(namespace, pod);
    }

    /** Kills every process, takes every link away and gives all addresses back. The nodes' objects stay. */
    @Override
    public void close() {
        agents.values().forEach(NodeAgent::stop);
        pods.stop();
        nodes.stop();
        shared.runtime().close();
        agents.values().forEach(agent -> agent.workers()
                .forEach(worker -> worker.sandbox().disconnect()));
        timer.shutdownNow();
        blocking.shutdownNow();
        shared.prober().close();
        shared.addresses().close();
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Gives each pod to the agent of the node it is bound to. */
    private final class PodDispatcher implements ResourceEventHandler<Pod> {

        @Override
        public void onAdd(Pod pod) {
            agentOf(pod).ifPresent(agent -> agent.pod(pod));
        }

        @Override
        public void onUpdate(Pod before, Pod after) {
            if (!before.getMetadata().getUid().equals(after.getMetadata().getUid())) {
                onDelete(before, true);
            }
            onAdd(after);
        }

        @Override
        public void onDelete(Pod last, boolean unknownLastState) {
            agentOf(last).ifPresent(agent -> agent.podRemoved(last));
        }

        private Optional<NodeAgent> agentOf(Pod pod) {
            String node = pod.getSpec().getNodeName();
            return node == null ? Optional.empty() : Optional.ofNullable(agents.get(node));
        }
    }

    /** Gives each Node to its agent. */
    private final class NodeDispatcher implements ResourceEventHandler<Node> {

        @Override
        public void onAdd(Node node) {
            agentOf(node).ifPresent(agent -> agent.node(node));
        }

        @Override
        public void onUpdate(Node before, Node after) {
            onAdd(after);
        }

        @Override
        public void onDelete(Node last, boolean unknownLastState) {
            agentOf(last).ifPresent(NodeAgent::nodeRemoved);
        }

        private Optional<NodeAgent> agentOf(Node node) {
            return Optional.ofNullable(agents.get(node.getMetadata().getName()));
        }
    }
}
