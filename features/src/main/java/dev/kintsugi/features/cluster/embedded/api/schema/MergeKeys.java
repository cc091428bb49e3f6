package dev.kintsugi.features.cluster.embedded.api.schema;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a strategic merge patch treats the fields of built-in types: the {@code patchStrategy} and {@code patchMergeKey}
 * tags of k8s.io/api 1.28. A field that is not listed is replaced if it is a list and merged if it is an object.
 */
final class MergeKeys {

    private static final Map<String, MergeRule> RULES = Map.ofEntries(
            set("ObjectMeta.finalizers"),
            by("ObjectMeta.ownerReferences", "uid"),
            Map.entry("PodSpec.volumes", new MergeRule("name", true, true)),
            by("PodSpec.initContainers", "name"),
            by("PodSpec.containers", "name"),
            by("PodSpec.ephemeralContainers", "name"),
            by("PodSpec.imagePullSecrets", "name"),
            by("PodSpec.hostAliases", "ip"),
            by("PodSpec.topologySpreadConstraints", "topologyKey"),
            by("PodSpec.schedulingGates", "name"),
            Map.entry("PodSpec.resourceClaims", new MergeRule("name", true, true)),
            by("PodStatus.conditions", "type"),
            by("PodStatus.podIPs", "ip"),
            by("Container.ports", "containerPort"),
            by("Container.env", "name"),
            by("Container.volumeMounts", "mountPath"),
            by("Container.volumeDevices", "devicePath"),
            by("EphemeralContainer.ports", "containerPort"),
            by("EphemeralContainer.env", "name"),
            by("EphemeralContainer.volumeMounts", "mountPath"),
            by("EphemeralContainer.volumeDevices", "devicePath"),
            by("ServiceSpec.ports", "port"),
            by("ServiceStatus.conditions", "type"),
            by("ServiceAccount.secrets", "name"),
            set("NodeSpec.podCIDRs"),
            by("NodeStatus.conditions", "type"),
            by("NodeStatus.addresses", "type"),
            by("NamespaceStatus.conditions", "type"),
            by("PersistentVolumeClaimStatus.conditions", "type"),
            by("ReplicationControllerStatus.conditions", "type"),
            Map.entry("DeploymentSpec.strategy", new MergeRule(null, true, true)),
            by("DeploymentStatus.conditions", "type"),
            by("ReplicaSetStatus.conditions", "type"),
            by("StatefulSetStatus.conditions", "type"),
            by("DaemonSetStatus.conditions", "type"),
            by("JobStatus.conditions", "type"),
            by("PodDisruptionBudgetStatus.conditions", "type"),
            by("HorizontalPodAutoscalerStatus.conditions", "type"));

    private MergeKeys() {}

    /** The rule for a field of a Go struct, or null for Kubernetes' default. */
    static @Nullable MergeRule find(String struct, String field) {
        return RULES.get(struct + "." + field);
    }

    private static Map.Entry<String, MergeRule> by(String field, String key) {
        return Map.entry(field, new MergeRule(key, true, false));
    }

    private static Map.Entry<String, MergeRule> set(String field) {
        return Map.entry(field, new MergeRule(null, true, false));
    }
}
