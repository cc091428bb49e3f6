package dev.kintsugi.features.cluster.embedded.control;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/**
 * A kind as the API server serves it.
 *
 * @param model the class of its objects here
 */
record ResourceKind(
        String apiVersion, String kind, String plural, boolean namespaced, Class<? extends HasMetadata> model) {

    static ResourceKind of(Class<? extends HasMetadata> model) {
        return new ResourceKind(
                HasMetadata.getApiVersion(model),
                HasMetadata.getKind(model),
                HasMetadata.getPlural(model),
                Namespaced.class.isAssignableFrom(model),
                model);
    }

    static ResourceKind generic(String apiVersion, String kind, String plural, boolean namespaced) {
        return new ResourceKind(apiVersion, kind, plural, namespaced, GenericKubernetesResource.class);
    }

    /** What identifies it in references. */
    String id() {
        return id(apiVersion, kind);
    }

    static String id(String apiVersion, String kind) {
        return apiVersion + "/" + kind;
    }

    /** The path of all its objects in a namespace, which is not used for kinds without one. */
    String path(String namespace) {
        String root = apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
        return namespaced ? root + "/namespaces/" + namespace + "/" + plural : root + "/" + plural;
    }

    /** A watch of all its objects that is not started yet. */
    SharedIndexInformer<? extends HasMetadata> informer(KubernetesClient client) {
        if (model != GenericKubernetesResource.class) {
            return client.resources(model).inAnyNamespace().runnableInformer(0);
        }
        int slash = apiVersion.indexOf('/');
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(slash < 0 ? "" : apiVersion.substring(0, slash))
                .withVersion(apiVersion.substring(slash + 1))
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
        return client.genericKubernetesResources(context).inAnyNamespace().runnableInformer(0);
    }
}
