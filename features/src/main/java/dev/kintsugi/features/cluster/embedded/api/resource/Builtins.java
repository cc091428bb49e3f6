package dev.kintsugi.features.cluster.embedded.api.resource;

import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.ScalePaths;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Subresource;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import dev.kintsugi.features.cluster.embedded.api.schema.ModelSchema;
import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplate;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authorization.v1.LocalSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressClass;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kinds of Kubernetes 1.28 that the server offers, in the order of its discovery. */
final class Builtins {

    /** Every kind can be selected by these. */
    static final Map<String, String> NAME_AND_NAMESPACE =
            Map.of("metadata.name", "metadata.name", "metadata.namespace", "metadata.namespace");

    private static final List<String> WRITE = List.of("create");
    private static final List<String> PROXY = List.of("create", "delete", "get", "patch", "update");
    private static final ScalePaths WORKLOAD_SCALE =
            new ScalePaths("spec.replicas", "status.replicas", "spec.selector");

    private Builtins() {}

    static List<ResourceType> all() {
        List<ResourceType> types = new ArrayList<>();
        core(types);
        types.addAll(List.of(
                type("apps", "v1", "controllerrevisions", ControllerRevision.class)
                        .build(),
                workload("daemonsets", DaemonSet.class).names("ds").build(),
                workload("deployments", Deployment.class)
                        .names("deploy")
                        .scale(WORKLOAD_SCALE)
                        .build(),
                workload("replicasets", ReplicaSet.class)
                        .names("rs")
                        .scale(WORKLOAD_SCALE)
                        .select("status.replicas")
                        .build(),
                workload("statefulsets", StatefulSet.class)
                        .names("sts")
                        .scale(WORKLOAD_SCALE)
                        .build()));
        types.addAll(List.of(
                type("events.k8s.io", "v1", "events", io.fabric8.kubernetes.api.model.events.v1.Event.class)
                        .storedAs("events")
                        .names("ev")
                        .select(EventShapes.SELECTABLE)
                        .build(),
                type("authentication.k8s.io", "v1", "selfsubjectreviews", SelfSubjectReview.class)
                        .cluster()
                        .with(Trait.ANSWER_ONLY)
                        .build(),
                type("authentication.k8s.io", "v1", "tokenreviews", TokenReview.class)
                        .cluster()
                        .with(Trait.ANSWER_ONLY)
                        .build(),
                type("authorization.k8s.io", "v1", "localsubjectaccessreviews", LocalSubjectAccessReview.class)
                        .with(Trait.ANSWER_ONLY)
                        .build(),
                type("authorization.k8s.io", "v1", "selfsubjectaccessreviews", SelfSubjectAccessReview.class)
                        .cluster()
                        .with(Trait.ANSWER_ONLY)
                        .build(),
                type("authorization.k8s.io", "v1", "selfsubjectrulesreviews", SelfSubjectRulesReview.class)
                        .cluster()
                        .with(Trait.ANSWER_ONLY)
                        .build(),
                type("authorization.k8s.io", "v1", "subjectaccessreviews", SubjectAccessReview.class)
                        .cluster()
                        .with(Trait.ANSWER_ONLY)
                        .build(),
                autoscaler("v2", io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler.class),
                autoscaler("v1", io.fabric8.kubernetes.api.model.autoscaling.v1.HorizontalPodAutoscaler.class),
                type("batch", "v1", "cronjobs", CronJob.class)
                        .names("cj")
                        .in("all")
                        .with(Trait.STATUS, Trait.GENERATION)
                        .build(),
                type("batch", "v1", "jobs", Job.class)
                        .in("all")
                        .with(Trait.STATUS, Trait.GENERATION)
                        .select("status.successful")
                        .build(),
                type("networking.k8s.io", "v1", "ingressclasses", IngressClass.class)
                        .cluster()
                        .with(Trait.GENERATION)
                        .build(),
                type("networking.k8s.io", "v1", "ingresses", Ingress.class)
                        .names("ing")
                        .with(Trait.STATUS, Trait.GENERATION)
                        .build(),
                type("networking.k8s.io", "v1", "networkpolicies", NetworkPolicy.class)
                        .names("netpol")
                        .with(Trait.GENERATION)
                        .build(),
                type("policy", "v1", "poddisruptionbudgets", PodDisruptionBudget.class)
                        .names("pdb")
                        .with(Trait.STATUS, Trait.GENERATION, Trait.VERSIONED_UPDATE)
                        .build(),
                type("rbac.authorization.k8s.io", "v1", "clusterrolebindings", ClusterRoleBinding.class)
                        .cluster()
                        .build(),
                type("rbac.authorization.k8s.io", "v1", "clusterroles", ClusterRole.class)
                        .cluster()
                        .build(),
                type("rbac.authorization.k8s.io", "v1", "rolebindings", RoleBinding.class)
                        .build(),
                type("rbac.authorization.k8s.io", "v1", "roles", Role.class).build(),
                type("storage.k8s.io", "v1", "storageclasses", StorageClass.class)
                        .cluster()
                        .names("sc")
                        .build(),
                type("storage.k8s.io", "v1", "volumeattachments", VolumeAttachment.class)
                        .cluster()
                        .with(Trait.STATUS)
                        .build(),
                type("apiextensions.k8s.io", "v1", "customresourcedefinitions", CustomResourceDefinition.class)
                        .cluster()
                        .names("crd", "crds")
                        .in("api-extensions")
                        .with(Trait.STATUS, Trait.GENERATION)
                        .build(),
                type("scheduling.k8s.io", "v1", "priorityclasses", PriorityClass.class)
                        .cluster()
                        .names("pc")
                        .with(Trait.GENERATION)
                        .build(),
                type("coordination.k8s.io", "v1", "leases", Lease.class)
                        .with(Trait.VERSIONED_UPDATE)
                        .build(),
                type("discovery.k8s.io", "v1", "endpointslices", EndpointSlice.class)
                        .with(Trait.GENERATION)
                        .build()));
        return List.copyOf(types);
    }

