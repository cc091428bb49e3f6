package dev.kintsugi.chaos.guard;

import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.model.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A made-up cluster. */
public final class Cluster {
    private final List<Member> members = new ArrayList<>();
    private final List<Budget> budgets = new ArrayList<>();
    private final Map<String, Map<String, String>> namespaces = new java.util.HashMap<>();
    private final Set<Permission> denied = new java.util.HashSet<>();
    private final Set<String> withoutNetem = new java.util.HashSet<>();

    /** Adds a workload whose pods have these names. */
    public Cluster with(String kind, String namespace, String workload, String... pods) {
        for (String pod : pods) {
            members.add(new Member(Pods.running(namespace, pod), new Workload(kind, namespace, workload), true));
        }
        namespaces.putIfAbsent(namespace, Map.of());
        return this;
    }

    /** Adds a Deployment of as many pods. */
    public Cluster deployment(String namespace, String name, int replicas) {
        return with(
                "Deployment",
                namespace,
                name,
                IntStream.range(0, replicas).mapToObj(i -> name + "-" + i).toArray(String[]::new));
    }

    public Cluster budget(String name, int allowed, String... pods) {
        budgets.add(new Budget("shop", name, Set.of(pods), allowed));
        return this;
    }

    public Cluster annotated(String namespace, Map<String, String> annotations) {
        namespaces.put(namespace, annotations);
        return this;
    }

    public Cluster denying(String verb, String resource, String namespace) {
        denied.add(new Permission(verb, "chaos-mesh.org", resource, namespace));
        return this;
    }

    public Cluster withoutNetem(String node) {
        withoutNetem.add(node);
        return this;
    }

    public Surroundings surroundings() {
        return new Surroundings(
                members,
                budgets,
                namespaces,
                Map.of(),
                withoutNetem,
                denied,
                Set.of("PodChaos", "NetworkChaos", "StressChaos", "Schedule"),
                Set.of());
    }

    /** A manifest in namespace shop. */
    public static Manifest manifest(String kind, String spec) {
        Manifest.Reading reading = Manifest.read(
                "x.yaml",
                "apiVersion: chaos-mesh.org/v1alpha1\nkind: " + kind + "\nmetadata: {name: x, namespace: shop}\nspec: {"
                        + spec + "}\n");
        return reading.manifests().get(0);
    }
}
