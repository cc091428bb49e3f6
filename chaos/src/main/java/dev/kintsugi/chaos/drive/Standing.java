package dev.kintsugi.chaos.drive;

import dev.kintsugi.chaos.mesh.Reference;
import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.Tree;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A resource that Kintsugi created and that is still there.
 *
 * @param action what it does, such as {@code pod-kill}; empty where the kind says it all
 * @param createdAt by the API server's clock, whole seconds
 * @param duration as it is written; empty when it has none
 * @param leased whether the cluster removes it by itself
 * @param going whether it has been asked to go
 * @param finished whether it has done all it does: a Workflow that is accomplished
 */
public record Standing(
        Reference reference,
        String action,
        Instant createdAt,
        String duration,
        boolean leased,
        boolean going,
        Status status,
        boolean finished) {

    static Standing of(GenericKubernetesResource resource) {
        Tree tree = new Tree(resource.getAdditionalProperties());
        Reference reference = new Reference(
                resource.getKind(),
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(),
                resource.getMetadata().getUid());
        boolean accomplished = tree.at("status", "conditions").elements().stream()
                .anyMatch(condition -> condition.at("type").text("").equals("Accomplished")
                        && condition.at("status").text("").equals("True"));
        return new Standing(
                reference,
                tree.at("spec", "action").text(""),
                Optional.ofNullable(resource.getMetadata().getCreationTimestamp())
                        .map(Instant::parse)
                        .orElse(Instant.EPOCH),
                tree.at("spec", "duration").text(""),
                owners(resource).stream()
                        .anyMatch(owner ->
                                "Job".equals(owner.getKind()) && owner.getName().startsWith("kintsugi-lease-")),
                resource.getMetadata().getDeletionTimestamp() != null,
                Status.of(tree.at("status")),
                accomplished);
    }

    private static List<OwnerReference> owners(GenericKubernetesResource resource) {
        return Objects.requireNonNullElse(resource.getMetadata().getOwnerReferences(), List.of());
    }

    /** One word for a list. */
    public String phase() {
        if (going) {
            return "Removing";
        }
        if (!reference.isExperiment()) {
            return finished ? "Accomplished" : "Running";
        }
        if (status.isRecovered()) {
            return "Recovered";
        }
        if (status.isInjected()) {
            return "Injected";
        }
        return status.failures().isEmpty() ? "Waiting" : "Failing";
    }

    /** Whether it does nothing any more and will do nothing again. */
    public boolean isOver() {
        return reference.isExperiment() ? status.isRecovered() : finished;
    }

    /** How many of its targets have the fault now, of how many. */
    public String targets() {
        long injected =
                status.targets().stream().filter(record -> record.isInjected()).count();
        return reference.isExperiment() ? injected + "/" + status.targets().size() : "-";
    }

    /** For a program. */
    public Map<String, Object> toMap() {
        return Map.of(
                "kind", reference.kind(),
                "namespace", reference.namespace(),
                "name", reference.name(),
                "action", action,
                "phase", phase(),
                "targets", targets(),
                "createdAt", createdAt.toString(),
                "leased", leased,
                "records",
                        status.targets().stream()
                                .map(record -> Map.of("id", record.id(), "phase", record.phase()))
                                .toList());
    }
}
