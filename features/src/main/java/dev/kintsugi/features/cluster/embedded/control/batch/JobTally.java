package dev.kintsugi.features.cluster.embedded.control.batch;

import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts the pods of a Job that ended, each exactly once: first its UID is written down, then its finalizer is taken away, then it is
 * counted and its UID crossed out. The successes of an Indexed Job are counted by their indexes and need not be written down.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers">Tracking</a>
 */
final class JobTally {

    private static final int MOST_UNCOUNTED = 500;

    private final Job job;
    private final JobStatus present;
    private final List<Pod> tracked;
    private final Set<String> uncountedSucceeded;
    private final Set<String> uncountedFailed;
    private final NavigableSet<Integer> formerIndexes;
    private final NavigableSet<Integer> indexes;

    JobTally(Job job, JobStatus present, List<Pod> pods) {
        this.job = job;
        this.present = present;
        this.tracked = pods.stream().filter(JobPods::isTracked).toList();
        UncountedTerminatedPods uncounted = present.getUncountedTerminatedPods();
        this.uncountedSucceeded = uncounted == null ? Set.of() : Set.copyOf(uncounted.getSucceeded());
        this.uncountedFailed = uncounted == null ? Set.of() : Set.copyOf(uncounted.getFailed());
        this.formerIndexes = inRange(Indexes.parse(present.getCompletedIndexes()));
        this.indexes = new TreeSet<>(formerIndexes);
        if (isIndexed(job)) {
            tracked.stream()
                    .filter(pod -> JobPods.hasSucceeded(pod) && !uncountedFailed.contains(uid(pod)))
                    .forEach(pod -> Indexes.of(pod).ifPresent(indexes::add));
            indexes.retainAll(inRange(indexes));
        }
    }

    private NavigableSet<Integer> inRange(NavigableSet<Integer> all) {
        int completions = job.getSpec().getCompletions() == null
                ? Integer.MAX_VALUE
                : job.getSpec().getCompletions();
        return new TreeSet<>(all.headSet(completions, false));
    }

    static boolean isIndexed(Job job) {
        return "Indexed".equals(job.getSpec().getCompletionMode());
    }

    /** The indexes that have succeeded. */
    NavigableSet<Integer> succeededIndexes() {
        return Collections.unmodifiableNavigableSet(indexes);
    }

    /** How many have succeeded, counted or not. */
    int succeeded() {
        if (isIndexed(job)) {
            return indexes.size();
        }
        long fresh = tracked.stream()
                .filter(pod -> JobPods.hasSucceeded(pod) && isFresh(pod))
                .count();
        return orZero(present.getSucceeded()) + uncountedSucceeded.size() + (int) fresh;
    }

    /** How many have failed, counted or not, but for those that the failure policy ignores. */
    int failed() {
        long fresh = tracked.stream()
                .filter(pod -> JobPods.hasFailed(pod, job) && isFresh(pod) && isCounted(pod))
                .count();
        return orZero(present.getFailed()) + uncountedFailed.size() + (int) fresh;
    }

    private boolean isFresh(Pod pod) {
        return !uncountedSucceeded.contains(uid(pod)) && !uncountedFailed.contains(uid(pod));
    }

    /** Whether a failure is one of an index of the Job and not ignored. */
    private boolean isCounted(Pod pod) {
        boolean hasPlace = !isIndexed(job)
                || (Indexes.of(pod).isPresent()
                        && (job.getSpec().getCompletions() == null
                                || Indexes.of(pod).getAsInt() < job.getSpec().getCompletions()));
        return hasPlace && FailurePolicy.counts(job, pod);
    }

    /**
     * Writes the counts, and what is not yet counted, to a status.
     *
     * @param over whether the Job has failed, with which all pods that have not succeeded have
     * @return whether nothing is left uncounted
     */
    boolean count(JobStatusBuilder status, boolean over) {
        Set<String> held = tracked.stream().map(JobTally::uid).collect(Collectors.toSet());
        List<String> succeeded = still(uncountedSucceeded, held);
        List<String> failed = still(uncountedFailed, held);
        int newlyFailed = uncountedFailed.size() - failed.size();
        int newlySucceeded = uncountedSucceeded.size() - succeeded.size();
        boolean newIndex = false;
        for (Pod pod : tracked) {
            if (succeeded.size() + failed.size() >= MOST_UNCOUNTED || !isFresh(pod)) {
                continue;
            }
            if (JobPods.hasSucceeded(pod)) {
                if (isIndexed(job)) {
                    newIndex |= Indexes.of(pod).isPresent()
                            && !formerIndexes.contains(Indexes.of(pod).getAsInt());
                } else {
                    succeeded.add(uid(pod));
                }
            } else if ((over || JobPods.hasFailed(pod, job)) && isCounted(pod)) {
                failed.add(uid(pod));
            }
        }
        if (isIndexed(job)) {
            status.withCompletedIndexes(indexes.isEmpty() ? null : Indexes.format(indexes));
            status.withSucceeded(indexes.isEmpty() ? null : (Integer) indexes.size());
        } else {
            status.withSucceeded(orNull(orZero(present.getSucceeded()) + newlySucceeded));
        }
        UncountedTerminatedPods uncounted = new UncountedTerminatedPods();
        uncounted.setSucceeded(succeeded);
        uncounted.setFailed(failed);
        status.withFailed(orNull(orZero(present.getFailed()) + newlyFailed)).withUncountedTerminatedPods(uncounted);
        return succeeded.isEmpty() && failed.isEmpty() && !newIndex;
    }

    private static List<String> still(Set<String> uncounted, Set<String> held) {
        return uncounted.stream().filter(held::contains).sorted().collect(Collectors.toCollection(ArrayList::new));
    }

    /** Takes the finalizer from the pods that are written down, or need not be. */
    List<Write> releases(boolean over) {
        boolean goes = job.getMetadata().getDeletionTimestamp() != null;
        return tracked.stream()
                .filter(pod -> goes || isWrittenDown(pod, over))
                .map(JobLoop::untracked)
                .toList();
    }

    private boolean isWrittenDown(Pod pod, boolean over) {
        if (!isFresh(pod)) {
            return true;
        }
        if (JobPods.hasSucceeded(pod)) {
            return isIndexed(job)
                    && (Indexes.of(pod).isEmpty()
                            || !indexes.contains(Indexes.of(pod).getAsInt())
                            || formerIndexes.contains(Indexes.of(pod).getAsInt()));
        }
        return (over || JobPods.hasFailed(pod, job)) && !isCounted(pod);
    }

    private static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }

    private static int orZero(@Nullable Integer number) {
        return number == null ? 0 : number;
    }

    private static @Nullable Integer orNull(int number) {
        return number == 0 ? null : number;
    }
}
