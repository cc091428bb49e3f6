package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One step of a StatefulSet. Pods are made from the lowest place up and go from the highest down. Unless pods are managed in parallel, one
 * thing happens at a time: each pod waits until those before it run, are ready and have been so for long enough. When all are, pods of
 * a former revision are replaced from the highest place down to the partition, each when the one above it is healthy.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees">Guarantees</a>
 */
final class StatefulRollout {

    private static final String REPORTER = "statefulset-controller";

    private final StatefulSet set;
    private final List<Pod> pods;
    private final ControllerRevision current;
    private final ControllerRevision update;
    private final Instant now;
    private final TreeMap<Integer, Pod> replicas = new TreeMap<>();
    private final List<Pod> condemned;
    private boolean replacing;

    StatefulRollout(
            StatefulSet set, List<Pod> pods, ControllerRevision current, ControllerRevision update, Instant now) {
        this.set = set;
        this.pods = pods;
        this.current = current;
        this.update = update;
        this.now = now;
        int start = StatefulPods.start(set);
        int end = start + Replicas.wanted(set);
        List<Pod> others = new ArrayList<>();
        for (Pod pod : pods) {
            int ordinal = StatefulPods.ordinal(set, pod);
            if (ordinal >= start && ordinal < end) {
                replicas.put(ordinal, pod);
            } else if (ordinal >= 0) {
                others.add(pod);
            }
        }
        others.sort(Comparator.comparing(pod -> -StatefulPods.ordinal(set, pod)));
        this.condemned = List.copyOf(others);
    }

    Duration minReady() {
        return Duration.ofSeconds(Replicas.orZero(set.getSpec().getMinReadySeconds()));
    }

    private boolean isOrdered() {
        return !"Parallel".equals(set.getSpec().getPodManagementPolicy());
    }

    private boolean isAvailable(Pod pod) {
        return StatefulPods.runsAndIsReady(pod) && Pods.isAvailable(pod, minReady(), now);
    }

    /** What to do now; nothing while something has to be waited for. */
    List<Write> step() {
        List<Write> writes = new ArrayList<>();
        if (set.getMetadata().getDeletionTimestamp() != null || fill(writes) || shrink(writes)) {
            return writes;
        }
        if (writes.isEmpty() && !"OnDelete".equals(strategy())) {
            replace(writes);
        }
        return writes;
    }

    private @Nullable String strategy() {
        return set.getSpec().getUpdateStrategy() == null
                ? null
                : set.getSpec().getUpdateStrategy().getType();
    }

    private int partition() {
        return set.getSpec().getUpdateStrategy() == null
                        || set.getSpec().getUpdateStrategy().getRollingUpdate() == null
                ? 0
                : Replicas.orZero(
                        set.getSpec().getUpdateStrategy().getRollingUpdate().getPartition());
    }

    /** Every place gets a pod; one that has ended is made anew. Whether that is all for now. */
    private boolean fill(List<Write> writes) {
        int start = StatefulPods.start(set);
        for (int ordinal = start; ordinal < start + Replicas.wanted(set); ordinal++) {
            Pod pod = replicas.get(ordinal);
            if (pod != null && Pods.hasEnded(pod)) {
                if (!Pods.isTerminating(pod)) {
                    writes.addAll(recreating(pod));
                }
                if (isOrdered()) {
                    return true;
                }
                continue;
            }
            if (pod == null) {
                writes.add(created(ordinal));
                if (isOrdered()) {
                    return true;
                }
            } else if (isOrdered() && (Pods.isTerminating(pod) || !isAvailable(pod))) {
                return true;
            }
        }
        return false;
    }

    private List<Write> recreating(Pod pod) {
        String name = set.getMetadata().getNamespace() + "/" + set.getMetadata().getName();
        boolean failed = Pods.phase(pod).equals("Failed");
        String message = "StatefulSet " + name + " is recreating " + (failed ? "failed" : "terminated") + " Pod "
                + pod.getMetadata().getName();
        List<Write> writes = new ArrayList<>();
        writes.add(
                failed
                        ? Write.Tell.warning(set, REPORTER, "RecreatingFailedPod", message)
                        : Write.Tell.normal(set, REPORTER, "RecreatingTerminatedPod", message));
        writes.addAll(deleted(pod));
        return writes;
    }

