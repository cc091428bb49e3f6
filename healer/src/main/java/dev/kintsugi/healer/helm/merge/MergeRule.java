package dev.kintsugi.healer.helm.merge;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a strategic merge patch treats one field.
 *
 * @param strategy what is done with the present value
 * @param key the field by which the elements of a merged list are told apart; null for plain values and for objects
 * @param retainKeys whether the patch names the fields that stay ({@code $retainKeys})
 * @param struct the Go type of the object, or of the elements of the list; null if no rule lies below it
 */
record MergeRule(
        Strategy strategy,
        @Nullable String key,
        boolean retainKeys,
        @Nullable String struct) {

    enum Strategy {
        /** A list is replaced, an object merged: Kubernetes' default. */
        DEFAULT,
        MERGE,
        REPLACE
    }

    private static final MergeRule PLAIN = new MergeRule(Strategy.DEFAULT, null, false, null);

    /**
     * The {@code patchStrategy} and {@code patchMergeKey} tags of k8s.io/api 1.28, by Go type and field, and the fields that
     * lead to them. Status is left out: manifests have none.
     */
    private static final Map<String, MergeRule> RULES = Map.ofEntries(
            at("ObjectMeta.finalizers", Strategy.MERGE, null, false, null),
            list("ObjectMeta.ownerReferences", "uid", null),
            to("Workload.spec", "WorkloadSpec"),
            at("WorkloadSpec.strategy", Strategy.DEFAULT, null, true, null),
            to("WorkloadSpec.template", "PodTemplate"),
            to("WorkloadSpec.jobTemplate", "JobTemplate"),
            to("JobTemplate.metadata", "ObjectMeta"),
            to("JobTemplate.spec", "WorkloadSpec"),
            to("PodTemplateKind.template", "PodTemplate"),
            to("PodTemplate.metadata", "ObjectMeta"),
            to("PodTemplate.spec", "PodSpec"),
            at("PodSpec.volumes", Strategy.MERGE, "name", true, null),
            list("PodSpec.initContainers", "name", "Container"),
            list("PodSpec.containers", "name", "Container"),
            list("PodSpec.ephemeralContainers", "name", "Container"),
            list("PodSpec.imagePullSecrets", "name", null),
            list("PodSpec.hostAliases", "ip", null),
            list("PodSpec.topologySpreadConstraints", "topologyKey", null),
            list("PodSpec.schedulingGates", "name", null),
            at("PodSpec.resourceClaims", Strategy.MERGE, "name", true, null),
            list("Container.ports", "containerPort", null),
            list("Container.env", "name", null),
            list("Container.volumeMounts", "mountPath", null),
            list("Container.volumeDevices", "devicePath", null),
            to("Service.spec", "ServiceSpec"),
            list("ServiceSpec.ports", "port", null),
            list("ServiceAccount.secrets", "name", null),
            to("PodDisruptionBudget.spec", "PodDisruptionBudgetSpec"),
            at("PodDisruptionBudgetSpec.selector", Strategy.REPLACE, null, false, null),
            list("MutatingWebhookConfiguration.webhooks", "name", null),
            list("ValidatingWebhookConfiguration.webhooks", "name", null));

    /** The rule for a field of a Go type, or Kubernetes' default. */
    static MergeRule of(@Nullable String struct, String field) {
        if (struct == null) {
            return PLAIN;
        }
        return RULES.getOrDefault(struct + "." + field, PLAIN);
    }

    /** The rule for a field of a whole object. */
    static MergeRule ofRoot(String kind, String field) {
        if (field.equals("metadata")) {
            return new MergeRule(Strategy.DEFAULT, null, false, "ObjectMeta");
        }
        return of(rootStruct(kind), field);
    }

    private static String rootStruct(String kind) {
        return switch (kind) {
            case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob" ->
                "Workload";
            case "Pod" -> "PodTemplate";
            case "PodTemplate" -> "PodTemplateKind";
            default -> kind;
        };
    }

    private static Map.Entry<String, MergeRule> to(String field, String struct) {
        return at(field, Strategy.DEFAULT, null, false, struct);
    }

    private static Map.Entry<String, MergeRule> list(String field, String key, @Nullable String struct) {
        return at(field, Strategy.MERGE, key, false, struct);
    }

    private static Map.Entry<String, MergeRule> at(
            String field, Strategy strategy, @Nullable String key, boolean retainKeys, @Nullable String struct) {
        return Map.entry(field, new MergeRule(strategy, key, retainKeys, struct));
    }
}
