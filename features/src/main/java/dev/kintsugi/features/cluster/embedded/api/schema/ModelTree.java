package dev.kintsugi.features.cluster.embedded.api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The {@link FieldTree} of built-in types: the {@code listType}, {@code listMapKey}, {@code mapType} and {@code
 * structType} tags of k8s.io/api 1.28; a list without them is keyed if a strategic merge patch merges it, else atomic.
 */
final class ModelTree implements FieldTree {

    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("Container.ports", List.of("containerPort", "protocol")),
            Map.entry("EphemeralContainer.ports", List.of("containerPort", "protocol")),
            Map.entry("ServiceSpec.ports", List.of("port", "protocol")),
            Map.entry("PodSpec.topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable")),
            Map.entry("ResourceRequirements.claims", List.of("name")),
            Map.entry("CustomResourceDefinitionStatus.conditions", List.of("type")),
            Map.entry("NetworkPolicyStatus.conditions", List.of("type")));

    /** Structs and maps that are owned as a whole wherever they are. */
    private static final Set<String> ATOMIC_STRUCTS = Set.of(
            "LabelSelector",
            "ObjectReference",
            "LocalObjectReference",
            "TypedLocalObjectReference",
            "SecretReference",
            "SecretKeySelector",
            "ConfigMapKeySelector",
            "ObjectFieldSelector",
            "ResourceFieldSelector",
            "NodeSelector",
            "NodeSelectorTerm",
            "TopologySelectorTerm",
            "ScopeSelector",
            "EndpointAddress",
            "EndpointPort",
            "CrossVersionObjectReference",
            "RoleRef",
            "Subject",
            "ScopedResourceSelectorRequirement");

    private static final Set<String> ATOMIC_FIELDS =
            Set.of("ServiceSpec.selector", "PodSpec.nodeSelector", "ReplicationControllerSpec.selector");

    /** Fields whose Go type is no pointer, or that have no {@code omitempty}. */
    private static final Set<String> IMPLIED_EVERYWHERE = Set.of("metadata", "spec", "status");

    private static final Set<String> IMPLIED = Set.of(
            "DeploymentSpec.template",
            "DeploymentSpec.strategy",
            "ReplicaSetSpec.template",
            "StatefulSetSpec.template",
            "StatefulSetSpec.updateStrategy",
            "DaemonSetSpec.template",
            "DaemonSetSpec.updateStrategy",
            "JobSpec.template",
            "CronJobSpec.jobTemplate",
            "PodSpec.containers",
            "PersistentVolumeClaimSpec.resources",
            "HorizontalPodAutoscalerSpec.scaleTargetRef",
            "CustomResourceDefinitionSpec.names",
            "NetworkPolicySpec.podSelector",
            "Role.rules",
            "ClusterRole.rules",
            "EndpointSlice.endpoints",
            "EndpointSlice.ports",
            "ServiceStatus.loadBalancer",
            "IngressStatus.loadBalancer",
            "NodeStatus.daemonEndpoints",
            "NodeDaemonEndpoints.kubeletEndpoint",
            "NodeStatus.nodeInfo",
            "CustomResourceDefinitionStatus.acceptedNames",
            "CustomResourceDefinitionStatus.conditions",
            "CustomResourceDefinitionStatus.storedVersions");

    private final ModelSchema schema;
    private final List<String> keys;
    private final Shape shape;
    private final Map<String, FieldTree> fields = new ConcurrentHashMap<>();

    /**
     * The tree at one place.
     *
     * @param schema of the values at this place
     * @param field where this place is, as {@code Struct.field}; empty for elements and for the root
     */
    ModelTree(ModelSchema schema, String field) {
        this.schema = schema;
        MergeRule rule = mergeRule(field);
        boolean merged = rule != null && rule.merge();
        this.keys = KEYS.getOrDefault(field, rule == null || rule.key() == null ? List.of() : List.of(rule.key()));
        if (ATOMIC_FIELDS.contains(field)) {
            shape = Shape.LEAF;
        } else if (schema.isObject()) {
            shape = ATOMIC_STRUCTS.contains(schema.structName()) ? Shape.LEAF : Shape.OBJECT;
        } else if (schema.element() == null) {
            shape = Shape.LEAF;
        } else if (!keys.isEmpty()) {
            shape = Shape.KEYED_LIST;
        } else {
            shape = merged ? Shape.SET : Shape.LEAF;
        }
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    @Override
    public @Nullable JsonNode keyDefault(String key) {
        return key.equals("protocol") ? TextNode.valueOf("TCP") : null;
    }

    @Override
    public boolean declares(String name) {
        return schema.isStruct() && schema.field(name) != null;
    }

    @Override
    public boolean isImplied(String name) {
        return schema.isStruct()
                && (IMPLIED_EVERYWHERE.contains(name) || IMPLIED.contains(schema.structName() + "." + name));
    }

    @Override
    public FieldTree field(String name) {
        if (!schema.isStruct()) {
            return treeOf(schema.field(name), "");
        }
        FieldTree known = fields.get(name);
        if (known == null) {
            known = treeOf(schema.field(name), schema.structName() + "." + name);
            if (schema.field(name) != null) {
                fields.put(name, known);
            }
        }
        return known;
    }

    @Override
    public FieldTree element() {
        return treeOf(schema.element(), "");
    }

    private static FieldTree treeOf(@Nullable ModelSchema next, String field) {
        return next == null ? Untyped.TREE : next.tree(field);
    }

    private static @Nullable MergeRule mergeRule(String field) {
        int dot = field.indexOf('.');
        return dot < 0 ? null : MergeKeys.find(field.substring(0, dot), field.substring(dot + 1));
    }
}
