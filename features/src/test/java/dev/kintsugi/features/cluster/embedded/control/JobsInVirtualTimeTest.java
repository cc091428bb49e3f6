package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.control.batch.CronJobLoop;
import dev.kintsugi.features.cluster.embedded.control.batch.JobLoop;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Jobs and CronJobs in virtual time, at the edges; the states of a failing Job are those of the recording 18b. */
class JobsInVirtualTimeTest {

    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** So long the controller gathers what happens to pods. */
    private static final Duration BATCH = Duration.ofSeconds(1);

    private final VirtualCluster cluster = new VirtualCluster(new JobLoop(), new CronJobLoop());

    @Test
    void failedPodIsCountedOnceItsFinalizerIsGoneAndReplacedTenSecondsAfterItEnded() {
        cluster.put(job(spec -> spec.withBackoffLimit(1)));
        cluster.advance(SECOND);
        assertThat(active()).hasSize(1);
        Pod first = active().get(0);
        assertThat(first.getMetadata().getFinalizers()).containsExactly("batch.kubernetes.io/job-tracking");
        Instant ended = cluster.now();

        ends(first, 3);
        cluster.advance(BATCH);

        assertThat(statuses())
                .containsExactly(
                        "active null failed null uncounted [] ",
                        "active 1 failed null uncounted [] ",
                        "active null failed null uncounted ["
                                + first.getMetadata().getUid() + "] ",
                        "active null failed 1 uncounted [] ");
        assertThat(pods())
                .singleElement()
                .satisfies(pod -> assertThat(pod.getMetadata().getFinalizers()).isEmpty());

        cluster.advance(Duration.between(cluster.now(), ended.plusSeconds(10)).minus(MILLI));
        assertThat(active()).isEmpty();
        cluster.advance(MILLI);
        assertThat(active()).hasSize(1);

        ends(active().get(0), 3);
        cluster.advance(BATCH);

        assertThat(job().getStatus().getFailed()).isEqualTo(2);
        assertThat(conditions()).containsExactly("Failed=True BackoffLimitExceeded");
        assertThat(pods()).hasSize(2);
        assertThat(cluster.told()).contains("BackoffLimitExceeded: Job has reached the specified backoff limit");
        cluster.advance(Duration.ofMinutes(10));
        assertThat(pods()).hasSize(2);
    }

    @Test
    void backOffDoublesUpToSixMinutesAndASuccessEndsIt() {
        cluster.put(job(spec -> spec.withBackoffLimit(100).withCompletions(2)));
        cluster.advance(SECOND);
        for (long seconds : new long[] {10, 20, 40, 80, 160, 320, 360, 360}) {
            assertNextAfter(seconds, 1);
        }
        assertNextAfter(0, 0);
        assertNextAfter(10, 1);
    }

    private void assertNextAfter(long seconds, int exitCode) {
        ends(active().get(0), exitCode);
        Instant next = cluster.now().plusSeconds(seconds);
        if (seconds > 0) {
            cluster.advance(Duration.between(cluster.now(), next).minus(MILLI));
            assertThat(active())
                    .as("%s s after the failure, less a moment", seconds)
                    .isEmpty();
            cluster.advance(MILLI);
        } else {
            cluster.advance(BATCH);
        }
        assertThat(active()).as("%s s after the failure", seconds).hasSize(1);
    }

    @Test
    void jobIsCompleteWhenAsManyPodsHaveSucceededAsAskedForAndNoMoreRunThanMay() {
        cluster.put(job(spec -> spec.withCompletions(3).withParallelism(2)));
        cluster.advance(SECOND);
        assertThat(active()).hasSize(2);
        ends(active().get(0), 0);
        cluster.advance(BATCH);
        assertThat(active()).hasSize(2);
        ends(active().get(0), 0);
        cluster.advance(BATCH);
        assertThat(active()).hasSize(1);
        ends(active().get(0), 0);
        cluster.advance(BATCH);

        assertThat(active()).isEmpty();
        assertThat(job().getStatus().getSucceeded()).isEqualTo(3);
        assertThat(job().getStatus().getCompletionTime()).isEqualTo(Times.seconds(cluster.now()));
        assertThat(conditions()).containsExactly("Complete=True null");
        assertThat(cluster.told()).contains("Completed: Job completed");
    }

