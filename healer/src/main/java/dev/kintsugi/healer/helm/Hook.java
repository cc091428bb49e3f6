package dev.kintsugi.healer.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An object that Helm makes at one point of an operation and waits for.
 *
 * @param index its place in the release
 * @param events e.g. {@code pre-rollback}
 * @param weight hooks of less weight come first
 * @param deletePolicies when its object is removed; {@link #BEFORE_CREATION} where the chart says nothing
 */
public record Hook(
        int index,
        String name,
        String kind,
        String path,
        String manifest,
        Set<String> events,
        int weight,
        Set<String> deletePolicies) {

    public static final String BEFORE_CREATION = "before-hook-creation";
    public static final String SUCCEEDED = "hook-succeeded";
    public static final String FAILED = "hook-failed";

    /** The order in which Helm installs kinds ({@code releaseutil.InstallOrder}); unknown kinds come last. */
    private static final List<String> INSTALL_ORDER = List.of(
            "PriorityClass",
            "Namespace",
            "NetworkPolicy",
            "ResourceQuota",
            "LimitRange",
            "PodSecurityPolicy",
            "PodDisruptionBudget",
            "ServiceAccount",
            "Secret",
            "SecretList",
            "ConfigMap",
            "StorageClass",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "CustomResourceDefinition",
            "ClusterRole",
            "ClusterRoleList",
            "ClusterRoleBinding",
            "ClusterRoleBindingList",
            "Role",
            "RoleList",
            "RoleBinding",
            "RoleBindingList",
            "Service",
            "DaemonSet",
            "Pod",
            "ReplicationController",
            "ReplicaSet",
            "Deployment",
            "HorizontalPodAutoscaler",
            "StatefulSet",
            "Job",
            "CronJob",
            "IngressClass",
            "Ingress",
            "APIService");

    /** Least weight first, then by kind as Helm installs them, then by name. */
    static final Comparator<Hook> ORDER = Comparator.comparingInt(Hook::weight)
            .thenComparingInt(Hook::rank)
            .thenComparing(hook -> hook.rank() == INSTALL_ORDER.size() ? hook.kind() : "")
            .thenComparing(Hook::name);

    /** Makes the parts unmodifiable. */
    public Hook {
        events = Set.copyOf(events);
        deletePolicies = Set.copyOf(deletePolicies);
    }

    static Hook of(int index, JsonNode stored) {
        Set<String> policies = texts(stored.path("delete_policies"));
        return new Hook(
                index,
                stored.path("name").asText(),
                stored.path("kind").asText(),
                stored.path("path").asText(),
                stored.path("manifest").asText(),
                texts(stored.path("events")),
                stored.path("weight").asInt(),
                policies.isEmpty() ? Set.of(BEFORE_CREATION) : policies);
    }

    /** The hooks of an event, in the order in which they run. */
    public static List<Hook> of(Release release, String event) {
        List<Hook> hooks = new ArrayList<>(release.hooks());
        hooks.removeIf(hook -> !hook.events().contains(event));
        hooks.sort(ORDER);
        return List.copyOf(hooks);
    }

    private int rank() {
        int rank = INSTALL_ORDER.indexOf(kind);
        return rank < 0 ? INSTALL_ORDER.size() : rank;
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new HashSet<>();
        list.forEach(one -> texts.add(one.asText()));
        return texts;
    }
}
