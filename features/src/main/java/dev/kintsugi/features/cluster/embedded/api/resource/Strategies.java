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
        map.put("jobs.batch", new JobStrategy());
        map.put("cronjobs.batch", new CronJobs());
        map.put("poddisruptionbudgets.policy", new PolicyStrategies.Budgets());
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
            secret.path("data")
                    .properties()
                    .forEach(entry -> requireBase64(entry.getValue().asText()));
            FieldRules.configKeys(secret.path("data"), "data", causes);
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

        private static void requireBase64(String text) {
            try {
                Base64.getMimeDecoder().decode(text);
                if (!text.matches("[A-Za-z0-9+/=\\s]*")) {
                    throw new IllegalArgumentException(text);
                }
            } catch (IllegalArgumentException e) {
                throw ApiException.badRequest("Secret in version \"v1\" cannot be handled as a Secret: illegal base64"
                        + " data at input byte 0");
            }
        }
    }

    private static final class ConfigMaps implements Strategy {
        @Override
        public void validate(ObjectNode configMap, List<Cause> causes) {
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

    private static final class JobStrategy implements Strategy {
        @Override
        public void setDefaults(ObjectNode job) {
            jobDefaults(spec(job));
        }

        /** The job's own label on its pods, and the selector for it. A job without labels gets those of its pods (SetDefaults_Job). */
        private static void select(ObjectNode job) {
            ObjectNode spec = spec(job);
            String uid = text(job.path("metadata"), "uid");
            if (!spec.path("manualSelector").asBoolean() && !spec.has("selector") && !uid.isEmpty()) {
                child(child(spec, "selector"), "matchLabels").put("batch.kubernetes.io/controller-uid", uid);
                ObjectNode labels = child(child(child(spec, "template"), "metadata"), "labels");
                String name = text(job.path("metadata"), "name");
                labels.put("batch.kubernetes.io/controller-uid", uid)
                        .put("batch.kubernetes.io/job-name", name)
                        .put("controller-uid", uid)
                        .put("job-name", name);
            }
        }

        @Override
        public void prepareCreate(ObjectNode job) {
            select(job);
            JsonNode ofPods = job.path("spec").path("template").path("metadata").path("labels");
            if (job.path("metadata").path("labels").isEmpty() && !ofPods.isEmpty()) {
                child(job, "metadata").set("labels", ofPods.deepCopy());
            }
            job.putObject("status");
        }

        @Override
        public void validate(ObjectNode job, List<Cause> causes) {
            JsonNode spec = job.path("spec");
            FieldRules.notNegative(
                    spec,
                    "spec",
                    causes,
                    "parallelism",
                    "completions",
                    "activeDeadlineSeconds",
                    "backoffLimit",
                    "ttlSecondsAfterFinished");
            FieldRules.oneOf(spec, "completionMode", "spec", causes, "Indexed", "NonIndexed");
            JsonNode template = spec.path("template").path("spec");
            PodRules.check(template, "spec.template.spec", causes);
            if (text(template, "restartPolicy").equals("Always")) {
                causes.add(Cause.unsupported(
                        "spec.template.spec.restartPolicy", quoted("Always"), "\"OnFailure\", \"Never\""));
            }
        }

        @Override
        public void validateUpdate(ObjectNode job, ObjectNode old, List<Cause> causes) {
            for (String field : new String[] {"completions", "selector", "template"}) {
                JsonNode before = old.path("spec").path(field);
                if (!before.equals(job.path("spec").path(field))) {
                    causes.add(Cause.invalid(
                            "spec." + field, job.path("spec").path(field).toString(), "field is immutable"));
                }
            }
        }

        /** A pod template without a restart policy gets Always, which a job then refuses, as in Kubernetes. */
        static void jobDefaults(ObjectNode spec) {
            if (!spec.has("completions") && !spec.has("parallelism")) {
                spec.put("completions", 1).put("parallelism", 1);
            }
            setIfAbsent(spec, "parallelism", 1);
            setIfAbsent(spec, "backoffLimit", 6);
            setIfAbsent(spec, "completionMode", "NonIndexed");
            setIfAbsent(spec, "suspend", false);
            PodDefaults.apply(child(child(spec, "template"), "spec"));
        }
    }

    private static final class CronJobs implements Strategy {
        @Override
        public void setDefaults(ObjectNode cronJob) {
            ObjectNode spec = spec(cronJob);
            setIfAbsent(spec, "concurrencyPolicy", "Allow");
            setIfAbsent(spec, "suspend", false);
            setIfAbsent(spec, "successfulJobsHistoryLimit", 3);
            setIfAbsent(spec, "failedJobsHistoryLimit", 1);
            PodDefaults.apply(child(child(child(child(spec, "jobTemplate"), "spec"), "template"), "spec"));
        }

        @Override
        public void prepareCreate(ObjectNode cronJob) {
            cronJob.putObject("status");
        }

        @Override
        public void validate(ObjectNode cronJob, List<Cause> causes) {
            JsonNode spec = cronJob.path("spec");
            schedule(text(spec, "schedule"), causes);
            FieldRules.oneOf(spec, "concurrencyPolicy", "spec", causes, "Allow", "Forbid", "Replace");
            FieldRules.notNegative(
                    spec,
                    "spec",
                    causes,
                    "startingDeadlineSeconds",
                    "successfulJobsHistoryLimit",
                    "failedJobsHistoryLimit");
            PodRules.check(
                    Fields.at(cronJob, "spec.jobTemplate.spec.template.spec"),
                    "spec.jobTemplate.spec.template.spec",
                    causes);
        }

        /** Five fields, or a word for a period; what the fields say is for the controller to read. */
        private static void schedule(String schedule, List<Cause> causes) {
            if (schedule.isEmpty()) {
                causes.add(Cause.required("spec.schedule", ""));
            } else if (!schedule.startsWith("@")) {
                List<String> fields = List.of(schedule.trim().split("\\s+"));
                if (fields.size() != 5) {
                    causes.add(Cause.invalid(
                            "spec.schedule",
                            quoted(schedule),
                            "expected exactly 5 fields, found " + fields.size() + ": [" + String.join(" ", fields)
                                    + "]"));
                }
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
