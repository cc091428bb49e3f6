package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conditions of pods as controllers write them. */
public final class Conditions {

    private Conditions() {}

    /** A copy of a pod with a condition, in the place of the one of its type; only another status is a transition. */
    public static Pod set(
            Pod pod, String type, String status, @Nullable String reason, @Nullable String message, Instant now) {
        PodCondition condition = new PodConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(Times.seconds(now))
                .build();
        List<PodCondition> conditions = new ArrayList<>();
        if (pod.getStatus() != null && pod.getStatus().getConditions() != null) {
            conditions.addAll(pod.getStatus().getConditions());
        }
        for (int i = 0; i < conditions.size(); i++) {
            PodCondition present = conditions.get(i);
            if (present.getType().equals(type)) {
                if (status.equals(present.getStatus())) {
                    condition.setLastTransitionTime(present.getLastTransitionTime());
                }
                conditions.set(i, condition);
                return with(pod, conditions);
            }
        }
        conditions.add(condition);
        return with(pod, conditions);
    }

    private static Pod with(Pod pod, List<PodCondition> conditions) {
        return new PodBuilder(pod)
                .editOrNewStatus()
                .withConditions(conditions)
                .endStatus()
                .build();
    }
}
