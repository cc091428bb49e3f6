package dev.kintsugi.features.cluster.embedded.control.batch;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts a Job at each time of a schedule. Of several missed times the latest one counts, unless its deadline has passed; what still runs
 * may forbid or be replaced by the next. Jobs that ended are kept up to a number. The status names the Jobs that run.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/">CronJobs</a>
 */
public final class CronJobLoop implements Loop {

    static final String REPORTER = "cronjob-controller";
    static final String SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    /** So much later than the scheduled time the real controller looks, so that it does not come a moment too early. */
    private static final Duration LATE = Duration.ofMillis(100);

    private static final int MANY_MISSED = 100;
    private static final DateTimeFormatter RFC_1123 =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z").withZone(ZoneOffset.UTC);

    @Override
    public String name() {
        return "cronjob";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(CronJob.class, Job.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        return Stream.concat(
                        change.states(CronJob.class).map(Key::of),
                        change.states(Job.class).flatMap(job -> Owners.controllerKey(job, "CronJob").stream()))
                .distinct();
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        CronJob cronJob = world.get(CronJob.class, key).orElse(null);
        if (cronJob == null) {
            return Reaction.none();
        }
        List<Job> jobs = world.ownedBy(cronJob.getMetadata().getUid(), Job.class).stream()
                .filter(job -> Owners.controls(cronJob, job))
                .toList();
        CronHistory history = new CronHistory(cronJob, jobs);
        List<Write> writes = new ArrayList<>(history.writes());
        if (writes.isEmpty() && cronJob.getMetadata().getDeletionTimestamp() == null) {
            Reaction started = start(cronJob, jobs, now);
            writes.addAll(started.writes());
            writes.addAll(history.surplus());
            return new Reaction(writes, started.nextLook());
        }
        return Reaction.of(writes);
    }

    private static Reaction start(CronJob cronJob, List<Job> jobs, Instant now) {
        if (Boolean.TRUE.equals(cronJob.getSpec().getSuspend())) {
            return Reaction.none();
        }
        ZoneId zone;
        try {
            String name = cronJob.getSpec().getTimeZone();
            zone = name == null ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException e) {
            return Reaction.of(warning(
                    cronJob,
                    "UnknownTimeZone",
                    "invalid timeZone: \"" + cronJob.getSpec().getTimeZone() + "\": " + e.getMessage()));
        }
        CronSchedule schedule;
        try {
            schedule = CronSchedule.parse(cronJob.getSpec().getSchedule(), zone);
        } catch (IllegalArgumentException e) {
            return Reaction.of(warning(
                    cronJob,
                    "UnparseableSchedule",
                    "unparseable schedule: \"" + cronJob.getSpec().getSchedule() + "\" : " + e.getMessage()));
        }
        @Nullable Duration next = schedule.after(now)
                .map(time -> Duration.between(now, time).plus(LATE))
                .orElse(null);
        CronSchedule.Due due = schedule.due(since(cronJob, now), now).orElse(null);
        return due == null ? new Reaction(List.of(), next) : new Reaction(start(cronJob, jobs, due, zone, now), next);
    }

    /** Since the last scheduled time, or the creation; not longer ago than the deadline. */
    private static Instant since(CronJob cronJob, Instant now) {
        String last = cronJob.getStatus() == null ? null : cronJob.getStatus().getLastScheduleTime();
        Instant since = Times.parse(last == null ? cronJob.getMetadata().getCreationTimestamp() : last);
        Long deadline = cronJob.getSpec().getStartingDeadlineSeconds();
        Instant earliest = deadline == null ? Instant.MIN : now.minusSeconds(deadline);
        return earliest.isAfter(since) ? earliest : since;
    }

    private static List<Write> start(CronJob cronJob, List<Job> jobs, CronSchedule.Due due, ZoneId zone, Instant now) {
        List<Write> writes = new ArrayList<>();
        if (due.missed() > MANY_MISSED) {
            writes.add(warning(
                    cronJob,
                    "TooManyMissedTimes",
                    "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"));
        }
        Instant time = due.latest();
        Long deadline = cronJob.getSpec().getStartingDeadlineSeconds();
        if (deadline != null && time.plusSeconds(deadline).isBefore(now)) {
            writes.add(
                    warning(cronJob, "MissSchedule", "Missed scheduled time to start a job: " + RFC_1123.format(time)));
            return writes;
        }
        Job job = newJob(cronJob, time, zone);
        List<ObjectReference> active = CronHistory.active(cronJob);
        boolean there = jobs.stream()
                .anyMatch(one ->
                        one.getMetadata().getName().equals(job.getMetadata().getName()));
        if (there) {
            return writes;
        }
        String policy = Objects.requireNonNullElse(cronJob.getSpec().getConcurrencyPolicy(), "Allow");
        if (policy.equals("Forbid") && !active.isEmpty()) {
            writes.add(Write.Tell.normal(
                    cronJob,
                    REPORTER,
                    "JobAlreadyActive",
                    "Not starting job because prior execution is running and concurrency policy is Forbid"));
            return writes;
        }
        if (policy.equals("Replace") && !active.isEmpty()) {
            jobs.stream()
                    .filter(one -> CronHistory.isListed(one, active))
                    .forEach(one -> writes.addAll(CronHistory.deleted(cronJob, one)));
            writes.add(new Write.ReplaceStatus(new CronJobBuilder(cronJob)
                    .editStatus()
                    .withActive(List.of())
                    .endStatus()
                    .build()));
        }
        writes.add(new Write.Create(
                job, Write.Tell.normal(cronJob, REPORTER, "SuccessfulCreate", "Created job " + Write.Tell.CREATED)));
        return writes;
    }

    /** Named after the minute, so that no time is served twice. */
    private static Job newJob(CronJob cronJob, Instant time, ZoneId zone) {
        ObjectMeta template = Optional.ofNullable(
                        cronJob.getSpec().getJobTemplate().getMetadata())
                .orElseGet(ObjectMeta::new);
        long minutes = Duration.ofSeconds(time.getEpochSecond()).toMinutes();
        String scheduled = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                time.truncatedTo(ChronoUnit.SECONDS).atZone(zone));
        return new JobBuilder()
                .withNewMetadata()
                .withName(cronJob.getMetadata().getName() + "-" + minutes)
                .withNamespace(cronJob.getMetadata().getNamespace())
                .withLabels(template.getLabels())
                .withAnnotations(template.getAnnotations())
                .addToAnnotations(SCHEDULED, scheduled)
                .withOwnerReferences(Owners.referenceTo(cronJob))
                .endMetadata()
                .withSpec(cronJob.getSpec().getJobTemplate().getSpec())
                .build();
    }

    private static Write warning(CronJob cronJob, String reason, String message) {
        return Write.Tell.warning(cronJob, REPORTER, reason, message);
    }
}
