package dev.kintsugi.healer.helm.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.ManifestObject;
import dev.kintsugi.healer.helm.Release;
import dev.kintsugi.healer.helm.cluster.RollbackFailure.Stage;
import dev.kintsugi.healer.helm.merge.MergePatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the objects of a release from one manifest to another ({@code kube.Client.Update} of Helm 3): in the order of the new
 * manifest those that are missing are made and the others patched, then those that only the old manifest has are deleted, but for
 * those that are annotated to be kept.
 *
 * <p>It is stricter than Helm, which acts with its user's rights and not with its own: an object of another release is neither
 * taken over nor deleted, and outside of the release's namespace nothing is touched but what is marked as the release's. It is wider
 * in one thing: an object that is there although the old manifest does not have it is taken back if it is the release's own (Helm
 * gives up on what it once kept).
 */
final class Updater {

    private static final Logger LOG = LoggerFactory.getLogger(Updater.class);

    private final KubeApi api;
    private final Release release;
    private final List<Located> current;
    private final List<Located> target;

    /** For a release that is about to have the objects of {@code target} instead of those of {@code current}. */
    Updater(KubeApi api, Release release, List<Located> current, List<Located> target) {
        this.api = api;
        this.release = release;
        this.current = List.copyOf(current);
        this.target = List.copyOf(target);
    }

    /**
     * Refuses before anything is written if an object belongs to somebody else, or if one outside of the release's namespace would
     * have to be made: who may write Secrets in a namespace must not get the healer to put things elsewhere.
     */
    void check() throws RollbackFailure, ApiProblem {
        for (Located one : target) {
            Optional<ObjectNode> live = api.find(one.path());
            if (live.isEmpty() && !one.object().namespace().equals(release.namespace())) {
                throw new RollbackFailure(
                        Stage.REFUSED,
                        "%s does not exist, and the healer makes nothing outside of namespace %s"
                                .formatted(one.object(), release.namespace()));
            }
            if (live.isPresent()) {
                boolean unclaimed = original(one).isEmpty() && !Located.belongsTo(release, live.get());
                if (unclaimed || isForeign(one, live.get())) {
                    throw new RollbackFailure(
                            Stage.REFUSED,
                            "%s exists and does not belong to release %s/%s"
                                    .formatted(one.object(), release.namespace(), release.name()));
                }
            }
        }
    }

    void apply() throws RollbackFailure, CutOff {
        List<String> errors = new ArrayList<>();
        for (Located one : target) {
            Optional<ObjectNode> live = find(one);
            if (live.isPresent()) {
                patch(one, live.get(), errors);
            } else {
                create(one);
            }
        }
        if (!errors.isEmpty()) {
            throw new RollbackFailure(Stage.UPDATE, String.join(" && ", errors));
        }
        for (Located one : current) {
            if (target.stream().noneMatch(other -> other.object().isSameAs(one.object()))) {
                delete(one);
            }
        }
    }

    private Optional<ObjectNode> find(Located one) throws RollbackFailure {
        try {
            return api.find(one.path());
        } catch (ApiProblem e) {
            throw new RollbackFailure(Stage.UPDATE, "could not get information about the resource: " + e.getMessage());
        }
    }

    private void create(Located one) throws RollbackFailure, CutOff {
        try {
            api.create(one.collection(), one.ownedBy(release));
        } catch (ApiProblem e) {
            throw new RollbackFailure(Stage.UPDATE, "failed to create resource: " + e.getMessage());
        }
    }

    private void patch(Located one, ObjectNode live, List<String> errors) throws CutOff {
        ObjectNode owned = one.ownedBy(release);
        ObjectNode old = original(one).map(ManifestObject::body).orElse(owned);
        MergePatch patch = MergePatch.of(old, owned, live);
        if (patch.isEmpty()) {
            return;
        }
        try {
            api.patch(one.path(), patch);
        } catch (ApiProblem e) {
            errors.add("cannot patch \"%s\" with kind %s: %s"
                    .formatted(one.object().name(), one.object().kind(), e.getMessage()));
        }
    }

    /** It is the annotation of the live object that counts. What cannot be deleted stays, as with Helm. */
    private void delete(Located one) throws CutOff {
        try {
            Optional<ObjectNode> live = api.find(one.path());
            if (live.isEmpty() || isKept(live.get()) || isForeign(one, live.get())) {
                return;
            }
            api.delete(one.path(), live.get().path("metadata").path("uid").asText());
        } catch (ApiProblem e) {
            LOG.warn("{} of {} stays: {}", one.object(), release, e.getMessage());
        }
    }

    private boolean isForeign(Located one, ObjectNode live) {
        return one.object().namespace().equals(release.namespace())
                ? Located.belongsToAnother(release, live)
                : !Located.belongsTo(release, live);
    }

    private Optional<ManifestObject> original(Located one) {
        return current.stream()
                .map(Located::object)
                .filter(one.object()::isSameAs)
                .findFirst();
    }

    private static boolean isKept(ObjectNode live) {
        return live.path("metadata")
                .path("annotations")
                .path(ManifestObject.RESOURCE_POLICY)
                .asText()
                .equals("keep");
    }
}