    /** Below the partition a place keeps the former revision. */
    private Write created(int ordinal) {
        boolean former = !"OnDelete".equals(strategy()) && ordinal < StatefulPods.start(set) + partition();
        ControllerRevision revision = former ? current : update;
        PodTemplateSpec template =
                former ? History.template(current) : set.getSpec().getTemplate();
        Pod pod = StatefulPods.newPod(set, template, revision.getMetadata().getName(), ordinal);
        return new Write.Create(pod, told(set, "SuccessfulCreate", message("create", pod)));
    }

    /** Pods without a place go, one after the other when in order. Whether that is all for now. */
    private boolean shrink(List<Write> writes) {
        Pod firstUnhealthy = firstUnhealthy();
        for (Pod pod : condemned) {
            if (Pods.isTerminating(pod)) {
                if (isOrdered()) {
                    return true;
                }
                continue;
            }
            if (isOrdered() && !isAvailable(pod) && !pod.equals(firstUnhealthy)) {
                return true;
            }
            writes.addAll(deleted(pod));
            if (isOrdered()) {
                return true;
            }
        }
        return false;
    }

    /** The lowest place that is not healthy. */
    private @Nullable Pod firstUnhealthy() {
        return pods.stream()
                .filter(pod -> StatefulPods.ordinal(set, pod) >= 0)
                .sorted(Comparator.comparing(pod -> StatefulPods.ordinal(set, pod)))
                .filter(pod -> !StatefulPods.isHealthy(pod))
                .findFirst()
                .orElse(null);
    }

    private void replace(List<Write> writes) {
        List<Pod> places = new ArrayList<>(replicas.values());
        for (int place = places.size() - 1; place >= partition(); place--) {
            Pod pod = places.get(place);
            if (!StatefulPods.revision(pod).equals(update.getMetadata().getName()) && !Pods.isTerminating(pod)) {
                writes.addAll(deleted(pod));
                replacing = true;
                return;
            }
            if (!StatefulPods.isHealthy(pod)) {
                return;
            }
        }
    }

    private List<Write> deleted(Pod pod) {
        return List.of(
                new Write.Delete(pod, Write.Propagation.DEFAULT),
                told(set, "SuccessfulDelete", message("delete", pod)));
    }

    private String message(String verb, Pod pod) {
        return verb + " Pod " + pod.getMetadata().getName() + " in StatefulSet "
                + set.getMetadata().getName() + " successful";
    }

    static Write.Tell told(StatefulSet set, String reason, String message) {
        return Write.Tell.normal(set, REPORTER, reason, message);
    }

    /**
     * The counts; when all pods are of the new revision and ready, the change over is complete and it is the current one.
     */
    StatefulSetStatus status() {
        String former = current.getMetadata().getName();
        String next = update.getMetadata().getName();
        int all = (int) pods.stream().filter(pod -> !Pods.phase(pod).isEmpty()).count();
        int ready = count(StatefulPods::runsAndIsReady);
        int currents = count(pod -> counts(pod) && StatefulPods.revision(pod).equals(former)) - (replacing ? 1 : 0);
        int updated = count(pod -> counts(pod) && StatefulPods.revision(pod).equals(next));
        boolean complete = !"OnDelete".equals(strategy()) && updated == all && ready == all;
        StatefulSetStatus present = set.getStatus() == null ? new StatefulSetStatus() : set.getStatus();
        return new StatefulSetStatusBuilder(present)
                .withObservedGeneration(set.getMetadata().getGeneration())
                .withReplicas(all)
                .withReadyReplicas(Replicas.orNull(ready))
                .withAvailableReplicas(count(this::isAvailable))
                .withCurrentReplicas(Replicas.orNull(complete ? updated : Math.max(0, currents)))
                .withUpdatedReplicas(Replicas.orNull(updated))
                .withCurrentRevision(complete ? next : former)
                .withUpdateRevision(next)
                .withCollisionCount(Replicas.orZero(present.getCollisionCount()))
                .build();
    }

    private static boolean counts(Pod pod) {
        return !Pods.phase(pod).isEmpty() && !Pods.isTerminating(pod);
    }

    private int count(Predicate<Pod> which) {
        return (int) pods.stream().filter(which).count();
    }
}
