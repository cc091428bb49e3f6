package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.Timings;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The nodes of a cluster.
 *
 * @param names of the nodes, one agent each
 * @param timings the pace of the agents
 * @param images which images run as processes; all others are simulated
 * @param folder where the agents keep logs and working directories of containers
 * @param podCidr the range of loopback addresses that pods get theirs from; the address inside is one /16 further
 * @param capacity of each node: {@code cpu}, {@code memory}, {@code pods} and so on
 * @param kubeletPort the port that the nodes name for their kubelet, 1 to 65535; 0 when an API server need not ask it
 * @param seed of addresses, offsets and all else that is left to chance
 */
public record NodeOptions(
        List<String> names,
        Timings timings,
        Images images,
        Path folder,
        String podCidr,
        Map<String, Quantity> capacity,
        int kubeletPort,
        long seed) {

    /** The range that pods get their addresses from unless another one is asked for. */
    public static final String POD_CIDR = "127.64.0.0/16";

    private static final int PODS_PER_NODE = 110;
    private static final int NODES_PER_SUBNET = 250;

    public NodeOptions {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a cluster needs at least one node");
        }
        names = List.copyOf(names);
        capacity = Map.copyOf(capacity);
    }

    /** Nodes named "node1" and so on, each with the CPUs and the memory of this machine and room for 110 pods. */
    public static NodeOptions of(int nodes, Timings timings, Images images, Path folder, long seed) {
        List<String> names =
                IntStream.rangeClosed(1, nodes).mapToObj(i -> "node" + i).toList();
        return new NodeOptions(names, timings, images, folder, POD_CIDR, machine(), 0, seed);
    }

    /** The same nodes with pod addresses from another range. */
    public NodeOptions withPodCidr(String cidr) {
        return new NodeOptions(names, timings, images, folder, cidr, capacity, kubeletPort, seed);
    }

    /** The same nodes, whose kubelets answer at a port of their addresses. */
    public NodeOptions withKubeletPort(int port) {
        return new NodeOptions(names, timings, images, folder, podCidr, capacity, port, seed);
    }

    /** The internal address of each node, in the order of their names. */
    public List<String> addresses() {
        return IntStream.range(0, names.size())
                .mapToObj(index -> "127.63." + index / NODES_PER_SUBNET + "." + (index % NODES_PER_SUBNET + 1))
                .toList();
    }

    private static Map<String, Quantity> machine() {
        return Map.of(
                "cpu", new Quantity(Integer.toString(Runtime.getRuntime().availableProcessors())),
                "memory", new Quantity(memoryKibibytes() + "Ki"),
                "ephemeral-storage", new Quantity("100Gi"),
                "pods", new Quantity(Integer.toString(PODS_PER_NODE)));
    }

    private static long memoryKibibytes() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemTotal:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read how much memory this machine has", e);
        }
    }
}
