package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.model.Kind;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;

/** The definitions of Chaos Mesh's kinds on a mock server, which has nobody who would establish them; without their schemas. */
final class Definitions {
    private static final Map<String, String> KINDS = Map.of(
            "schedules", "Schedule",
            "workflows", "Workflow",
            "workflownodes", "WorkflowNode",
            "statuschecks", "StatusCheck",
            "podnetworkchaos", "PodNetworkChaos");

    private Definitions() {}

    static void establish(KubernetesClient client) {
        for (String plural : CustomResourceDefinitions.PLURALS) {
            client.resource(new CustomResourceDefinitionBuilder()
                            .withNewMetadata()
                            .withName(plural + "." + Manifests.GROUP)
                            .endMetadata()
                            .withNewSpec()
                            .withGroup(Manifests.GROUP)
                            .withScope("Namespaced")
                            .withNewNames()
                            .withPlural(plural)
                            .withKind(kind(plural))
                            .endNames()
                            .addNewVersion()
                            .withName(Manifests.VERSION)
                            .withServed(true)
                            .withStorage(true)
                            .endVersion()
                            .endSpec()
                            .withNewStatus()
                            .addNewCondition()
                            .withType("Established")
                            .withStatus("True")
                            .endCondition()
                            .endStatus()
                            .build())
                    .create();
        }
    }

    private static String kind(String plural) {
        for (Kind kind : Kind.values()) {
            if (kind.plural().equals(plural)) {
                return kind.text();
            }
        }
        return KINDS.getOrDefault(plural, plural);
    }
}