    private static void core(List<ResourceType> types) {
        types.addAll(List.of(
                core("bindings", Binding.class).with(Trait.ANSWER_ONLY).build(),
                core("configmaps", ConfigMap.class).names("cm").build(),
                core("endpoints", Endpoints.class).names("ep").build(),
                core("events", Event.class)
                        .names("ev")
                        .select(EventShapes.SELECTABLE)
                        .build(),
                core("limitranges", LimitRange.class).names("limits").build(),
                core("namespaces", Namespace.class)
                        .cluster()
                        .names("ns")
                        .with(Trait.STATUS)
                        .select("status.phase")
                        .sub("finalize", new Subresource("Namespace", "", "", List.of("update")))
                        .build(),
                core("nodes", Node.class)
                        .cluster()
                        .names("no")
                        .with(Trait.STATUS)
                        .select("spec.unschedulable")
                        .build(),
                core("persistentvolumeclaims", PersistentVolumeClaim.class)
                        .names("pvc")
                        .with(Trait.STATUS)
                        .build(),
                core("persistentvolumes", PersistentVolume.class)
                        .cluster()
                        .names("pv")
                        .with(Trait.STATUS)
                        .build(),
                core("pods", Pod.class)
                        .names("po")
                        .in("all")
                        .with(Trait.STATUS)
                        .select(
                                "spec.nodeName",
                                "spec.restartPolicy",
                                "spec.schedulerName",
                                "spec.serviceAccountName",
                                "spec.hostNetwork",
                                "status.phase",
                                "status.podIP",
                                "status.nominatedNodeName")
                        .sub("binding", new Subresource("Binding", "", "", WRITE))
                        .sub("eviction", new Subresource("Eviction", "policy", "v1", WRITE))
                        .sub("log", new Subresource("Pod", "", "", List.of("get")))
                        .sub("proxy", new Subresource("PodProxyOptions", "", "", PROXY))
                        .build(),
                core("podtemplates", PodTemplate.class).with(Trait.GENERATION).build(),
                core("replicationcontrollers", ReplicationController.class)
                        .names("rc")
                        .in("all")
                        .with(Trait.STATUS, Trait.GENERATION)
                        .scale(WORKLOAD_SCALE)
                        .select("status.replicas")
                        .build(),
                core("resourcequotas", ResourceQuota.class)
                        .names("quota")
                        .with(Trait.STATUS)
                        .build(),
                core("secrets", Secret.class).select("type").build(),
                core("serviceaccounts", ServiceAccount.class)
                        .names("sa")
                        .sub("token", new Subresource("TokenRequest", "authentication.k8s.io", "v1", WRITE))
                        .build(),
                core("services", Service.class)
                        .names("svc")
                        .in("all")
                        .with(Trait.STATUS)
                        .select("spec.clusterIP", "spec.type")
                        .sub("proxy", new Subresource("ServiceProxyOptions", "", "", PROXY))
                        .build()));
    }

