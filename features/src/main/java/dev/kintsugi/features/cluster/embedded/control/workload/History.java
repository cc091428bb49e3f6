package dev.kintsugi.features.cluster.embedded.control.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.control.model.Claimed;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ControllerRevisions in which a StatefulSet or DaemonSet keeps its templates, present and former; {@code kubectl rollout undo} reads
 * them.
 *
 * @param revisions by their number, the oldest first
 * @param claims writes that adopt or release revisions; they come before all else
 * @see <a href="https://kubernetes.io/docs/tasks/manage-daemon/rollback-daemon-set/">Revisions of DaemonSets</a>
 */
record History(List<ControllerRevision> revisions, List<Write> claims) {

    private static final int DEFAULT_LIMIT = 10;

    static History of(HasMetadata owner, LabelSelector selector, World world) {
        Claimed<ControllerRevision> claimed = Claimed.by(
                owner,
                selector,
                ControllerRevision.class,
                world,
                revision -> true,
                (revision, metadata) -> new ControllerRevisionBuilder(revision)
                        .withMetadata(metadata)
                        .build());
        List<ControllerRevision> sorted = claimed.mine().stream()
                .sorted(Comparator.comparing(ControllerRevision::getRevision)
                        .thenComparing(revision -> revision.getMetadata().getCreationTimestamp())
                        .thenComparing(revision -> revision.getMetadata().getName()))
                .toList();
        return new History(sorted, claimed.claims());
    }

    /** What a revision says of a template: what to put in its place. */
    static Map<String, Object> data(PodTemplateSpec template) {
        Map<String, Object> patch = TemplateHash.tree(template);
        patch.put("$patch", "replace");
        return Map.of("spec", Map.of("template", patch));
    }

    /** The latest revision with this template. */
    Optional<ControllerRevision> with(PodTemplateSpec template) {
        JsonNode data = TemplateHash.json(data(template));
        return revisions.stream()
                .filter(revision -> revision.getData() != null && data.equals(TemplateHash.json(revision.getData())))
                .reduce((before, later) -> later);
    }

    Optional<ControllerRevision> named(@Nullable String name) {
        return revisions.stream()
                .filter(revision -> revision.getMetadata().getName().equals(name))
                .findFirst();
    }

    /** The template that a revision keeps. */
    static PodTemplateSpec template(ControllerRevision revision) {
        return TemplateHash.template(revision.getData());
    }

    private long latest() {
        return revisions.isEmpty() ? 0 : revisions.get(revisions.size() - 1).getRevision();
    }

    /** Whether a revision has the highest number. */
    boolean isLatest(ControllerRevision revision) {
        return revision.getRevision() == latest();
    }

    /** The revision of a template that comes back, with the next number. */
    Write broughtBack(ControllerRevision revision) {
        return new Write.Replace(new ControllerRevisionBuilder(revision)
                .withRevision(latest() + 1)
                .build());
    }

    /** A new revision, named after its hash. */
    ControllerRevision next(HasMetadata owner, PodTemplateSpec template, String hash, String hashLabel) {
        Map<String, String> labels = template.getMetadata() == null
                ? Map.of()
                : template.getMetadata().getLabels();
        return new ControllerRevisionBuilder()
                .withNewMetadata()
                .withName(owner.getMetadata().getName() + "-" + hash)
                .withNamespace(owner.getMetadata().getNamespace())
                .withLabels(labels)
                .addToLabels(hashLabel, hash)
                .withAnnotations(owner.getMetadata().getAnnotations())
                .withOwnerReferences(Owners.referenceTo(owner))
                .endMetadata()
                .withData(data(template))
                .withRevision(latest() + 1)
                .build();
    }

    /** The oldest revisions that nothing uses go, beyond the number to keep. */
    List<Write> surplus(Set<String> usedNames, @Nullable Integer limit) {
        List<ControllerRevision> unused = revisions.stream()
                .filter(revision -> !usedNames.contains(revision.getMetadata().getName()))
                .toList();
        int keep = limit == null ? DEFAULT_LIMIT : limit;
        return unused.stream()
                .limit(Math.max(0, unused.size() - keep))
                .<Write>map(revision -> new Write.Delete(revision, Write.Propagation.BACKGROUND))
                .toList();
    }
}
