package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.network.PodLink;
import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun;
import dev.kintsugi.features.cluster.embedded.node.pod.Operation;
import dev.kintsugi.features.cluster.embedded.node.pod.ProbeKind;
import dev.kintsugi.features.cluster.embedded.node.pod.RuntimeView;
import dev.kintsugi.features.cluster.embedded.node.pod.WaitingReason;
import dev.kintsugi.features.cluster.embedded.node.runtime.ContainerLaunch;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import dev.kintsugi.features.cluster.embedded.node.simulation.Behaviour;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What one pod has on its node: an address, a link to the pod network and its containers. Used by one thread at a time. */
final class Sandbox {

    /** A container could not be started. */
    static final class StartException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient WaitingReason reason;

        StartException(String reason, Throwable cause) {
            super(cause);
            this.reason = new WaitingReason(reason, String.valueOf(cause.getMessage()));
        }

        WaitingReason reason() {
            return reason;
        }
    }

    private static final int ADDRESS_TRIES = 20;

    private final Shared shared;
    private final String hostIp;
    private final Map<String, RunningContainer> running = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> ends = new HashMap<>();
    private volatile List<ContainerRun> runs = List.of();
    private volatile @Nullable String podIp;
    private volatile @Nullable PodLink link;
    private boolean up;

    Sandbox(Shared shared, String hostIp) {
        this.shared = shared;
        this.hostIp = hostIp;
    }

    RuntimeView view() {
        return new RuntimeView(podIp, runs);
    }

    Optional<String> podIp() {
        return Optional.ofNullable(podIp);
    }

    Optional<PodLink> link() {
        return Optional.ofNullable(link);
    }

    /** The container of this name that runs now. */
    Optional<RunningContainer> container(String name) {
        return runs.stream()
                .filter(run -> run.container().equals(name) && run.running())
                .findFirst()
                .flatMap(run -> Optional.ofNullable(running.get(run.id())));
    }

    Optional<RunningContainer> container(ContainerRun run) {
        return running(run.id());
    }

    /** The container of the run with this id, if it runs. */
    Optional<RunningContainer> running(String runId) {
        return Optional.ofNullable(running.get(runId));
    }

    /** Completes when the end of a run has been taken note of. */
    CompletableFuture<Void> end(ContainerRun run) {
        return ends.getOrDefault(run.id(), CompletableFuture.completedFuture(null));
    }

    /**
     * Prepares and starts a container. May wait for the API server, so it is called on a thread that may.
     *
     * @return completes when it runs, or exceptionally with a {@link StartException}
     */
    CompletionStage<RunningContainer> launch(Pod pod, Operation.Start start) {
        Container container = start.container();
        try {
            Simulation simulation = Simulation.of(pod.getMetadata().getAnnotations(), container.getName());
            boolean real = shared.options().images().command(container).isPresent();
            if (real) {
                simulation.requireProcess();
            }
            String address = ensureNetwork(pod);
            Map<String, Quantity> allocatable = shared.options().capacity();
            Map<String, String> variables = new Environment(
                            shared.client(), pod, container, address, hostIp, allocatable)
                    .variables(real ? services(pod) : Map.of());
            Map<String, String> environment = new HashMap<>(variables);
            environment.put("HOSTNAME", pod.getMetadata().getName());
            environment.put("LISTEN_ADDRESS", listenAddress(address));
            ContainerLaunch launch = describe(pod, start, environment);
            Container expanded = Environment.expanded(container, variables);
            if (real) {
                List<String> command =
                        shared.options().images().command(expanded).orElseThrow();
                return CompletableFuture.completedStage(shared.runtime().startProcess(launch, command));
            }
            List<String> words = new ArrayList<>(expanded.getCommand());
            if (!words.isEmpty()) {
                words.addAll(expanded.getArgs());
            }
            boolean limited = launch.memoryLimit().isPresent();
            return shared.runtime().simulate(launch, Behaviour.of(container.getImage(), words, limited, simulation));
        } catch (Environment.ConfigException e) {
            return CompletableFuture.failedStage(new StartException("CreateContainerConfigError", e));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedStage(new StartException("CreateContainerError", e));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(new StartException("RunContainerError", e));
        }
    }

    /** Gives the pod its network, as the first start in it would. May wait. */
    void prepare(Pod pod) {
        ensureNetwork(pod);
    }

    /** Takes a container that was started into the pod. */
    ContainerRun begun(Pod pod, Operation.Start start, RunningContainer container) {
        String name = start.container().getName();
        String uid = pod.getMetadata().getUid();
        ContainerRun run = new ContainerRun(
                name, start.attempt(), id(uid, start), start.container().getImage(), shared.now(), null);
        running.put(run.id(), container);
        ends.put(run.id(), new CompletableFuture<>());
        List<ContainerRun> next = new ArrayList<>(List.of(run));
        runs.stream().filter(each -> !each.container().equals(name)).forEach(next::add);
        runs.stream().filter(each -> each.container().equals(name)).limit(1).forEach(next::add);
        runs = List.copyOf(next);
        container.log().ifPresent(log -> shared.logs().begun(uid, name, log));
        PodLink present = link;
        if (present != null && !up && !container.simulated()) {
            up = true;
            var unused = present.up();
        }
        return run;
    }

    /** Takes note of the end of a run. */
    void ended(ContainerRun run, ContainerRun.Exit exit) {
        running.remove(run.id());
        runs = runs.stream()
                .map(each -> each.id().equals(run.id()) ? each.ended(exit) : each)
                .toList();
        PodLink present = link;
        if (present != null && up && running.isEmpty()) {
            up = false;
            present.down();
        }
        Optional.ofNullable(ends.remove(run.id())).ifPresent(end -> end.complete(null));
    }

    /** Takes the pod's link away; the address stays its own until {@link #dispose()}. */
    void disconnect() {
        PodLink present = link;
        link = null;
        if (present != null) {
            present.close();
        }
    }

    void dispose() {
        disconnect();
        String address = podIp;
        if (address != null && !address.equals(hostIp)) {
            shared.addresses().giveBack(address);
        }
    }

    /** A pod in the network of its host has the host's address, and no link that could be harmed. */
    private synchronized String ensureNetwork(Pod pod) {
        boolean host = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        String address = host ? hostIp : podIp;
        for (int i = 0; address == null; i++) {
            String candidate = shared.addresses().take();
            try {
                link = connect(pod, candidate);
                address = candidate;
            } catch (IOException inUse) {
                if (i >= ADDRESS_TRIES) {
                    throw new UncheckedIOException(inUse.getMessage(), inUse);
                }
                shared.addresses().giveBack(candidate);
            }
        }
        podIp = address;
        return address;
    }

    private String listenAddress(String podAddress) {
        return podAddress.equals(hostIp) ? hostIp : PodAddresses.inside(podAddress);
    }

    /** Only a pod with a real process behind it has a link. */
    private @Nullable PodLink connect(Pod pod, String address) throws IOException {
        TreeSet<Integer> ports = new TreeSet<>();
        boolean real = false;
        for (Container container : pod.getSpec().getContainers()) {
            if (shared.options().images().command(container).isPresent()) {
                real = true;
                container.getPorts().stream()
                        .map(ContainerPort::getContainerPort)
                        .forEach(ports::add);
                for (ProbeKind kind : ProbeKind.values()) {
                    Probe probe = kind.of(container);
                    if (probe != null) {
                        port(probe).ifPresent(ports::add);
                    }
                }
            }
        }
        ObjectMeta meta = pod.getMetadata();
        return real
                ? shared.network()
                        .attach(meta.getNamespace(), meta.getName(), address, PodAddresses.inside(address), ports)
                : null;
    }

    private static Optional<Integer> port(Probe probe) {
        IntOrString port = probe.getHttpGet() != null
                ? probe.getHttpGet().getPort()
                : probe.getTcpSocket() != null ? probe.getTcpSocket().getPort() : null;
        return Optional.ofNullable(port).map(IntOrString::getIntVal);
    }

    private Map<String, String> services(Pod pod) {
        if (Boolean.FALSE.equals(pod.getSpec().getEnableServiceLinks())) {
            return Map.of();
        }
        List<Service> services = new ArrayList<>();
        Optional.ofNullable(shared.client()
                        .services()
                        .inNamespace("default")
                        .withName("kubernetes")
                        .get())
                .ifPresent(services::add);
        services.addAll(shared.client()
                .services()
                .inNamespace(pod.getMetadata().getNamespace())
                .list()
                .getItems());
        return ServiceVariables.of(services);
    }

    private ContainerLaunch describe(Pod pod, Operation.Start start, Map<String, String> environment) {
        ObjectMeta meta = pod.getMetadata();
        String name = start.container().getName();
        Path folder = shared.options()
                .folder()
                .resolve(meta.getNamespace() + "_" + meta.getName() + "_" + meta.getUid())
                .resolve(name);
        return new ContainerLaunch(
                meta.getNamespace() + "/" + meta.getName() + "/" + name,
                id(meta.getUid(), start),
                environment,
                memoryLimit(start.container()),
                folder.resolve(start.attempt() + ".log"),
                folder);
    }

    private static OptionalLong memoryLimit(Container container) {
        Map<String, Quantity> limits = container.getResources() == null
                ? null
                : container.getResources().getLimits();
        Quantity memory = limits == null ? null : limits.get("memory");
        return memory == null
                ? OptionalLong.empty()
                : OptionalLong.of(memory.getNumericalAmount().longValue());
    }

    /** As long as those of containerd, and the same for the same run of the same pod. */
    private static String id(String podUid, Operation.Start start) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((podUid + "/" + start.container().getName() + "/" + start.attempt())
                            .getBytes(StandardCharsets.UTF_8));
            return "kintsugi://" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
