package dev.kintsugi.features.cluster.embedded.control.batch;

import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the Jobs of a CronJob say about its past: which run, which was last, and which are too many to keep. */
final class CronHistory {

    private final CronJob cronJob;
    private final List<Job> jobs;

    CronHistory(CronJob cronJob, List<Job> jobs) {
        this.cronJob = cronJob;
        this.jobs = jobs;
    }

    static List<ObjectReference> active(CronJob cronJob) {
        return cronJob.getStatus() == null || cronJob.getStatus().getActive() == null
                ? List.of()
                : cronJob.getStatus().getActive();
    }

    static boolean isListed(Job job, List<ObjectReference> active) {
        return active.stream()
                .anyMatch(
                        reference -> reference.getUid().equals(job.getMetadata().getUid()));
    }

    /** A new status if it is another one, and what there is to tell about it. */
    List<Write> writes() {
        CronJobStatus present = cronJob.getStatus() == null ? new CronJobStatus() : cronJob.getStatus();
        List<ObjectReference> listed = active(cronJob);
        List<Write> told = new ArrayList<>();
        List<ObjectReference> active = new ArrayList<>();
        for (ObjectReference reference : listed) {
            Job job = jobs.stream()
                    .filter(one -> one.getMetadata().getUid().equals(reference.getUid()))
                    .findFirst()
                    .orElse(null);
            if (job == null) {
                told.add(tell("MissingJob", "Active job went missing: " + reference.getName()));
            } else if (JobConditions.ending(job).isPresent()) {
                told.add(tell(
                        "SawCompletedJob",
                        "Saw completed job: " + reference.getName() + ", status: "
                                + JobConditions.ending(job).get().getType()));
            } else {
                active.add(reference);
            }
        }
        Instant last = Times.parse(present.getLastScheduleTime());
        for (Job job : jobs) {
            Instant scheduled = scheduled(job);
            if (scheduled.isAfter(last)) {
                if (JobConditions.ending(job).isEmpty() && !isListed(job, listed)) {
                    active.add(reference(job));
                }
            }
        }
        Instant latest = jobs.stream()
                .map(CronHistory::scheduled)
                .max(Comparator.naturalOrder())
                .filter(time -> time.isAfter(last))
                .orElse(last);
        CronJobStatus wanted = new CronJobStatusBuilder(present)
                .withActive(active)
                .withLastScheduleTime(latest.equals(Instant.EPOCH) ? null : Times.seconds(latest))
                .withLastSuccessfulTime(lastSuccess(present.getLastSuccessfulTime()))
                .build();
        if (wanted.equals(present)) {
            return List.of();
        }
        List<Write> writes = new ArrayList<>();
        writes.add(new Write.ReplaceStatus(
                new CronJobBuilder(cronJob).withStatus(wanted).build()));
        writes.addAll(told);
        return writes;
    }

    private @Nullable String lastSuccess(@Nullable String present) {
        return jobs.stream()
                .filter(job -> JobConditions.ending(job)
                        .filter(condition -> condition.getType().equals(JobConditions.COMPLETE))
                        .isPresent())
                .map(job -> job.getStatus().getCompletionTime())
                .filter(time -> time != null && Times.parse(time).isAfter(Times.parse(present)))
                .max(Comparator.comparing(Times::parse))
                .orElse(present);
    }

    private static Instant scheduled(Job job) {
        Map<String, String> annotations = job.getMetadata().getAnnotations();
        return Times.parse(annotations == null ? null : annotations.get(CronJobLoop.SCHEDULED));
    }

    private static ObjectReference reference(Job job) {
        return new ObjectReferenceBuilder()
                .withApiVersion(job.getApiVersion())
                .withKind(job.getKind())
                .withNamespace(job.getMetadata().getNamespace())
                .withName(job.getMetadata().getName())
                .withUid(job.getMetadata().getUid())
                .withResourceVersion(job.getMetadata().getResourceVersion())
                .build();
    }

    /** The oldest of those that ended, beyond the number to keep of each way to end. */
    List<Write> surplus() {
        List<Write> writes = new ArrayList<>();
        writes.addAll(surplus(JobConditions.FAILED, cronJob.getSpec().getFailedJobsHistoryLimit()));
        writes.addAll(surplus(JobConditions.COMPLETE, cronJob.getSpec().getSuccessfulJobsHistoryLimit()));
        return writes;
    }

    private List<Write> surplus(String ending, @Nullable Integer limit) {
        List<Job> ended = jobs.stream()
                .filter(job -> job.getMetadata().getDeletionTimestamp() == null)
                .filter(job -> JobConditions.ending(job)
                        .filter(condition -> condition.getType().equals(ending))
                        .isPresent())
                .sorted(Comparator.<Job, Instant>comparing(
                                job -> Times.parse(job.getStatus().getStartTime()))
                        .thenComparing(job -> job.getMetadata().getName()))
                .toList();
        return limit == null
                ? List.of()
                : ended.stream()
                        .limit(Math.max(0, ended.size() - limit))
                        .flatMap(job -> deleted(cronJob, job).stream())
                        .toList();
    }

    static List<Write> deleted(CronJob cronJob, Job job) {
        return List.of(
                new Write.Delete(job, Write.Propagation.BACKGROUND),
                Write.Tell.normal(
                        cronJob,
                        CronJobLoop.REPORTER,
                        "SuccessfulDelete",
                        "Deleted job " + job.getMetadata().getName()));
    }

    private Write tell(String reason, String message) {
        return Write.Tell.normal(cronJob, CronJobLoop.REPORTER, reason, message);
    }
}
