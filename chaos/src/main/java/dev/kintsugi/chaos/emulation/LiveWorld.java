package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.orchestration.Item;
import dev.kintsugi.chaos.emulation.orchestration.Orchestration;
import dev.kintsugi.chaos.emulation.orchestration.World;
import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Tree;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cluster, read anew whenever something is asked of it. */
final class LiveWorld implements World {
    private final KubernetesClient client;

    LiveWorld(KubernetesClient client) {
        this.client = client;
    }

    /** How the client addresses a kind of Chaos Mesh, or pods. */
    static ResourceDefinitionContext context(String kind) {
        boolean isPod = kind.equals("Pod");
        return new ResourceDefinitionContext.Builder()
                .withGroup(isPod ? "" : Manifests.GROUP)
                .withVersion(isPod ? "v1" : Manifests.VERSION)
                .withKind(kind)
                .withPlural(isPod ? "pods" : Orchestration.PLURALS.getOrDefault(kind, kind.toLowerCase(Locale.ROOT)))
                .withNamespaced(true)
                .build();
    }

    Resource<GenericKubernetesResource> resource(Item.Ref ref) {
        return client.genericKubernetesResources(context(ref.kind()))
                .inNamespace(ref.namespace())
                .withName(ref.name());
    }

    @Override
    public List<Item> labelled(String kind, String namespace, String label, String value) {
        try {
            return client
                    .genericKubernetesResources(context(kind))
                    .inNamespace(namespace)
                    .withLabel(label, value)
                    .list()
                    .getItems()
                    .stream()
                    .map(resource -> item(kind, resource))
                    .toList();
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public Optional<Item> get(Item.Ref ref) {
        @Nullable GenericKubernetesResource found = resource(ref).get();
        return Optional.ofNullable(found).map(resource -> item(ref.kind(), resource));
    }

    /** A log that cannot be read counts as empty. */
    @Override
    public String log(Item.Ref pod, String container) {
        try {
            @Nullable String log = client.pods()
                    .inNamespace(pod.namespace())
                    .withName(pod.name())
                    .inContainer(container)
                    .getLog();
            return log == null ? "" : log;
        } catch (KubernetesClientException e) {
            return "";
        }
    }

    static Item item(String kind, GenericKubernetesResource resource) {
        Map<String, Object> rest = resource.getAdditionalProperties();
        return new Item(
                Objects.requireNonNullElse(
                        resource.getApiVersion(), context(kind).getVersion()),
                kind,
                Objects.requireNonNullElse(resource.getMetadata().getNamespace(), ""),
                resource.getMetadata().getName(),
                Objects.requireNonNullElse(resource.getMetadata().getUid(), ""),
                Objects.requireNonNullElse(resource.getMetadata().getResourceVersion(), ""),
                Instant.parse(resource.getMetadata().getCreationTimestamp()),
                resource.getMetadata().getDeletionTimestamp() != null,
                Objects.requireNonNullElse(resource.getMetadata().getLabels(), Map.of()),
                Objects.requireNonNullElse(resource.getMetadata().getAnnotations(), Map.of()),
                new Tree(rest.get("spec")),
                new Tree(rest.get("status")));
    }
}
