package dev.kintsugi.chaos.emulation;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes a change to an object, if need be onto what somebody else has written meanwhile. */
final class Rewrite {
    private static final int MAX_CONFLICTS = 10;

    private final NonNamespaceOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> resources;
    private final boolean statusAlone;

    private Rewrite(KubernetesClient client, ResourceDefinitionContext context, String namespace, boolean statusAlone) {
        this.resources = client.genericKubernetesResources(context).inNamespace(namespace);
        this.statusAlone = statusAlone;
    }

    /** Of the whole object. */
    static Rewrite of(KubernetesClient client, ResourceDefinitionContext context, String namespace) {
        return new Rewrite(client, context, namespace, false);
    }

    /** Of the status, for kinds that have a subresource for it. */
    static Rewrite ofStatus(KubernetesClient client, ResourceDefinitionContext context, String namespace) {
        return new Rewrite(client, context, namespace, true);
    }

    /**
     * Writes a change.
     *
     * @param known the object as it was read; it may be changed
     * @param change gives the object to write; null leaves it as it is. Called again with what has come between
     */
    void from(
            GenericKubernetesResource known,
            Function<GenericKubernetesResource, @Nullable GenericKubernetesResource> change) {
        String uid = known.getMetadata().getUid();
        @Nullable GenericKubernetesResource current = known;
        for (int attempt = 1; current != null; attempt++) {
            @Nullable GenericKubernetesResource changed = change.apply(current);
            if (changed == null || write(changed, attempt)) {
                return;
            }
            current = resources.withName(known.getMetadata().getName()).get();
            if (current != null && !Objects.equals(current.getMetadata().getUid(), uid)) {
                return;
            }
        }
    }

    /** Whether that is done with: written, or gone. */
    private boolean write(GenericKubernetesResource changed, int attempt) {
        try {
            if (statusAlone) {
                resources.resource(changed).updateStatus();
            } else {
                resources.resource(changed).update();
            }
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                return true;
            }
            if (e.getCode() != 409 || attempt == MAX_CONFLICTS) {
                throw e;
            }
            return false;
        }
    }
}
