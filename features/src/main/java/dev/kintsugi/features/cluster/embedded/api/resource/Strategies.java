package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.child;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The strategies of kinds that have but a few rules, and which kind has which strategy. */
final class Strategies {

    private static final int MAX_DATA_BYTES = 1_048_576;

    private static final Map<String, Strategy> BY_STORAGE = byStorage();

    private Strategies() {}

    static Strategy of(ResourceType type) {
        return BY_STORAGE.getOrDefault(type.storage(), Strategy.PLAIN);
    }

    private static Map<String, Strategy> byStorage() {
        Map<String, Strategy> map = new HashMap<>();
        map.put("pods", new PodStrategy());
        map.put("services", new ServiceStrategy());
        map.put("namespaces", new Namespaces());
        map.put("nodes", new Nodes());
        map.put("secrets", new Secrets());
        map.put("configmaps", new ConfigMaps());
        map.put("deployments.apps", new WorkloadStrategy("Deployment"));
        map.put("replicasets.apps", new WorkloadStrategy("ReplicaSet"));
        map.put("statefulsets.apps", new WorkloadStrategy("StatefulSet"));
        map.put("daemonsets.apps", new WorkloadStrategy("DaemonSet"));
        map.put("jobs.batch", new BatchStrategies.Jobs());
        map.put("cronjobs.batch", new BatchStrategies.CronJobs());
        map.put("poddisruptionbudgets.policy", new PolicyStrategies.Budgets());
        map.put("priorityclasses.scheduling.k8s.io", new PriorityClasses());
        map.put("replicationcontrollers", new ReplicationControllers());
        map.put("customresourcedefinitions.apiextensions.k8s.io", new DefinitionStrategy());
        map.put("leases.coordination.k8s.io", new Leases());
        map.put("endpointslices.discovery.k8s.io", new NetworkStrategies.Slices());
        map.put("horizontalpodautoscalers.autoscaling", new PolicyStrategies.Autoscalers());
        map.put("ingresses.networking.k8s.io", new NetworkStrategies.Ingresses());
        map.put("networkpolicies.networking.k8s.io", new NetworkStrategies.NetworkPolicies());
        map.put("roles.rbac.authorization.k8s.io", new AccessStrategies.Roles(true));
        map.put("clusterroles.rbac.authorization.k8s.io", new AccessStrategies.Roles(false));
        map.put("rolebindings.rbac.authorization.k8s.io", new AccessStrategies.Bindings(true));
        map.put("clusterrolebindings.rbac.authorization.k8s.io", new AccessStrategies.Bindings(false));
        map.put("persistentvolumes", new StorageStrategies.Volumes());
        map.put("persistentvolumeclaims", new StorageStrategies.Claims());
        return Map.copyOf(map);
    }

    /** Namespaces are deleted in two steps: the finalizer {@code kubernetes} waits for their content to be gone. */
    private static final class Namespaces implements Strategy {
        @Override
        public void setDefaults(ObjectNode namespace) {
            Fields.metadata(namespace)
                    .withObjectProperty("labels")
                    .put("kubernetes.io/metadata.name", text(namespace.path("metadata"), "name"));
        }

        @Override
        public void prepareCreate(ObjectNode namespace) {
            ObjectNode spec = spec(namespace);
            if (Fields.texts(spec.path("finalizers")).isEmpty()) {
                spec.putArray("finalizers").add("kubernetes");
            }
            namespace.putObject("status").put("phase", "Active");
        }

        @Override
        public void prepareUpdate(ObjectNode namespace, ObjectNode old) {
            Fields.setOrRemove(spec(namespace), "finalizers", old.path("spec").get("finalizers"));
        }
    }

    private static final class Nodes implements Strategy {
        @Override
        public void setDefaults(ObjectNode node) {
            child(node, "spec");
            if (node.get("status") instanceof ObjectNode status && !status.has("allocatable")) {
                Fields.setOrRemove(status, "allocatable", status.get("capacity"));
            }
        }

        /** A kubelet may bring the status along when it registers its node. */
        @Override
        public void prepareCreate(ObjectNode node) {
            child(node, "status");
        }
    }

    private static final class Secrets implements Strategy {

        private static final Map<String, List<String>> KEYS_OF_TYPE = Map.of(
                "kubernetes.io/dockercfg", List.of(".dockercfg"),
                "kubernetes.io/dockerconfigjson", List.of(".dockerconfigjson"),
                "kubernetes.io/ssh-auth", List.of("ssh-privatekey"),
                "kubernetes.io/tls", List.of("tls.crt", "tls.key"));

        @Override
        public void setDefaults(ObjectNode secret) {
            setIfAbsent(secret, "type", "Opaque");
            if (secret.remove("stringData") instanceof ObjectNode plain) {
                ObjectNode data = child(secret, "data");
                plain.properties()
                        .forEach(entry -> data.put(
                                entry.getKey(),
                                Base64.getEncoder()
                                        .encodeToString(
                                                entry.getValue().asText().getBytes(StandardCharsets.UTF_8))));
            }
        }

