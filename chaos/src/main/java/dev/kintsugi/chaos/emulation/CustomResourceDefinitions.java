package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.Kind;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The published definitions of Chaos Mesh's kinds. */
final class CustomResourceDefinitions {
    private static final long PATIENCE_SECONDS = 20;

    private final KubernetesClient client;

    CustomResourceDefinitions(KubernetesClient client) {
        this.client = client;
    }

    /** Creates those that are missing, and waits until the API serves them. */
    void install() {
        for (Kind kind : Kind.values()) {
            install(definition(kind));
        }
    }

    static CustomResourceDefinition definition(Kind kind) {
        String file = "chaos-mesh.org_" + kind.plural() + ".yaml";
        try (InputStream yaml = CustomResourceDefinitions.class.getResourceAsStream("/chaos-mesh/crds/" + file)) {
            return Serialization.unmarshal(Objects.requireNonNull(yaml, file), CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void install(CustomResourceDefinition definition) {
        Resource<CustomResourceDefinition> resource = client.resource(definition);
        if (!isEstablished(createOrGet(resource))) {
            resource.waitUntilCondition(CustomResourceDefinitions::isEstablished, PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static @Nullable CustomResourceDefinition createOrGet(Resource<CustomResourceDefinition> resource) {
        try {
            return resource.create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
            return resource.get();
        }
    }

    private static boolean isEstablished(@Nullable CustomResourceDefinition definition) {
        return definition != null
                && definition.getStatus() != null
                && definition.getStatus().getConditions().stream().anyMatch(CustomResourceDefinitions::isEstablished);
    }

    private static boolean isEstablished(CustomResourceDefinitionCondition condition) {
        return condition.getType().equals("Established")
                && condition.getStatus().equals("True");
    }
}
