package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The conditions that the kubelet owns, in its order: Initialized, Ready, ContainersReady, PodScheduled. */
final class PodConditions {

    static final Set<String> OWNED = Set.of("Initialized", "Ready", "ContainersReady", "PodScheduled");

    private PodConditions() {}

    /**
     * All conditions of a pod: those of others as they are, then those of the kubelet.
     *
     * @param previous conditions as they were, which keep their transition time while their status is the same
     */
    static List<PodCondition> of(
            Pod pod,
            List<PodCondition> previous,
            List<ContainerStatus> inits,
            List<ContainerStatus> containers,
            String phase,
            Instant now) {
        List<PodCondition> conditions = new ArrayList<>();
        previous.stream().filter(each -> !OWNED.contains(each.getType())).forEach(conditions::add);
        PodCondition containersReady = containersReady(containers, phase);
        for (PodCondition each : List.of(
                initialized(pod, inits, phase),
                ready(pod, previous, containersReady),
                containersReady,
                condition("PodScheduled", "True", null, null))) {
            each.setLastTransitionTime(find(previous, each.getType())
                    .filter(before -> before.getStatus().equals(each.getStatus()))
                    .map(PodCondition::getLastTransitionTime)
                    .orElse(Times.text(now)));
            conditions.add(each);
        }
        return conditions;
    }

    /**
     * False with {@code ContainersNotInitialized} while an init container has not ended well; True with {@code PodCompleted} when the
     * pod succeeded.
     */
    private static PodCondition initialized(Pod pod, List<ContainerStatus> inits, String phase) {
        List<String> unready = new ArrayList<>();
        inits.stream().filter(each -> !each.getReady()).forEach(each -> unready.add(each.getName()));
        if (phase.equals("Succeeded")) {
            return condition("Initialized", "True", "PodCompleted", null);
        }
        if (!unready.isEmpty() && !pod.getSpec().getInitContainers().isEmpty()) {
            return condition(
                    "Initialized",
                    "False",
                    "ContainersNotInitialized",
                    "containers with incomplete status: " + bracketed(unready));
        }
        return condition("Initialized", "True", null, null);
    }

    /** False with {@code PodCompleted} or {@code PodFailed} in a terminal phase, with {@code ContainersNotReady} while one is not ready. */
    private static PodCondition containersReady(List<ContainerStatus> containers, String phase) {
        if (phase.equals("Succeeded")) {
            return condition("ContainersReady", "False", "PodCompleted", null);
        }
        if (phase.equals("Failed")) {
            return condition("ContainersReady", "False", "PodFailed", null);
        }
        List<String> unready = containers.stream()
                .filter(each -> !each.getReady())
                .map(ContainerStatus::getName)
                .toList();
        if (!unready.isEmpty()) {
            return condition(
                    "ContainersReady",
                    "False",
                    "ContainersNotReady",
                    "containers with unready status: " + bracketed(unready));
        }
        return condition("ContainersReady", "True", null, null);
    }

    /** As ContainersReady; when that is True, False with {@code ReadinessGatesNotReady} while a gate of the pod is not True. */
    private static PodCondition ready(Pod pod, List<PodCondition> conditions, PodCondition containersReady) {
        if (!containersReady.getStatus().equals("True")) {
            return condition(
                    "Ready", containersReady.getStatus(), containersReady.getReason(), containersReady.getMessage());
        }
        List<String> closed = new ArrayList<>();
        for (PodReadinessGate gate : pod.getSpec().getReadinessGates()) {
            Optional<PodCondition> condition = find(conditions, gate.getConditionType());
            if (condition.isEmpty()) {
                closed.add("corresponding condition of pod readiness gate \"" + gate.getConditionType()
                        + "\" does not exist.");
            } else if (!condition.get().getStatus().equals("True")) {
                closed.add("the status of pod readiness gate \"" + gate.getConditionType() + "\" is not \"True\", but "
                        + condition.get().getStatus());
            }
        }
        if (!closed.isEmpty()) {
            return condition("Ready", "False", "ReadinessGatesNotReady", String.join(", ", closed));
        }
        return condition("Ready", "True", null, null);
    }

    private static Optional<PodCondition> find(List<PodCondition> conditions, String type) {
        return conditions.stream().filter(each -> each.getType().equals(type)).findFirst();
    }

    /** As Go prints a list. */
    private static String bracketed(List<String> names) {
        return "[" + String.join(" ", names) + "]";
    }

    private static PodCondition condition(
            String type, String status, @Nullable String reason, @Nullable String message) {
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .build();
    }
}