    private static ResourceType autoscaler(String version, Class<?> model) {
        return type("autoscaling", version, "horizontalpodautoscalers", model)
                .names("hpa")
                .in("all")
                .with(Trait.STATUS)
                .build();
    }

    private static Builder workload(String plural, Class<?> model) {
        return type("apps", "v1", plural, model).in("all").with(Trait.STATUS, Trait.GENERATION);
    }

    private static Builder core(String plural, Class<?> model) {
        return type("", "v1", plural, model);
    }

    private static Builder type(String group, String version, String plural, Class<?> model) {
        return new Builder(group, version, plural, model);
    }

    private static final class Builder {
        private final String group;
        private final String version;
        private final String plural;
        private final Class<?> model;
        private final Set<Trait> traits = EnumSet.noneOf(Trait.class);
        private final Map<String, Subresource> subresources = new LinkedHashMap<>();
        private final Map<String, String> selectable = new LinkedHashMap<>(NAME_AND_NAMESPACE);
        private boolean namespaced = true;
        private List<String> shortNames = List.of();
        private List<String> categories = List.of();
        private String storage;
        private @Nullable ScalePaths scale;

        Builder(String group, String version, String plural, Class<?> model) {
            this.group = group;
            this.version = version;
            this.plural = plural;
            this.model = model;
            this.storage = group.isEmpty() ? plural : plural + "." + group;
        }

        Builder cluster() {
            namespaced = false;
            return this;
        }

        Builder names(String... names) {
            shortNames = List.of(names);
            return this;
        }

        Builder in(String category) {
            categories = List.of(category);
            return this;
        }

        Builder with(Trait... more) {
            traits.addAll(List.of(more));
            return this;
        }

        Builder storedAs(String name) {
            storage = name;
            return this;
        }

        Builder scale(ScalePaths paths) {
            scale = paths;
            return this;
        }

        Builder select(String... fields) {
            for (String field : fields) {
                selectable.put(field, field);
            }
            return this;
        }

        Builder select(Map<String, String> fields) {
            selectable.putAll(fields);
            return this;
        }

        Builder sub(String name, Subresource subresource) {
            subresources.put(name, subresource);
            return this;
        }

        ResourceType build() {
            String kind = model.getSimpleName();
            return new ResourceType(
                    group,
                    version,
                    plural,
                    kind.toLowerCase(Locale.ROOT),
                    kind,
                    namespaced,
                    shortNames,
                    categories,
                    storage,
                    ModelSchema.of(model),
                    Set.copyOf(traits),
                    Map.copyOf(subresources),
                    Map.copyOf(selectable),
                    scale,
                    List.of());
        }
    }
}
