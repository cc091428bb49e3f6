package dev.kintsugi.features.cluster.embedded.control.batch;

import dev.kintsugi.features.cluster.embedded.control.model.PodTemplates;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How many pods of a Job are to run now, and which. */
final class JobScale {

    private static final String REPORTER = "job-controller";
    private static final String INDEX_VARIABLE = "JOB_COMPLETION_INDEX";
    private static final int BURST = 500;

    /**
     * What to do about the pods.
     *
     * @param active how many run once that is done
     * @param pause until when no pod may be made, since some failed; null if none is to be made
     */
    record Plan(List<Write> writes, int active, @Nullable Duration pause) {}

    private final Job job;
    private final List<Pod> all;
    private final List<Pod> active;
    private final NavigableSet<Integer> succeededIndexes;
    private final int succeeded;
    private final Instant now;

    JobScale(Job job, List<Pod> pods, NavigableSet<Integer> succeededIndexes, int succeeded, Instant now) {
        this.job = job;
        this.all = pods;
        this.active = pods.stream().filter(Pods::isActive).toList();
        this.succeededIndexes = succeededIndexes;
        this.succeeded = succeeded;
        this.now = now;
    }

    /** How many active pods are ready. */
    int ready() {
        return (int) active.stream().filter(Pods::isReady).count();
    }

    /** Nothing is made or deleted. */
    Plan asItIs() {
        return new Plan(List.of(), active.size(), null);
    }

    /** All active pods go. */
    Plan down() {
        return less(active);
    }

    /**
     * With a number of completions as many pods as successes are missing, at most the parallelism; without one the parallelism until the
     * first success, after which no pod is made. In one look pods are either made or deleted. After failures there is a back-off.
     */
    Plan plan(boolean suspended) {
        if (suspended) {
            return down();
        }
        int parallelism = Objects.requireNonNullElse(job.getSpec().getParallelism(), 1);
        Integer completions = job.getSpec().getCompletions();
        int wanted;
        if (completions == null) {
            wanted = succeeded > 0 ? active.size() : parallelism;
        } else {
            wanted = Math.max(0, Math.min(parallelism, completions - succeeded));
        }
        List<Pod> spare = spare(active.size() - wanted);
        if (!spare.isEmpty()) {
            return less(spare.subList(0, Math.min(BURST, spare.size())));
        }
        int missing = Math.min(BURST, wanted - active.size());
        if (missing <= 0) {
            return asItIs();
        }
        Instant start = JobPods.nextStart(all, job);
        return now.isBefore(start) ? new Plan(List.of(), active.size(), Duration.between(now, start)) : more(missing);
    }

    private Plan less(List<Pod> spare) {
        List<Write> writes = new ArrayList<>();
        for (Pod pod : spare) {
            writes.add(new Write.Delete(pod, Write.Propagation.DEFAULT));
            writes.add(Write.Tell.normal(
                    job,
                    REPORTER,
                    "SuccessfulDelete",
                    "Deleted pod: " + pod.getMetadata().getName()));
        }
        return new Plan(writes, active.size() - spare.size(), null);
    }

    /** First those whose index is wrong or taken, then as many as are too many: those that are least far, the youngest of equals. */
    private List<Pod> spare(int tooMany) {
        Set<Pod> spare = new LinkedHashSet<>();
        if (JobTally.isIndexed(job)) {
            Set<Integer> taken = new HashSet<>(succeededIndexes);
            active.stream().sorted(byProgress().reversed()).forEach(pod -> {
                boolean right = Indexes.of(pod).isPresent() && Indexes.of(pod).getAsInt() < completions();
                if (!right || !taken.add(Indexes.of(pod).getAsInt())) {
                    spare.add(pod);
                }
            });
        }
        active.stream()
                .filter(pod -> !spare.contains(pod))
                .sorted(byProgress())
                .limit(Math.max(0, tooMany - spare.size()))
                .toList()
                .forEach(spare::add);
        return List.copyOf(spare);
    }

    private static Comparator<Pod> byProgress() {
        return Comparator.comparing(Pods::isAssigned)
                .thenComparing(pod -> Pods.phase(pod).equals("Running"))
                .thenComparing(Pods::isReady)
                .thenComparing(pod -> pod.getMetadata().getCreationTimestamp(), Comparator.reverseOrder())
                .thenComparing(pod -> pod.getMetadata().getName());
    }

    private int completions() {
        return Objects.requireNonNullElse(job.getSpec().getCompletions(), Integer.MAX_VALUE);
    }

    private Plan more(int missing) {
        List<Write> writes = new ArrayList<>();
        if (JobTally.isIndexed(job)) {
            Set<Integer> taken = new HashSet<>(succeededIndexes);
            active.forEach(pod -> Indexes.of(pod).ifPresent(taken::add));
            for (int index = 0; index < completions() && writes.size() < missing; index++) {
                if (!taken.contains(index)) {
                    writes.add(created(withIndex(newPod(), index)));
                }
            }
        } else {
            for (int i = 0; i < missing; i++) {
                writes.add(created(newPod()));
            }
        }
        return new Plan(writes, active.size() + writes.size(), null);
    }

    private PodBuilder newPod() {
        PodBuilder pod = PodTemplates.newPod(job, job.getSpec().getTemplate());
        return pod.editMetadata()
                .removeFromFinalizers(JobPods.FINALIZER)
                .addToFinalizers(JobPods.FINALIZER)
                .endMetadata();
    }

    private Write created(PodBuilder pod) {
        return new Write.Create(
                pod.build(),
                Write.Tell.normal(job, REPORTER, "SuccessfulCreate", "Created pod: " + Write.Tell.CREATED));
    }

    /** A pod knows its index by name, host name, label, annotation and a variable. */
    private PodBuilder withIndex(PodBuilder pod, int index) {
        String text = Integer.toString(index);
        String name = job.getMetadata().getName() + "-" + text;
        PodBuilder indexed = pod.editMetadata()
                .withGenerateName(name + "-")
                .addToLabels(Indexes.ANNOTATION, text)
                .addToAnnotations(Indexes.ANNOTATION, text)
                .endMetadata();
        List<Container> containers = job.getSpec().getTemplate().getSpec().getContainers();
        List<Container> init = job.getSpec().getTemplate().getSpec().getInitContainers();
        return indexed.editSpec()
                .withHostname(name)
                .withContainers(withVariable(containers))
                .withInitContainers(withVariable(init))
                .endSpec();
    }

    private static List<Container> withVariable(@Nullable List<Container> containers) {
        return containers == null
                ? List.of()
                : containers.stream()
                        .map(container -> hasVariable(container)
                                ? container
                                : new ContainerBuilder(container)
                                        .addNewEnv()
                                        .withName(INDEX_VARIABLE)
                                        .withNewValueFrom()
                                        .withNewFieldRef()
                                        .withFieldPath("metadata.annotations['" + Indexes.ANNOTATION + "']")
                                        .endFieldRef()
                                        .endValueFrom()
                                        .endEnv()
                                        .build())
                        .toList();
    }

    private static boolean hasVariable(Container container) {
        return container.getEnv() != null
                && container.getEnv().stream()
                        .anyMatch(variable -> variable.getName().equals(INDEX_VARIABLE));
    }
}
