package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDaemonSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One step of a DaemonSet. Nodes that are for it and have no pod get one, pods on nodes that are not for it go, as do ended and surplus
 * ones. A pod that is being deleted keeps its node busy unless the update surges. Pods of a former template are replaced while no more
 * nodes than allowed are without an available pod, or, with a surge, while no more nodes than allowed have two.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/">Rolling update of DaemonSets</a>
 */
final class DaemonRollout {

    private static final String REPORTER = "daemonset-controller";
    private static final int PERCENT = 100;
    private static final int BURST = 250;

    private final DaemonSet set;
    private final String hash;
    private final Instant now;
    private final Map<String, DaemonPods.Fit> fits = new TreeMap<>();
    private final Map<String, List<Pod>> perNode;
    private final List<Pod> unplaced;

    /** One node as a rolling update sees it: at most one pod of either template, terminating ones left out. */
    private record Pair(@Nullable Pod young, @Nullable Pod old, boolean clear) {}

    DaemonRollout(DaemonSet set, List<Node> nodes, List<Pod> pods, String hash, Instant now) {
        this.set = set;
        this.hash = hash;
        this.now = now;
        nodes.forEach(node -> fits.put(node.getMetadata().getName(), DaemonPods.fit(set, node)));
        this.perNode = pods.stream()
                .sorted(Comparator.<Pod, String>comparing(
                                pod -> pod.getMetadata().getCreationTimestamp())
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .collect(Collectors.groupingBy(DaemonPods::node, TreeMap::new, Collectors.toList()));
        this.unplaced = pods.stream()
                .filter(pod -> !Pods.isAssigned(pod) && !fits.containsKey(DaemonPods.node(pod)))
                .toList();
    }

    Duration minReady() {
        return Duration.ofSeconds(Replicas.orZero(set.getSpec().getMinReadySeconds()));
    }

    /** What to do now. */
    List<Write> step() {
        Set<Pod> spare = new LinkedHashSet<>(unplaced);
        List<String> bare = new ArrayList<>();
        List<Write> told = new ArrayList<>();
        fits.forEach((node, fit) -> manage(node, fit, spare, bare, told));
        if (spare.isEmpty() && bare.isEmpty() && isRolling()) {
            if (surge() == 0) {
                replace(spare);
            } else {
                surge(spare, bare);
            }
        }
        List<Write> writes = new ArrayList<>(told);
        bare.stream().limit(BURST).forEach(node -> writes.add(created(node)));
        spare.stream().filter(pod -> !Pods.isTerminating(pod)).limit(BURST).forEach(pod -> writes.addAll(deleted(pod)));
        return writes;
    }

    private void manage(String node, DaemonPods.Fit fit, Set<Pod> spare, List<String> bare, List<Write> told) {
        List<Pod> there = perNode.getOrDefault(node, List.of());
        if (there.isEmpty()) {
            if (fit.run()) {
                bare.add(node);
            }
            return;
        }
        if (!fit.stay()) {
            spare.addAll(there);
            return;
        }
        List<Pod> running = new ArrayList<>();
        for (Pod pod : there) {
            if (Pods.isTerminating(pod)) {
                continue;
            }
            if (Pods.hasEnded(pod)) {
                told.add(ended(pod, node));
                spare.add(pod);
            } else {
                running.add(pod);
            }
        }
        if (surge() == 0) {
            running.stream().skip(1).forEach(spare::add);
        } else if (running.isEmpty() && fit.run()) {
            bare.add(node);
        } else if (running.size() > 1) {
            spare.addAll(beyondPair(running));
        }
    }

    /** Of several running pods in a surge: all but the oldest of either template, and the old one when it is no longer needed. */
    private List<Pod> beyondPair(List<Pod> running) {
        List<Pod> young = running.stream().filter(this::isUpdated).toList();
        List<Pod> old = running.stream().filter(pod -> !isUpdated(pod)).toList();
        List<Pod> spare = new ArrayList<>();
        young.stream().skip(1).forEach(spare::add);
        old.stream().skip(1).forEach(spare::add);
        boolean needless = !young.isEmpty()
                && !old.isEmpty()
                && (!Pods.isReady(old.get(0)) || Pods.isAvailable(young.get(0), minReady(), now));
        if (needless) {
            spare.add(old.get(0));
        }
        return spare;
    }

    private Write ended(Pod pod, String node) {
        String name = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
        return Pods.phase(pod).equals("Failed")
                ? Write.Tell.warning(
                        set,
                        REPORTER,
                        "FailedDaemonPod",
                        "Found failed daemon pod " + name + " on node " + node + ", will try to kill it")
                : Write.Tell.normal(
                        set,
                        REPORTER,
                        "SucceededDaemonPod",
                        "Found succeeded daemon pod " + name + " on node " + node + ", will try to delete it");
    }

    private boolean isRolling() {
        return set.getSpec().getUpdateStrategy() == null
                || !"OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
    }

    private boolean isUpdated(Pod pod) {
        return hash.equals(Selectors.labels(pod).get(DaemonPods.HASH));
    }

    private @Nullable RollingUpdateDaemonSet rollingUpdate() {
        return set.getSpec().getUpdateStrategy() == null
                ? null
                : set.getSpec().getUpdateStrategy().getRollingUpdate();
    }

    private int surge() {
        RollingUpdateDaemonSet rolling = rollingUpdate();
        return rolling == null || !isRolling() ? 0 : share(rolling.getMaxSurge(), 0);
    }

    private int unavailable() {
        RollingUpdateDaemonSet rolling = rollingUpdate();
        int unavailable = rolling == null ? 1 : share(rolling.getMaxUnavailable(), 1);
        return unavailable == 0 && surge() == 0 ? 1 : unavailable;
    }

    /** Shares are of the nodes that are for the DaemonSet, rounded up. */
    private int share(@Nullable IntOrString value, int otherwise) {
        if (value == null) {
            return otherwise;
        }
        String text = value.getStrVal();
        return text == null
                ? value.getIntVal()
                : (Integer.parseInt(text.replace("%", "")) * desired() + PERCENT - 1) / PERCENT;
    }

    private int desired() {
        return (int) fits.values().stream().filter(DaemonPods.Fit::run).count();
    }

    /** The nodes that are for the DaemonSet or have a pod of it. */
    private Map<String, Pair> pairs() {
        Map<String, Pair> pairs = new TreeMap<>();
        fits.forEach((node, fit) -> {
            if (fit.run()) {
                pairs.put(node, pair(perNode.getOrDefault(node, List.of())));
            }
        });
        perNode.forEach((node, pods) -> pairs.putIfAbsent(node, pair(pods)));
        return pairs;
    }

    private Pair pair(List<Pod> pods) {
        List<Pod> live = pods.stream().filter(pod -> !Pods.isTerminating(pod)).toList();
        List<Pod> young = live.stream().filter(this::isUpdated).toList();
        List<Pod> old = live.stream().filter(pod -> !isUpdated(pod)).toList();
        return new Pair(
                young.isEmpty() ? null : young.get(0),
                old.isEmpty() ? null : old.get(0),
                young.size() <= 1 && old.size() <= 1);
    }

    /** Old pods that are not available go in any case, others while enough are available. */
    private void replace(Set<Pod> spare) {
        int missing = 0;
        List<Pod> candidates = new ArrayList<>();
        for (Pair pair : pairs().values()) {
            Pod old = pair.old();
            Pod young = pair.young();
            if (!pair.clear() || (old == null) == (young == null)) {
                missing++;
            } else if (young != null) {
                missing += isAvailable(young) ? 0 : 1;
            } else if (old != null && !isAvailable(old)) {
                spare.add(old);
            } else if (old != null) {
                candidates.add(old);
            }
        }
        candidates.stream().limit(Math.max(0, unavailable() - missing)).forEach(spare::add);
    }

    /** Nodes whose old pod is not available get a new one in any case, others while few enough have two. */
    private void surge(Set<Pod> spare, List<String> bare) {
        int surging = 0;
        List<String> candidates = new ArrayList<>();
        for (Map.Entry<String, Pair> entry : pairs().entrySet()) {
            Pod old = entry.getValue().old();
            Pod young = entry.getValue().young();
            if (!entry.getValue().clear()) {
                surging++;
            } else if (old != null && young == null) {
                (isAvailable(old) ? candidates : bare).add(entry.getKey());
            } else if (old != null && young != null) {
                if (isAvailable(young)) {
                    spare.add(old);
                } else {
                    surging++;
                }
            }
        }
        candidates.stream().limit(Math.max(0, surge() - surging)).forEach(bare::add);
    }

    private boolean isAvailable(Pod pod) {
        return Pods.isAvailable(pod, minReady(), now);
    }

    private Write created(String node) {
        return new Write.Create(
                DaemonPods.newPod(set, node, hash),
                Write.Tell.normal(set, REPORTER, "SuccessfulCreate", "Created pod: " + Write.Tell.CREATED));
    }

    private List<Write> deleted(Pod pod) {
        return List.of(
                new Write.Delete(pod, Write.Propagation.DEFAULT),
                Write.Tell.normal(
                        set,
                        REPORTER,
                        "SuccessfulDelete",
                        "Deleted pod: " + pod.getMetadata().getName()));
    }

    /** Of several pods on a node the oldest counts. */
    DaemonSetStatus status() {
        int current = 0;
        int ready = 0;
        int available = 0;
        int updated = 0;
        int stray = 0;
        for (Map.Entry<String, DaemonPods.Fit> entry : fits.entrySet()) {
            List<Pod> there = perNode.getOrDefault(entry.getKey(), List.of());
            if (there.isEmpty()) {
                continue;
            }
            if (!entry.getValue().run()) {
                stray++;
                continue;
            }
            Pod pod = there.get(0);
            current++;
            ready += Pods.isReady(pod) ? 1 : 0;
            available += isAvailable(pod) ? 1 : 0;
            updated += isUpdated(pod) ? 1 : 0;
        }
        DaemonSetStatus present = set.getStatus() == null ? new DaemonSetStatus() : set.getStatus();
        return new DaemonSetStatusBuilder(present)
                .withObservedGeneration(set.getMetadata().getGeneration())
                .withDesiredNumberScheduled(desired())
                .withCurrentNumberScheduled(current)
                .withNumberMisscheduled(stray)
                .withNumberReady(ready)
                .withUpdatedNumberScheduled(Replicas.orNull(updated))
                .withNumberAvailable(Replicas.orNull(available))
                .withNumberUnavailable(Replicas.orNull(desired() - available))
                .build();
    }
}
