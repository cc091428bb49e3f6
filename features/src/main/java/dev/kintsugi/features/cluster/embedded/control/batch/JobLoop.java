package dev.kintsugi.features.cluster.embedded.control.batch;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Claimed;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs pods until enough of them have succeeded or too many have failed, see {@link JobSync}. A pod carries a finalizer until it has been
 * counted, so that none is missed or counted twice. A Job that has ended goes after its time to live, if it has one.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/job/">Jobs</a>
 */
public final class JobLoop implements Loop {

    private static final Duration BATCH = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "job";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Job.class, Pod.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        return Stream.concat(
                        change.states(Job.class).map(Key::of),
                        change.states(Pod.class).flatMap(pod -> claimants(pod, world)))
                .distinct();
    }

    /**
     * Changes of pods and of a Job's status come in numbers, and are waited for; the real controller calls it its batch period. What this
     * loop has written itself is gone on with at once, as the real one counts in the look in which it takes the finalizers away.
     */
    @Override
    public Duration gathers(Change change) {
        return isWish(change) || isStepOfCounting(change) ? Duration.ZERO : BATCH;
    }

    private static boolean isWish(Change change) {
        return change.object() instanceof Job
                && (change.before() == null
                        || change.after() == null
                        || !Objects.equals(generation(change.before()), generation(change.after())));
    }

    private static @Nullable Long generation(HasMetadata object) {
        return object.getMetadata().getGeneration();
    }

    private static boolean isStepOfCounting(Change change) {
        if (change.before() instanceof Pod before && change.after() instanceof Pod after) {
            return JobPods.isTracked(before) && !JobPods.isTracked(after);
        }
        return change.before() instanceof Job before
                && change.after() instanceof Job after
                && !counts(before).equals(counts(after));
    }

    private static List<Object> counts(Job job) {
        JobStatus status = job.getStatus() == null ? new JobStatus() : job.getStatus();
        return Arrays.asList(
                status.getUncountedTerminatedPods(),
                status.getSucceeded(),
                status.getFailed(),
                status.getCompletedIndexes());
    }

    private static Stream<Key> claimants(Pod pod, World world) {
        if (Owners.controller(pod).isPresent()) {
            return Owners.controllerKey(pod, "Job").stream();
        }
        return world.in(Job.class, pod.getMetadata().getNamespace()).stream()
                .filter(job -> Selectors.selects(job.getSpec().getSelector(), pod))
                .map(Key::of);
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        Job job = world.get(Job.class, key).orElse(null);
        if (job == null) {
            return Reaction.of(world.in(Pod.class, key.namespace()).stream()
                    .filter(pod -> JobPods.isTracked(pod)
                            && Owners.controllerKey(pod, "Job")
                                    .filter(key::equals)
                                    .isPresent())
                    .map(JobLoop::untracked)
                    .toList());
        }
        JobCondition ending = JobConditions.ending(job).orElse(null);
        if (ending != null) {
            return ended(job, ending, world, now);
        }
        Claimed<Pod> claimed = Claimed.by(
                job, job.getSpec().getSelector(), Pod.class, world, Pods::isActive, (pod, metadata) -> new PodBuilder(
                                pod)
                        .withMetadata(metadata)
                        .build());
        return claimed.claims().isEmpty()
                ? new JobSync(job, claimed.mine(), now).reaction()
                : Reaction.of(claimed.claims());
    }

    static Write untracked(Pod pod) {
        return new Write.Replace(new PodBuilder(pod)
                .editMetadata()
                .removeFromFinalizers(JobPods.FINALIZER)
                .endMetadata()
                .build());
    }

    /** Pods that show up late are let go. The time to live counts from the ending; dependents go first. */
    private static Reaction ended(Job job, JobCondition ending, World world, Instant now) {
        List<Write> late = world.ownedBy(job.getMetadata().getUid(), Pod.class).stream()
                .filter(JobPods::isTracked)
                .map(JobLoop::untracked)
                .toList();
        Integer timeToLive = job.getSpec().getTtlSecondsAfterFinished();
        if (!late.isEmpty() || timeToLive == null || job.getMetadata().getDeletionTimestamp() != null) {
            return Reaction.of(late);
        }
        Instant end = Times.parse(ending.getLastTransitionTime()).plusSeconds(timeToLive);
        return now.isBefore(end)
                ? new Reaction(List.of(), Duration.between(now, end))
                : Reaction.of(new Write.Delete(job, Write.Propagation.FOREGROUND));
    }
}
