package dev.kintsugi.features.cluster.existing;

import java.util.List;
import java.util.stream.Stream;

/**
 * Something that a run asks of the API server, in any namespace.
 *
 * @param group empty for the core
 * @param resource the plural, with a subresource behind a slash if there is one
 */
record Permission(String group, String resource, String verb) {

    private static final String CHAOS = "chaos-mesh.org";

    /** What every run needs: the recorder's watches, the driver, the healer beside the cluster, and clearing up. */
    static List<Permission> always() {
        return Stream.of(
                        of("", "namespaces", "get", "list", "watch", "create", "delete"),
                        of("", "nodes", "list", "watch", "patch"),
                        of("", "pods", "get", "list", "watch", "delete"),
                        of("", "pods/eviction", "create"),
                        of("", "services", "get", "list", "watch", "create"),
                        of("", "configmaps", "get", "list", "watch", "create", "patch", "delete"),
                        of("", "events", "list", "watch", "create"),
                        of("apps", "deployments", "get", "list", "watch", "create", "patch"),
                        of("apps", "replicasets", "get", "list", "watch", "patch"),
                        of("apps", "controllerrevisions", "get", "list", "watch", "patch"),
                        of("apps", "statefulsets", "list", "watch", "patch"),
                        of("apps", "daemonsets", "list", "watch", "patch"),
                        of("discovery.k8s.io", "endpointslices", "list", "watch"),
                        of("policy", "poddisruptionbudgets", "list", "watch"),
                        of(
                                "apiextensions.k8s.io",
                                "customresourcedefinitions",
                                "get",
                                "list",
                                "watch",
                                "create",
                                "delete"),
                        of("kintsugi.dev", "recoveries", "get", "list", "watch", "create", "delete"),
                        of("kintsugi.dev", "recoveries/status", "patch", "update"))
                .flatMap(List::stream)
                .toList();
    }

    /**
     * What Chaos Mesh's experiments need besides: its webhook asks for the same in the namespaces of the targets, and the lease on which
     * an experiment hangs is a Job.
     */
    static List<Permission> chaosMesh() {
        Stream<Permission> experiments = Stream.of("podchaos", "networkchaos", "stresschaos")
                .flatMap(kind -> of(CHAOS, kind, "get", "list", "watch", "create", "patch", "delete").stream());
        return Stream.concat(experiments, of("batch", "jobs", "get", "create", "patch", "delete").stream())
                .toList();
    }

    /** What the kubelets' figures need, by which memory and CPU time that a fault takes are proven. */
    static List<Permission> figures() {
        return of("", "nodes/proxy", "get");
    }

    /** What the API server's proxy needs, where users' requests take that way. */
    static List<Permission> proxy() {
        return Stream.of(of("", "services/proxy", "get"), of("", "pods/proxy", "get", "create"))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Permission> of(String group, String resource, String... verbs) {
        return Stream.of(verbs)
                .map(verb -> new Permission(group, resource, verb))
                .toList();
    }

    String plural() {
        return resource.split("/", 2)[0];
    }

    /** Empty for the object itself. */
    String subresource() {
        return resource.contains("/") ? resource.split("/", 2)[1] : "";
    }

    @Override
    public String toString() {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group);
    }
}