    @Test
    void everyIndexOfAnIndexedJobIsRunUntilItSucceeds() {
        cluster.put(job(
                spec -> spec.withCompletionMode("Indexed").withCompletions(4).withParallelism(3)));
        cluster.advance(SECOND);
        assertThat(active()).extracting(JobsInVirtualTimeTest::index).containsExactlyInAnyOrder("0", "1", "2");
        assertThat(active()).allSatisfy(pod -> {
            assertThat(pod.getSpec().getHostname()).isEqualTo("job-" + index(pod));
            assertThat(pod.getMetadata().getName()).startsWith("job-" + index(pod) + "-");
            assertThat(pod.getSpec().getContainers().get(0).getEnv())
                    .extracting("name")
                    .contains("JOB_COMPLETION_INDEX");
        });

        ends(withIndex("2"), 0);
        ends(withIndex("0"), 0);
        cluster.advance(BATCH);
        assertThat(job().getStatus().getCompletedIndexes()).isEqualTo("0,2");
        assertThat(active()).extracting(JobsInVirtualTimeTest::index).containsExactlyInAnyOrder("1", "3");
        ends(withIndex("1"), 1);
        ends(withIndex("3"), 0);
        cluster.advance(Duration.ofSeconds(10));

        assertThat(job().getStatus().getCompletedIndexes()).isEqualTo("0,2,3");
        ends(withIndex("1"), 0);
        cluster.advance(BATCH);
        assertThat(job().getStatus().getCompletedIndexes()).isEqualTo("0-3");
        assertThat(conditions()).containsExactly("Complete=True null");
    }

    @Test
    void runningPodsGoWhenTheDeadlineHasPassedAndNotAMomentBefore() {
        cluster.put(job(spec -> spec.withActiveDeadlineSeconds(20L)));
        cluster.advance(SECOND.multipliedBy(20).minus(MILLI));
        assertThat(active()).hasSize(1);
        cluster.advance(MILLI);

        assertThat(active()).isEmpty();
        assertThat(conditions()).containsExactly("Failed=True DeadlineExceeded");
        assertThat(job().getStatus().getFailed()).isEqualTo(1);
    }

    @Test
    void suspendedJobHasNoPodsAndStartsItsTimeAnewWhenResumed() {
        cluster.put(job(spec -> spec.withActiveDeadlineSeconds(20L)));
        cluster.advance(Duration.ofSeconds(15));
        put(new JobBuilder(job()).editSpec().withSuspend(true).endSpec().build());
        cluster.advance(Duration.ofSeconds(15));
        assertThat(active()).isEmpty();
        assertThat(conditions()).containsExactly("Suspended=True JobSuspended");

        put(new JobBuilder(job()).editSpec().withSuspend(false).endSpec().build());
        cluster.advance(Duration.ofSeconds(19));

        assertThat(conditions()).containsExactly("Suspended=False JobResumed");
        assertThat(cluster.told()).contains("Suspended: Job suspended", "Resumed: Job resumed");
    }

    @Test
    void failurePolicyEndsTheJobAtOnceOrIgnoresTheFailure() {
        cluster.put(job(spec -> spec.withBackoffLimit(0)
                .withNewPodFailurePolicy()
                .addNewRule()
                .withAction("Ignore")
                .withNewOnExitCodes()
                .withOperator("In")
                .withValues(42)
                .endOnExitCodes()
                .endRule()
                .addNewRule()
                .withAction("FailJob")
                .withNewOnExitCodes()
                .withContainerName("c")
                .withOperator("NotIn")
                .withValues(1, 2)
                .endOnExitCodes()
                .endRule()
                .endPodFailurePolicy()));
        cluster.advance(SECOND);
        ends(active().get(0), 42);
        cluster.advance(Duration.ofSeconds(10));
        assertThat(active()).hasSize(1);
        assertThat(job().getStatus().getFailed()).isNull();

        Pod last = active().get(0);
        ends(last, 7);
        cluster.advance(BATCH);

        assertThat(conditions()).containsExactly("FailureTarget=True PodFailurePolicy", "Failed=True PodFailurePolicy");
        assertThat(job().getStatus().getConditions().get(1).getMessage())
                .isEqualTo("Container c for pod test/" + last.getMetadata().getName()
                        + " failed with exit code 7 matching FailJob rule at index 1");
    }

