package dev.kintsugi.features.cluster.embedded.control;

import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIGroupList;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The kinds that are served and can be watched, but for Events. Safe for any thread. */
final class Kinds {

    private final Map<String, ResourceKind> kinds = new ConcurrentHashMap<>();

    /** Asks the API server what it serves; kinds that a loop reads get their class. */
    static Kinds discover(KubernetesClient client, Set<Class<? extends HasMetadata>> models) {
        Kinds kinds = new Kinds();
        models.forEach(model -> kinds.add(ResourceKind.of(model)));
        kinds.addAll(client.getApiResources("v1"), "v1");
        APIGroupList groups = client.getApiGroups();
        if (groups != null) {
            for (APIGroup group : groups.getGroups()) {
                String version = group.getPreferredVersion().getGroupVersion();
                kinds.addAll(client.getApiResources(version), version);
            }
        }
        return kinds;
    }

    private void addAll(@Nullable APIResourceList served, String apiVersion) {
        if (served == null) {
            return;
        }
        for (APIResource resource : served.getResources()) {
            boolean subresource = resource.getName().contains("/");
            boolean watched = resource.getVerbs().containsAll(List.of("list", "watch"));
            if (!subresource && watched && !resource.getKind().equals("Event")) {
                add(ResourceKind.generic(apiVersion, resource.getKind(), resource.getName(), resource.getNamespaced()));
            }
        }
    }

    /** Whether it was not known yet. */
    boolean add(ResourceKind kind) {
        return kinds.putIfAbsent(kind.id(), kind) == null;
    }

    void remove(ResourceKind kind) {
        kinds.remove(kind.id(), kind);
    }

    List<ResourceKind> all() {
        return new ArrayList<>(kinds.values());
    }

    /** The kind of that name in that group, in another version if need be; null if there is none. */
    @Nullable ResourceKind find(String apiVersion, String kind) {
        ResourceKind exact = kinds.get(ResourceKind.id(apiVersion, kind));
        if (exact != null) {
            return exact;
        }
        return kinds.values().stream()
                .filter(other ->
                        other.kind().equals(kind) && group(other.apiVersion()).equals(group(apiVersion)))
                .findFirst()
                .orElse(null);
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /** The kind that a definition brings, in the version in which it is stored; null until it is served. */
    static @Nullable ResourceKind defined(CustomResourceDefinition definition) {
        boolean established = definition.getStatus() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
        if (!established) {
            return null;
        }
        return definition.getSpec().getVersions().stream()
                .filter(CustomResourceDefinitionVersion::getStorage)
                .findFirst()
                .map(version -> ResourceKind.generic(
                        definition.getSpec().getGroup() + "/" + version.getName(),
                        definition.getSpec().getNames().getKind(),
                        definition.getSpec().getNames().getPlural(),
                        definition.getSpec().getScope().equals("Namespaced")))
                .orElse(null);
    }
}
