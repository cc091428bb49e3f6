package dev.kintsugi.features.cluster.embedded.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a node says of itself: the Node object and the Lease.
 *
 * @param name of the node, which is its host name, too
 * @param address its internal address
 * @param capacity resources, all of them allocatable
 * @param kubeletPort where the kubelet answers; 0 when nobody need ask it
 */
record NodeObject(String name, String address, Map<String, Quantity> capacity, int kubeletPort) {

    static final String LEASES = "kube-node-lease";

    /** {@code silent} makes the node's agent fall silent for as long as it is there. */
    static final String KUBELET_ANNOTATION = "simulate.kintsugi.dev/kubelet";

    private static final String SILENT = "silent";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VERSION = "v1.28.0";

    /** The Node as it is registered. */
    Node initial(Instant now) {
        String os = "linux";
        String arch = architecture();
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(Map.of(
                        "kubernetes.io/hostname", name,
                        "kubernetes.io/os", os,
                        "kubernetes.io/arch", arch,
                        "beta.kubernetes.io/os", os,
                        "beta.kubernetes.io/arch", arch))
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withStatus(status(List.of(), true, now))
                .build();
    }

    /** The Lease by its name only. */
    Lease leaseName() {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(LEASES)
                .endMetadata()
                .build();
    }

    Lease lease(Node owner, long seconds, String renewTime) {
        Lease lease = new LeaseBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(LEASES)
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(name)
                .withUid(owner.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(name)
                .withLeaseDurationSeconds((int) seconds)
                .endSpec()
                .build();
        lease.getSpec().setRenewTime(java.time.ZonedDateTime.parse(renewTime));
        return lease;
    }

    /**
     * Whether an annotation asks for silence.
     *
     * @throws IllegalArgumentException when it says anything else than {@code silent}
     */
    static boolean asksForSilence(Node node) {
        Map<String, String> annotations = node.getMetadata().getAnnotations();
        String wish = annotations == null ? null : annotations.get(KUBELET_ANNOTATION);
        if (wish != null && !wish.equals(SILENT)) {
            throw new IllegalArgumentException(
                    "annotation " + KUBELET_ANNOTATION + ": '" + wish + "' is not understood; '" + SILENT
                            + "' makes the kubelet fall silent, without it the kubelet works");
        }
        return wish != null;
    }

    /**
     * A strategic merge patch that leaves conditions of others, such as a problem detector's, as they are.
     *
     * @param ready false for the instant after the agent has come back, in which it has not looked at its containers yet
     */
    String statusPatch(Node seen, boolean ready, Instant now) {
        ObjectNode patch = JSON.createObjectNode();
        List<NodeCondition> previous =
                seen.getStatus() == null ? List.of() : seen.getStatus().getConditions();
        patch.set("status", JSON.valueToTree(status(previous, ready, now)));
        return patch.toString();
    }

    private NodeStatus status(List<NodeCondition> previous, boolean ready, Instant now) {
        String id =
                UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        NodeStatusBuilder status = new NodeStatusBuilder();
        if (kubeletPort != 0) {
            status.withNewDaemonEndpoints().withNewKubeletEndpoint(kubeletPort).endDaemonEndpoints();
        }
        return status.withCapacity(capacity)
                .withAllocatable(capacity)
                .withConditions(
                        condition(
                                previous,
                                now,
                                "MemoryPressure",
                                "False",
                                "KubeletHasSufficientMemory",
                                "kubelet has sufficient memory available"),
                        condition(
                                previous,
                                now,
                                "DiskPressure",
                                "False",
                                "KubeletHasNoDiskPressure",
                                "kubelet has no disk pressure"),
                        condition(
                                previous,
                                now,
                                "PIDPressure",
                                "False",
                                "KubeletHasSufficientPID",
                                "kubelet has sufficient PID available"),
                        ready
                                ? condition(
                                        previous,
                                        now,
                                        "Ready",
                                        "True",
                                        "KubeletReady",
                                        "kubelet is posting ready status")
                                : condition(
                                        previous,
                                        now,
                                        "Ready",
                                        "False",
                                        "KubeletNotReady",
                                        "container runtime status check may not have completed yet"))
                .withAddresses(new NodeAddress(address, "InternalIP"), new NodeAddress(name, "Hostname"))
                .withNewNodeInfo()
                .withMachineID(id.replace("-", ""))
                .withSystemUUID(id)
                .withBootID(id)
                .withKernelVersion(System.getProperty("os.version"))
                .withOsImage("Kintsugi embedded cluster")
                .withContainerRuntimeVersion("kintsugi://0.1.0")
                .withKubeletVersion(VERSION)
                .withKubeProxyVersion(VERSION)
                .withOperatingSystem("linux")
                .withArchitecture(architecture())
                .endNodeInfo()
                .build();
    }

    private static NodeCondition condition(
            List<NodeCondition> previous, Instant now, String type, String status, String reason, String message) {
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastHeartbeatTime(time)
                .withLastTransitionTime(previous.stream()
                        .filter(each ->
                                each.getType().equals(type) && each.getStatus().equals(status))
                        .map(NodeCondition::getLastTransitionTime)
                        .findFirst()
                        .orElse(time))
                .build();
    }

    private static String architecture() {
        String arch = System.getProperty("os.arch");
        return arch.equals("aarch64") ? "arm64" : arch;
    }
}