    @Test
    void finishedJobGoesAfterItsTimeToLive() {
        cluster.put(job(spec -> spec.withTtlSecondsAfterFinished(30)));
        cluster.advance(SECOND);
        ends(active().get(0), 0);
        cluster.advance(BATCH.plusSeconds(30).minus(MILLI));
        assertThat(cluster.world().get(Job.class, "test", "job")).isPresent();
        cluster.advance(MILLI);

        assertThat(cluster.world().get(Job.class, "test", "job")).isEmpty();
    }

    @Test
    void cronJobStartsAJobEachMinuteAndKeepsTheLastOnes() {
        cluster.put(cronJob("Allow"));
        cluster.advance(Duration.ofSeconds(60));
        assertThat(jobs()).isEmpty();
        cluster.advance(Duration.ofMillis(100));
        assertThat(jobs()).hasSize(1);
        String minute = Long.toString(Instant.parse("2026-01-01T00:01:00Z").getEpochSecond() / 60);
        assertThat(jobs().get(0).getMetadata().getName()).isEqualTo("nightly-" + minute);
        assertThat(cronJob().getStatus().getLastScheduleTime()).isEqualTo("2026-01-01T00:01:00Z");
        assertThat(cronJob().getStatus().getActive()).hasSize(1);

        for (int i = 0; i < 4; i++) {
            active().forEach(pod -> ends(pod, 0));
            cluster.advance(Duration.ofSeconds(60));
        }

        assertThat(jobs()).hasSize(3);
        assertThat(cronJob().getStatus().getActive()).hasSize(1);
        assertThat(cronJob().getStatus().getLastSuccessfulTime()).isEqualTo("2026-01-01T00:04:01Z");
        assertThat(cluster.told())
                .contains(
                        "SawCompletedJob: Saw completed job: nightly-" + minute + ", status: Complete",
                        "SuccessfulDelete: Deleted job nightly-" + minute);
    }

    @Test
    void runningJobForbidsTheNextOneOrIsReplacedByIt() {
        cluster.put(cronJob("Forbid"));
        cluster.advance(Duration.ofSeconds(130));
        assertThat(jobs()).hasSize(1);
        assertThat(cluster.told()).anyMatch(event -> event.startsWith("JobAlreadyActive"));
        String forbidden = jobs().get(0).getMetadata().getName();

        put(new CronJobBuilder(cronJob())
                .editSpec()
                .withConcurrencyPolicy("Replace")
                .endSpec()
                .build());
        cluster.advance(BATCH);

        assertThat(jobs())
                .singleElement()
                .satisfies(job -> assertThat(job.getMetadata().getName()).isNotEqualTo(forbidden));
        assertThat(cluster.told()).noneMatch(event -> event.startsWith("MissingJob"));
    }

    @Test
    void ofManyMissedTimesOnlyTheLatestIsServed() {
        cluster.put(new CronJobBuilder(cronJob("Allow"))
                .editSpec()
                .withSuspend(true)
                .endSpec()
                .build());
        cluster.advance(Duration.ofMinutes(200));
        put(new CronJobBuilder(cronJob())
                .editSpec()
                .withSuspend(false)
                .endSpec()
                .build());
        cluster.advance(BATCH);

        assertThat(jobs()).hasSize(1);
        assertThat(cronJob().getStatus().getLastScheduleTime()).isEqualTo("2026-01-01T03:20:00Z");
        assertThat(cluster.told()).anyMatch(event -> event.startsWith("TooManyMissedTimes"));
    }