        @Override
        public void validate(ObjectNode secret, List<Cause> causes) {
            requireBase64("Secret", secret.path("data"));
            FieldRules.configKeys(secret.path("data"), "data", causes);
            for (String key : KEYS_OF_TYPE.getOrDefault(text(secret, "type"), List.of())) {
                if (!secret.path("data").has(key)) {
                    causes.add(Cause.required("data[" + key + "]", ""));
                }
            }
            int size = dataSize(secret.path("data"));
            if (size > MAX_DATA_BYTES) {
                causes.add(Cause.tooLong("data", "must have at most " + MAX_DATA_BYTES + " bytes"));
            }
        }

        @Override
        public void validateUpdate(ObjectNode secret, ObjectNode old, List<Cause> causes) {
            if (!text(secret, "type").equals(text(old, "type"))) {
                causes.add(Cause.invalid("type", quoted(text(secret, "type")), "field is immutable"));
            }
            requireMutable(secret, old, causes);
        }
    }

    private static final class ConfigMaps implements Strategy {
        @Override
        public void validate(ObjectNode configMap, List<Cause> causes) {
            requireBase64("ConfigMap", configMap.path("binaryData"));
            FieldRules.configKeys(configMap.path("data"), "data", causes);
            FieldRules.configKeys(configMap.path("binaryData"), "binaryData", causes);
            int size = dataSize(configMap.path("data")) + dataSize(configMap.path("binaryData"));
            if (size > MAX_DATA_BYTES) {
                causes.add(Cause.tooLong("[]", "must have at most " + MAX_DATA_BYTES + " bytes"));
            }
        }

        @Override
        public void validateUpdate(ObjectNode configMap, ObjectNode old, List<Cause> causes) {
            requireMutable(configMap, old, causes);
        }
    }

    /** Users' classes are below those of the system, whose names are its own. */
    private static final class PriorityClasses implements Strategy {
        private static final Set<String> OF_THE_SYSTEM = Set.of("system-cluster-critical", "system-node-critical");
        private static final int HIGHEST = 1_000_000_000;

        @Override
        public void validate(ObjectNode priority, List<Cause> causes) {
            String name = text(priority.path("metadata"), "name");
            if (OF_THE_SYSTEM.contains(name)) {
                return;
            }
            if (name.startsWith("system-")) {
                causes.add(Cause.forbidden(
                        "metadata.name",
                        "priority class names with 'system-' prefix are reserved for system use only. error: " + name
                                + " is not a known system priority class"));
            }
            if (priority.path("value").asLong() > HIGHEST) {
                causes.add(Cause.forbidden("value", "maximum allowed value of a user defined priority is " + HIGHEST));
            }
            FieldRules.oneOf(priority, "preemptionPolicy", "", causes, "PreemptLowerPriority", "Never");
        }

        @Override
        public void validateUpdate(ObjectNode priority, ObjectNode old, List<Cause> causes) {
            if (priority.path("value").asLong() != old.path("value").asLong()) {
                causes.add(Cause.forbidden("value", "may not be changed in an update."));
            }
        }
    }

    private static final class ReplicationControllers implements Strategy {
        @Override
        public void setDefaults(ObjectNode controller) {
            ObjectNode spec = spec(controller);
            setIfAbsent(spec, "replicas", 1);
            ObjectNode template = child(spec, "template");
            PodDefaults.apply(child(template, "spec"));
            JsonNode labels = template.path("metadata").path("labels");
            if (!spec.has("selector") && labels.isObject()) {
                spec.set("selector", labels.deepCopy());
            }
        }

        @Override
        public void prepareCreate(ObjectNode controller) {
            controller.putObject("status").put("replicas", 0);
        }

        @Override
        public void validate(ObjectNode controller, List<Cause> causes) {
            PodRules.check(controller.path("spec").path("template").path("spec"), "spec.template.spec", causes);
        }
    }

    private static final class Leases implements Strategy {
        @Override
        public void validate(ObjectNode lease, List<Cause> causes) {
            JsonNode duration = lease.path("spec").path("leaseDurationSeconds");
            if (duration.isNumber() && duration.asInt() <= 0) {
                causes.add(Cause.invalid("spec.leaseDurationSeconds", duration.asText(), "must be greater than 0"));
            }
            JsonNode transitions = lease.path("spec").path("leaseTransitions");
            if (transitions.asInt() < 0) {
                causes.add(PodRules.notNegative("spec.leaseTransitions", transitions));
            }
        }
    }

    private static void requireBase64(String kind, JsonNode data) {
        Bytes.illegal(data).ifPresent(at -> {
            throw ApiException.badRequest(kind + " in version \"v1\" cannot be handled as a " + kind
                    + ": illegal base64 data at input byte " + at);
        });
    }

    private static void requireMutable(ObjectNode object, ObjectNode old, List<Cause> causes) {
        boolean immutable = old.path("immutable").asBoolean();
        if (immutable && !object.path("immutable").asBoolean()) {
            causes.add(Cause.forbidden("immutable", "field is immutable when `immutable` is set"));
        }
        if (immutable && !object.path("data").equals(old.path("data"))) {
            causes.add(Cause.forbidden("data", "field is immutable when `immutable` is set"));
        }
    }

    private static int dataSize(JsonNode data) {
        int size = 0;
        for (JsonNode value : data) {
            size += value.asText().getBytes(StandardCharsets.UTF_8).length;
        }
        return size;
    }
}
