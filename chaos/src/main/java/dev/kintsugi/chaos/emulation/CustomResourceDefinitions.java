package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Manifests;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The published definitions of Chaos Mesh's kinds. */
final class CustomResourceDefinitions {
    /** Every kind that is published, experiments first. */
    static final List<String> PLURALS = Stream.concat(
                    Stream.of(Kind.values()).map(Kind::plural),
                    Stream.of("statuschecks", "podnetworkchaos", "schedules", "workflows", "workflownodes"))
            .toList();

    private static final long PATIENCE_SECONDS = 20;

    private final KubernetesClient client;

    CustomResourceDefinitions(KubernetesClient client) {
        this.client = client;
    }

    /** Creates those that are missing, and waits until the API serves all. */
    void install() {
        List<Resource<CustomResourceDefinition>> awaited = new ArrayList<>();
        for (String plural : PLURALS) {
            Resource<CustomResourceDefinition> resource =
                    client.resources(CustomResourceDefinition.class).withName(plural + "." + Manifests.GROUP);
            @Nullable CustomResourceDefinition known = resource.get();
            if (!isEstablished(known == null ? create(definition(plural)) : known)) {
                awaited.add(resource);
            }
        }
        awaited.forEach(resource -> resource.waitUntilCondition(
                CustomResourceDefinitions::isEstablished, PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** The definition of the kind with that plural. */
    static CustomResourceDefinition definition(String plural) {
        String file = "chaos-mesh.org_" + plural + ".yaml";
        try (InputStream yaml = CustomResourceDefinitions.class.getResourceAsStream("/chaos-mesh/crds/" + file)) {
            return Serialization.unmarshal(Objects.requireNonNull(yaml, file), CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Somebody else may have been quicker. */
    private @Nullable CustomResourceDefinition create(CustomResourceDefinition definition) {
        Resource<CustomResourceDefinition> resource = client.resource(definition);
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
