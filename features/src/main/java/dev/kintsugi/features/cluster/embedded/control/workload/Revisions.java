package dev.kintsugi.features.cluster.embedded.control.workload;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which ReplicaSet of a Deployment is the new one, and the annotations by which kubectl and Helm tell them apart. */
final class Revisions {

    static final String HASH = "pod-template-hash";
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";

    private static final String HISTORY = "deployment.kubernetes.io/revision-history";
    static final String MAX = "deployment.kubernetes.io/max-replicas";
    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            REVISION,
            HISTORY,
            DESIRED,
            MAX,
            "deprecated.deployment.rollback.to");

    private Revisions() {}

    /** The oldest ReplicaSet whose template, but for the hash label, is that of the Deployment. */
    static Optional<ReplicaSet> newOf(Deployment deployment, List<ReplicaSet> sets) {
        PodTemplateSpec wanted = withoutHash(deployment.getSpec().getTemplate());
        return sets.stream()
                .filter(set -> withoutHash(set.getSpec().getTemplate()).equals(wanted))
                .min(byAge());
    }

    /** The oldest first. */
    static Comparator<ReplicaSet> byAge() {
        return Comparator.<ReplicaSet, String>comparing(set -> set.getMetadata().getCreationTimestamp())
                .thenComparing(set -> set.getMetadata().getName());
    }

    private static PodTemplateSpec withoutHash(PodTemplateSpec template) {
        return new PodTemplateSpecBuilder(template)
                .editOrNewMetadata()
                .removeFromLabels(HASH)
                .endMetadata()
                .build();
    }

    static long revision(HasMetadata object) {
        try {
            return Long.parseLong(annotations(object).getOrDefault(REVISION, "0"));
        } catch (NumberFormatException invalid) {
            return 0;
        }
    }

    static Map<String, String> annotations(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    /**
     * The annotations of the new ReplicaSet: those of the Deployment, and a revision above all old ones. A revision that it had before,
     * since it is brought back by an undo, goes to its history.
     */
    static Map<String, String> ofNew(Deployment deployment, Map<String, String> present, Collection<ReplicaSet> old) {
        Map<String, String> result = new TreeMap<>(present);
        annotations(deployment).forEach((name, value) -> {
            if (!NOT_COPIED.contains(name)) {
                result.put(name, value);
            }
        });
        long next = old.stream().mapToLong(Revisions::revision).max().orElse(0) + 1;
        String had = present.getOrDefault(REVISION, "");
        if (had.isEmpty() || Long.parseLong(had) < next) {
            result.put(REVISION, Long.toString(next));
            if (!had.isEmpty()) {
                result.merge(HISTORY, had, (before, last) -> before + "," + last);
            }
        }
        return result;
    }

    /** The annotations by which a ReplicaSet says what it was scaled for. */
    static Map<String, String> withSizes(Map<String, String> present, RollingRules rules) {
        Map<String, String> result = new TreeMap<>(present);
        result.put(DESIRED, Integer.toString(rules.wanted()));
        result.put(MAX, Integer.toString(rules.most()));
        return result;
    }
}
