package dev.kintsugi.features.cluster.embedded.control.batch;

import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One look at a Job that has not ended. Pods are made or deleted, pods that ended are written down as not yet counted, those written down
 * lose their finalizer, and those without it are counted. When nothing is left to count, an ending that was decided is written.
 */
final class JobSync {

    private static final String REPORTER = "job-controller";

    private final Job job;
    private final JobStatus present;
    private final Instant now;
    private final List<Pod> pods;
    private final JobTally tally;
    private final JobScale scale;

    JobSync(Job job, List<Pod> pods, Instant now) {
        this.job = job;
        this.present = job.getStatus() == null ? new JobStatus() : job.getStatus();
        this.now = now;
        this.pods = pods;
        this.tally = new JobTally(job, present, pods);
        this.scale = new JobScale(job, pods, tally.succeededIndexes(), tally.succeeded(), now);
    }

    Reaction reaction() {
        JobStatusBuilder status = new JobStatusBuilder(present);
        List<Write> writes = new ArrayList<>();
        List<Write> told = new ArrayList<>();
        boolean suspended = isSuspended();
        String start = present.getStartTime();
        if (start == null && !suspended) {
            start = Times.seconds(now);
        }
        JobCondition failure = failure(start);
        JobScale.Plan plan = plan(failure);
        writes.addAll(plan.writes());
        JobCondition ending = failure != null ? failure : completed(plan.active());
        List<JobCondition> conditions = present.getConditions();
        if (ending == null) {
            JobCondition pause = pause(suspended);
            if (pause != null) {
                conditions = JobConditions.with(conditions, pause);
                told.add(Write.Tell.normal(
                        job,
                        REPORTER,
                        suspended ? "Suspended" : "Resumed",
                        Objects.requireNonNull(pause.getMessage())));
                start = suspended ? start : Times.seconds(now);
            }
        }
        boolean counted = tally.count(status, failure != null);
        if (ending != null && ending.getType().equals(JobConditions.FAILURE_TARGET)) {
            conditions = JobConditions.with(conditions, ending);
            ending = new JobConditionBuilder(ending)
                    .withType(JobConditions.FAILED)
                    .build();
        }
        if (ending != null && counted && plan.active() == 0) {
            conditions = JobConditions.with(conditions, ending);
            boolean complete = ending.getType().equals(JobConditions.COMPLETE);
            status.withCompletionTime(complete ? Times.seconds(now) : null);
            told.add(
                    complete
                            ? Write.Tell.normal(job, REPORTER, "Completed", "Job completed")
                            : Write.Tell.warning(
                                    job,
                                    REPORTER,
                                    Objects.requireNonNull(ending.getReason()),
                                    Objects.requireNonNull(ending.getMessage())));
        }
        JobStatus wanted = status.withStartTime(start)
                .withActive(plan.active() == 0 ? null : plan.active())
                .withReady(scale.ready())
                .withConditions(conditions)
                .build();
        if (!wanted.equals(present)) {
            writes.add(new Write.ReplaceStatus(
                    new JobBuilder(job).withStatus(wanted).build()));
        }
        writes.addAll(tally.releases(failure != null));
        writes.addAll(told);
        return new Reaction(writes, nextLook(plan, start));
    }

    /** A Job that has failed lets no pod run on; one that is being deleted is left as it is. */
    private JobScale.Plan plan(@Nullable JobCondition failure) {
        if (failure != null) {
            return scale.down();
        }
        return job.getMetadata().getDeletionTimestamp() == null ? scale.plan(isSuspended()) : scale.asItIs();
    }

    private boolean isSuspended() {
        return Boolean.TRUE.equals(job.getSpec().getSuspend());
    }

    /** Why the Job has failed: by its failure policy, by the number of failures, by time; null if it has not. */
    private @Nullable JobCondition failure(@Nullable String start) {
        Optional<JobCondition> targeted = JobConditions.of(present, JobConditions.FAILURE_TARGET);
        if (targeted.isPresent()) {
            return targeted.get();
        }
        Optional<String> byPolicy = FailurePolicy.failsJob(job, pods);
        if (byPolicy.isPresent()) {
            return JobConditions.isTrue(JobConditions.FAILURE_TARGET, "PodFailurePolicy", byPolicy.get(), now);
        }
        int limit = Objects.requireNonNullElse(job.getSpec().getBackoffLimit(), Integer.MAX_VALUE);
        if (tally.failed() > limit || JobPods.restartedTooOften(job, pods)) {
            return JobConditions.isTrue(
                    JobConditions.FAILED, "BackoffLimitExceeded", "Job has reached the specified backoff limit", now);
        }
        Duration left = untilDeadline(start);
        return left != null && (left.isNegative() || left.isZero())
                ? JobConditions.isTrue(
                        JobConditions.FAILED, "DeadlineExceeded", "Job was active longer than specified deadline", now)
                : null;
    }

    /** With a number of completions, when there are as many successes; without, when one has succeeded and none runs. */
    private @Nullable JobCondition completed(int active) {
        Integer completions = job.getSpec().getCompletions();
        boolean enough = completions == null ? tally.succeeded() > 0 : tally.succeeded() >= completions;
        return enough && active == 0 ? JobConditions.isTrue(JobConditions.COMPLETE, null, null, now) : null;
    }

    /** The change of the condition Suspended; null if there is none. */
    private @Nullable JobCondition pause(boolean suspended) {
        if (suspended == saysSuspended()) {
            return null;
        }
        return new JobConditionBuilder(JobConditions.isTrue(
                        JobConditions.SUSPENDED,
                        suspended ? "JobSuspended" : "JobResumed",
                        suspended ? "Job suspended" : "Job resumed",
                        now))
                .withStatus(suspended ? "True" : "False")
                .build();
    }

    private boolean saysSuspended() {
        return JobConditions.of(present, JobConditions.SUSPENDED)
                .filter(condition -> "True".equals(condition.getStatus()))
                .isPresent();
    }

    /** A Job that is resumed just now gets its whole time again. */
    private @Nullable Duration untilDeadline(@Nullable String start) {
        Long seconds = job.getSpec().getActiveDeadlineSeconds();
        return seconds == null || start == null || isSuspended() || saysSuspended()
                ? null
                : Duration.between(now, Times.parse(start).plusSeconds(seconds));
    }

    private @Nullable Duration nextLook(JobScale.Plan plan, @Nullable String start) {
        return Stream.of(Optional.ofNullable(plan.pause()), Optional.ofNullable(untilDeadline(start)))
                .flatMap(Optional::stream)
                .filter(left -> !left.isNegative())
                .min(Duration::compareTo)
                .orElse(null);
    }
}
