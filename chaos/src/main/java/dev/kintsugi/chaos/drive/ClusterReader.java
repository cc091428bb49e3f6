package dev.kintsugi.chaos.drive;

import dev.kintsugi.chaos.emulation.ClusterView;
import dev.kintsugi.chaos.emulation.PodSelection;
import dev.kintsugi.chaos.guard.Budget;
import dev.kintsugi.chaos.guard.Health;
import dev.kintsugi.chaos.guard.Member;
import dev.kintsugi.chaos.guard.Permission;
import dev.kintsugi.chaos.guard.Planner;
import dev.kintsugi.chaos.guard.Surroundings;
import dev.kintsugi.chaos.guard.Workload;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.manifest.Schema;
import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.PodReader;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.PodInfo;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads of a cluster what bears on manifests. What may not be read counts as not there, pods excepted. */
public final class ClusterReader {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;

    public ClusterReader(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Reads what bears on these manifests.
     *
     * @throws ClusterFailure when the cluster does not answer, or does not let its pods be read
     */
    public Surroundings read(Collection<Manifest> manifests) {
        Set<String> wanted = new LinkedHashSet<>();
        manifests.forEach(manifest -> wanted.addAll(Planner.namespaces(manifest)));
        try {
            Map<String, Map<String, String>> namespaces = new HashMap<>();
            List<Member> members = new ArrayList<>();
            List<Budget> budgets = new ArrayList<>();
            for (String name : wanted) {
                Namespace namespace = client.namespaces().withName(name).get();
                if (namespace != null) {
                    namespaces.put(name, nonNull(namespace.getMetadata().getAnnotations()));
                    List<Member> inside = members(name);
                    members.addAll(inside);
                    budgets.addAll(budgets(name, inside));
                }
            }
            return new Surroundings(
                    members,
                    budgets,
                    namespaces,
                    nodeLabels(),
                    Netem.missing(client),
                    denied(manifests),
                    kinds(),
                    existing(manifests));
        } catch (KubernetesClientException e) {
            throw new ClusterFailure("the cluster at " + client.getMasterUrl() + " cannot be read", e);
        }
    }

    /**
     * How the cluster is: all of it, or where that may not be read, these namespaces.
     *
     * @throws ClusterFailure when the cluster does not answer
     */
    public Health health(Set<String> namespaces) {
        try {
            List<Namespace> all =
                    unlessForbidden(() -> client.namespaces().list().getItems());
            return healthOf(
                    all.isEmpty()
                            ? namespaces
                            : all.stream()
                                    .map(each -> each.getMetadata().getName())
                                    .collect(Collectors.toSet()));
        } catch (KubernetesClientException e) {
            throw new ClusterFailure("the cluster at " + client.getMasterUrl() + " cannot be read", e);
        }
    }

    /**
     * How its nodes are, and these namespaces.
     *
     * @throws ClusterFailure when the cluster does not answer
     */
    public Health healthOf(Set<String> namespaces) {
        try {
            Set<String> nodes = unlessForbidden(() -> client.nodes().list().getItems()).stream()
                    .filter(ClusterReader::isReady)
                    .map(node -> node.getMetadata().getName())
                    .collect(Collectors.toSet());
            Map<Workload, Integer> ready = new HashMap<>();
            for (String namespace : namespaces) {
                List<Member> members = unlessForbidden(() -> members(namespace));
                members.forEach(member -> ready.merge(member.workload(), member.ready() ? 1 : 0, Integer::sum));
            }
            return new Health(nodes, ready);
        } catch (KubernetesClientException e) {
            throw new ClusterFailure("the cluster at " + client.getMasterUrl() + " cannot be read", e);
        }
    }

    /** What the pods of a namespace belong to, by their UIDs. */
    public Map<String, Workload> workloads(String namespace) {
        return members(namespace).stream()
                .collect(Collectors.toMap(member -> member.pod().uid(), Member::workload));
    }

    private static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** All pods of a namespace, with what they belong to. */
    private List<Member> members(String namespace) {
        Map<String, Workload> deployments =
                unlessForbidden(() -> client.apps()
                                .replicaSets()
                                .inNamespace(namespace)
                                .list()
                                .getItems())
                        .stream()
                        .filter(set -> controller(set).isPresent())
                        .collect(Collectors.toMap(
                                set -> set.getMetadata().getUid(),
                                set -> workload(namespace, controller(set).orElseThrow())));
        return client.pods().inNamespace(namespace).list().getItems().stream()
                .map(pod -> new Member(
                        PodReader.read(pod),
                        controller(pod)
                                .map(owner -> deployments.getOrDefault(owner.getUid(), workload(namespace, owner)))
                                .orElse(new Workload(
                                        "Pod", namespace, pod.getMetadata().getName())),
                        isReady(pod)))
                .toList();
    }

    private static Workload workload(String namespace, OwnerReference owner) {
        return new Workload(owner.getKind(), namespace, owner.getName());
    }

    private static Optional<OwnerReference> controller(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getOwnerReferences(), List.<OwnerReference>of()).stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
    }

