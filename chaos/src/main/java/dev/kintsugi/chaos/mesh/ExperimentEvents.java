package dev.kintsugi.chaos.mesh;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The Events that Chaos Mesh's controllers wrote about one experiment. */
final class ExperimentEvents {
    private final KubernetesClient client;

    ExperimentEvents(KubernetesClient client) {
        this.client = client;
    }

    /** The warnings, each with reason and message. */
    List<String> warnings(Reference reference) {
        return client.v1().events().inNamespace(reference.namespace()).list().getItems().stream()
                .filter(event -> concerns(event, reference) && "Warning".equals(event.getType()))
                .map(event -> event.getReason() + ": " + event.getMessage())
                .distinct()
                .toList();
    }

    /** Why no target was found, once the controllers said so: they do not look again. */
    Optional<String> failedSelection(Reference reference) {
        return warnings(reference).stream()
                .filter(warning -> warning.startsWith("Failed: Failed to select targets"))
                .findFirst();
    }

    private static boolean concerns(Event event, Reference reference) {
        return event.getInvolvedObject() != null
                && Objects.equals(event.getInvolvedObject().getUid(), reference.uid());
    }
}
