package dev.kintsugi.features.cluster.embedded.control.batch;

import dev.kintsugi.features.cluster.embedded.control.model.Times;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Conditions of Jobs. */
final class JobConditions {

    static final String COMPLETE = "Complete";
    static final String FAILED = "Failed";
    static final String SUSPENDED = "Suspended";
    static final String FAILURE_TARGET = "FailureTarget";

    private JobConditions() {}

    /** The condition by which a Job has ended, {@code Complete} or {@code Failed}; empty if it has not. */
    static Optional<JobCondition> ending(Job job) {
        return job.getStatus() == null
                ? Optional.empty()
                : job.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals(COMPLETE)
                                || condition.getType().equals(FAILED))
                        .filter(condition -> "True".equals(condition.getStatus()))
                        .findFirst();
    }

    static Optional<JobCondition> of(JobStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    static JobCondition isTrue(String type, @Nullable String reason, @Nullable String message, Instant now) {
        return new JobConditionBuilder()
                .withType(type)
                .withStatus("True")
                .withReason(reason)
                .withMessage(message)
                .withLastProbeTime(Times.seconds(now))
                .withLastTransitionTime(Times.seconds(now))
                .build();
    }

    /** With the condition in the place of the one of its type; the same list if that says the same already. */
    static List<JobCondition> with(List<JobCondition> present, JobCondition condition) {
        List<JobCondition> conditions = new ArrayList<>(present);
        for (int i = 0; i < conditions.size(); i++) {
            JobCondition one = conditions.get(i);
            if (one.getType().equals(condition.getType())) {
                boolean same = Objects.equals(one.getStatus(), condition.getStatus())
                        && Objects.equals(one.getReason(), condition.getReason())
                        && Objects.equals(one.getMessage(), condition.getMessage());
                if (!same) {
                    conditions.set(i, condition);
                }
                return conditions;
            }
        }
        conditions.add(condition);
        return conditions;
    }
}