    static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    private List<Budget> budgets(String namespace, List<Member> members) {
        List<PodInfo> pods = members.stream().map(Member::pod).toList();
        List<PodDisruptionBudget> found = unlessForbidden(() -> client.policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(namespace)
                .list()
                .getItems());
        return found.stream()
                .filter(budget -> budget.getSpec() != null && budget.getStatus() != null)
                .map(budget -> new Budget(
                        namespace,
                        budget.getMetadata().getName(),
                        PodSelection.matching(selector(budget.getSpec().getSelector()), new ClusterView(pods, Map.of()))
                                .stream()
                                .map(PodInfo::name)
                                .collect(Collectors.toSet()),
                        Objects.requireNonNullElse(budget.getStatus().getDisruptionsAllowed(), 0)))
                .toList();
    }

    /** A label selector of Kubernetes in the words of Chaos Mesh's. */
    private static Tree selector(@Nullable LabelSelector selector) {
        if (selector == null) {
            return new Tree(Map.of("fieldSelectors", Map.of("metadata.name", "")));
        }
        return new Tree(Map.of(
                "labelSelectors",
                nonNull(selector.getMatchLabels()),
                "expressionSelectors",
                selector.getMatchExpressions().stream()
                        .map(expression -> Map.of(
                                "key", expression.getKey(),
                                "operator", expression.getOperator(),
                                "values", expression.getValues()))
                        .toList()));
    }

    private Map<String, Map<String, String>> nodeLabels() {
        return unlessForbidden(() -> client.nodes().list().getItems()).stream()
                .collect(Collectors.toMap(
                        node -> node.getMetadata().getName(),
                        node -> nonNull(node.getMetadata().getLabels())));
    }

    private Set<Permission> denied(Collection<Manifest> manifests) {
        Set<Permission> needed = new LinkedHashSet<>();
        manifests.forEach(manifest -> needed.addAll(Permission.neededFor(manifest)));
        return needed.stream().filter(permission -> !isAllowed(permission)).collect(Collectors.toSet());
    }

    private boolean isAllowed(Permission permission) {
        SelfSubjectAccessReview review = client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withVerb(permission.verb())
                        .withGroup(permission.group())
                        .withResource(permission.resource())
                        .withNamespace(permission.namespace())
                        .endResourceAttributes()
                        .endSpec()
                        .build());
        return review.getStatus() == null
                || Boolean.TRUE.equals(review.getStatus().getAllowed());
    }

    /** The kinds of Chaos Mesh that the cluster serves. */
    Set<String> kinds() {
        Optional<APIResourceList> served =
                ifReadable(() -> client.getApiResources(Manifests.GROUP + "/" + Manifests.VERSION));
        return served.stream()
                .flatMap(list -> list.getResources().stream())
                .filter(resource -> !resource.getName().contains("/"))
                .map(APIResource::getKind)
                .collect(Collectors.toSet());
    }

    private Set<String> existing(Collection<Manifest> manifests) {
        Set<String> existing = new HashSet<>();
        for (Manifest manifest : manifests) {
            if (!manifest.name().isEmpty()
                    && Schema.of(manifest.kind()).isPresent()
                    && ifReadable(() -> client.genericKubernetesResources(Manifests.context(manifest.kind()))
                                    .inNamespace(manifest.namespace())
                                    .withName(manifest.name())
                                    .get())
                            .isPresent()) {
                existing.add(manifest.toString());
            }
        }
        return existing;
    }

    private static <T> List<T> unlessForbidden(Supplier<List<T>> read) {
        return ifReadable(read).orElse(List.of());
    }

    private static <T> Optional<T> ifReadable(Supplier<? extends @Nullable T> read) {
        try {
            return Optional.ofNullable(read.get());
        } catch (KubernetesClientException e) {
            if (e.getCode() == FORBIDDEN || e.getCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Map<String, String> nonNull(@Nullable Map<String, String> map) {
        return Objects.requireNonNullElse(map, Map.of());
    }
}
