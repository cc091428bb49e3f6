package dev.kintsugi.features.cluster.embedded.control.garbage;

import dev.kintsugi.features.cluster.embedded.control.model.Times;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import io.fabric8.kubernetes.api.model.NamespaceStatus;
import io.fabric8.kubernetes.api.model.NamespaceStatusBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * By which conditions a namespace that is being deleted says what it still waits for.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace">Deleting a namespace</a>
 */
final class DeletionConditions {

    private DeletionConditions() {}

    /** The status of a namespace with these contents left. */
    static NamespaceStatus of(Namespace namespace, List<HasMetadata> contents, Instant now) {
        List<NamespaceCondition> present = namespace.getStatus() == null
                ? List.of()
                : namespace.getStatus().getConditions();
        List<NamespaceCondition> conditions = new ArrayList<>();
        add(
                conditions,
                present,
                now,
                "NamespaceDeletionDiscoveryFailure",
                false,
                "ResourcesDiscovered",
                "All resources" + " successfully discovered");
        add(
                conditions,
                present,
                now,
                "NamespaceDeletionGroupVersionParsingFailure",
                false,
                "ParsedGroupVersions",
                "All" + " legacy kube types successfully parsed");
        add(
                conditions,
                present,
                now,
                "NamespaceDeletionContentFailure",
                false,
                "ContentDeleted",
                "All content" + " successfully deleted, may be waiting on finalization");
        add(conditions, present, now, "NamespaceContentRemaining", true, "SomeResourcesRemain", remaining(contents));
        String finalizers = finalizers(contents);
        if (finalizers.isEmpty()) {
            add(
                    conditions,
                    present,
                    now,
                    "NamespaceFinalizersRemaining",
                    false,
                    "ContentHasNoFinalizers",
                    "All" + " content-preserving finalizers finished");
        } else {
            add(conditions, present, now, "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", finalizers);
        }
        return new NamespaceStatusBuilder(Objects.requireNonNullElseGet(namespace.getStatus(), NamespaceStatus::new))
                .withPhase("Terminating")
                .withConditions(conditions)
                .build();
    }

    private static String remaining(List<HasMetadata> contents) {
        Map<String, Long> counts = contents.stream()
                .collect(Collectors.groupingBy(DeletionConditions::resource, TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(one -> one.getKey() + " has " + one.getValue() + " resource instances")
                .collect(Collectors.joining(", ", "Some resources are remaining: ", ""));
    }

    private static String resource(HasMetadata object) {
        int slash = object.getApiVersion().indexOf('/');
        return object.getPlural() + "."
                + (slash < 0 ? "" : object.getApiVersion().substring(0, slash));
    }

    private static String finalizers(List<HasMetadata> contents) {
        Map<String, Long> counts = contents.stream()
                .flatMap(object -> object.getMetadata().getFinalizers().stream())
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
        return counts.isEmpty()
                ? ""
                : counts.entrySet().stream()
                        .map(one -> one.getKey() + " in " + one.getValue() + " resource instances")
                        .collect(Collectors.joining(
                                ", ", "Some content in the namespace has finalizers remaining: ", ""));
    }

    /** Only another status is a transition. */
    private static void add(
            List<NamespaceCondition> conditions,
            List<NamespaceCondition> present,
            Instant now,
            String type,
            boolean holds,
            String reason,
            String message) {
        String status = holds ? "True" : "False";
        String since = present.stream()
                .filter(condition -> condition.getType().equals(type) && status.equals(condition.getStatus()))
                .map(NamespaceCondition::getLastTransitionTime)
                .findFirst()
                .orElse(Times.seconds(now));
        conditions.add(new NamespaceConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(since)
                .build());
    }
}