    @Test
    void cronJobOfAnUnknownZoneOrScheduleSaysSo() {
        cluster.put(new CronJobBuilder(cronJob("Allow"))
                .editSpec()
                .withTimeZone("Mars/Base")
                .endSpec()
                .build());
        cluster.advance(Duration.ofMinutes(3));
        assertThat(cluster.told()).anyMatch(event -> event.startsWith("UnknownTimeZone"));

        put(new CronJobBuilder(cronJob())
                .editSpec()
                .withTimeZone("Etc/UTC")
                .withSchedule("61 * * * *")
                .endSpec()
                .build());
        cluster.advance(Duration.ofMinutes(3));

        assertThat(cluster.told()).anyMatch(event -> event.startsWith("UnparseableSchedule"));
        assertThat(jobs()).isEmpty();
    }

    private static Job job(UnaryOperator<JobSpecBuilder> change) {
        JobSpec spec = change.apply(new JobSpecBuilder()
                        .withBackoffLimit(6)
                        .withCompletions(1)
                        .withParallelism(1)
                        .withNewSelector()
                        .addToMatchLabels("job-name", "job")
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .addToLabels("job-name", "job")
                        .endMetadata()
                        .withNewSpec()
                        .withRestartPolicy("Never")
                        .addNewContainer()
                        .withName("c")
                        .withImage("busybox")
                        .endContainer()
                        .endSpec()
                        .endTemplate())
                .build();
        return new JobBuilder()
                .withNewMetadata()
                .withName("job")
                .withNamespace("test")
                .endMetadata()
                .withSpec(spec)
                .build();
    }

    private static CronJob cronJob(String concurrency) {
        return new CronJobBuilder()
                .withNewMetadata()
                .withName("nightly")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .withSchedule("* * * * *")
                .withConcurrencyPolicy(concurrency)
                .withSuccessfulJobsHistoryLimit(2)
                .withFailedJobsHistoryLimit(1)
                .withNewJobTemplate()
                .withSpec(job(spec -> spec).getSpec())
                .endJobTemplate()
                .endSpec()
                .build();
    }

    private void put(Job job) {
        cluster.put(job);
    }

    private void put(CronJob cronJob) {
        cluster.put(cronJob);
    }

    /** As its node would report it. */
    private void ends(Pod pod, int exitCode) {
        Pod now = cluster.world()
                .get(Pod.class, "test", pod.getMetadata().getName())
                .orElseThrow();
        cluster.put(new PodBuilder(now)
                .editOrNewStatus()
                .withPhase(exitCode == 0 ? "Succeeded" : "Failed")
                .addNewContainerStatus()
                .withName("c")
                .withRestartCount(0)
                .withNewState()
                .withNewTerminated()
                .withExitCode(exitCode)
                .withFinishedAt(Times.seconds(cluster.now()))
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build());
    }

    private Job job() {
        return cluster.world().get(Job.class, "test", "job").orElseThrow();
    }

    private CronJob cronJob() {
        return cluster.world().get(CronJob.class, "test", "nightly").orElseThrow();
    }

    private List<Job> jobs() {
        return cluster.world().in(Job.class, "test");
    }

    private List<Pod> pods() {
        return cluster.world().in(Pod.class, "test");
    }

    private List<Pod> active() {
        return pods().stream().filter(Pods::isActive).toList();
    }

    private Pod withIndex(String index) {
        return active().stream()
                .filter(pod -> index(pod).equals(index))
                .findFirst()
                .orElseThrow();
    }

    private static String index(Pod pod) {
        return pod.getMetadata().getAnnotations().getOrDefault("batch.kubernetes.io/job-completion-index", "");
    }

    private List<String> conditions() {
        return job().getStatus().getConditions().stream()
                .map(condition -> condition.getType() + "=" + condition.getStatus() + " " + condition.getReason())
                .toList();
    }

    /** The states of the Job in their order. */
    private List<String> statuses() {
        return cluster.changes().stream()
                .filter(change -> change.after() instanceof Job)
                .map(change -> ((Job) change.object()).getStatus())
                .map(status -> status == null ? new JobStatus() : status)
                .map(status -> "active " + status.getActive() + " failed " + status.getFailed() + " uncounted "
                        + (status.getUncountedTerminatedPods() == null
                                ? List.of()
                                : status.getUncountedTerminatedPods().getFailed())
                        + " ")
                .toList();
    }
}
