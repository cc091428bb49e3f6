package dev.kintsugi.features.cluster.embedded.control.disruption;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says in the status of each PodDisruptionBudget how many of its pods may be evicted now: as many as are healthy above the desired
 * number. A pod is healthy while it is ready and neither being deleted nor about to be, since an eviction was granted.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/run-application/configure-pdb/">Disruption budgets</a>
 */
public final class DisruptionBudgetLoop implements Loop {

    private static final String CONDITION = "DisruptionAllowed";

    private final Timings timings;

    /** Of the timings, {@link Timings#disruptionTimeout()} matters. */
    public DisruptionBudgetLoop(Timings timings) {
        this.timings = timings;
    }

    @Override
    public String name() {
        return "disruption";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(PodDisruptionBudget.class, Pod.class, ReplicaSet.class, Deployment.class, StatefulSet.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        if (change.object() instanceof PodDisruptionBudget budget) {
            return Stream.of(Key.of(budget));
        }
        if (change.object() instanceof Pod) {
            return change.states(Pod.class)
                    .flatMap(pod -> world
                            .in(PodDisruptionBudget.class, pod.getMetadata().getNamespace())
                            .stream()
                            .filter(budget -> covers(budget, pod))
                            .map(Key::of))
                    .distinct();
        }
        boolean scaled = change.object() instanceof Deployment
                || change.object() instanceof ReplicaSet
                || change.object() instanceof StatefulSet;
        return scaled
                ? world
                        .in(
                                PodDisruptionBudget.class,
                                change.object().getMetadata().getNamespace())
                        .stream()
                        .map(Key::of)
                : Stream.empty();
    }

    /** An empty selector is for every pod of the namespace, a missing one for none. */
    private static boolean covers(PodDisruptionBudget budget, Pod pod) {
        return budget.getSpec().getSelector() != null
                && Selectors.matches(budget.getSpec().getSelector(), Selectors.labels(pod));
    }

    private static List<Pod> candidates(PodDisruptionBudget budget, World world) {
        String namespace = budget.getMetadata().getNamespace();
        Map<String, String> labels = budget.getSpec().getSelector() == null
                ? null
                : budget.getSpec().getSelector().getMatchLabels();
        return labels == null || labels.isEmpty()
                ? world.in(Pod.class, namespace)
                : world.pods().labelled(namespace, labels);
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        PodDisruptionBudget budget = world.get(PodDisruptionBudget.class, key).orElse(null);
        if (budget == null) {
            return Reaction.none();
        }
        List<Pod> pods = candidates(budget, world).stream()
                .filter(pod -> covers(budget, pod))
                .toList();
        Map<String, String> disrupted = stillDisrupted(budget, pods, now);
        Requirement requirement = Requirement.of(budget, pods, world);
        int healthy = (int) pods.stream()
                .filter(pod -> Pods.isReady(pod)
                        && !Pods.isTerminating(pod)
                        && !disrupted.containsKey(pod.getMetadata().getName()))
                .count();
        int allowed = requirement.expected() <= 0 ? 0 : Math.max(0, healthy - requirement.healthy());
        PodDisruptionBudgetStatus status = new PodDisruptionBudgetStatusBuilder()
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .withExpectedPods(requirement.expected())
                .withDesiredHealthy(requirement.healthy())
                .withCurrentHealthy(healthy)
                .withDisruptionsAllowed(allowed)
                .withDisruptedPods(disrupted)
                .withConditions(condition(budget, allowed, now))
                .build();
        List<Write> writes = new ArrayList<>();
        if (pods.isEmpty()) {
            writes.add(Write.Tell.normal(budget, "controllermanager", "NoPods", "No matching pods found"));
        }
        if (!status.equals(budget.getStatus())) {
            writes.add(new Write.ReplaceStatus(
                    new PodDisruptionBudgetBuilder(budget).withStatus(status).build()));
        }
        return new Reaction(writes, nextTimeout(disrupted, now));
    }

    /** The granted evictions whose pods exist, are not being deleted yet and have time left. */
    private Map<String, String> stillDisrupted(PodDisruptionBudget budget, List<Pod> pods, Instant now) {
        Map<String, String> present =
                budget.getStatus() == null ? null : budget.getStatus().getDisruptedPods();
        Map<String, String> still = new TreeMap<>();
        if (present != null) {
            pods.stream()
                    .filter(pod -> !Pods.isTerminating(pod))
                    .map(pod -> pod.getMetadata().getName())
                    .filter(present::containsKey)
                    .filter(name -> end(present.get(name)).isAfter(now))
                    .forEach(name -> still.put(name, present.get(name)));
        }
        return still;
    }

    private Instant end(@Nullable String granted) {
        return Times.parse(granted).plus(timings.disruptionTimeout());
    }

    private @Nullable Duration nextTimeout(Map<String, String> disrupted, Instant now) {
        return disrupted.values().stream()
                .map(granted -> Duration.between(now, end(granted)))
                .min(Duration::compareTo)
                .orElse(null);
    }

    private static Condition condition(PodDisruptionBudget budget, int allowed, Instant now) {
        String value = allowed > 0 ? "True" : "False";
        String reason = allowed > 0 ? "SufficientPods" : "InsufficientPods";
        String since = Stream.ofNullable(budget.getStatus())
                .flatMap(status -> status.getConditions().stream())
                .filter(present -> present.getType().equals(CONDITION) && Objects.equals(present.getStatus(), value))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(Times.seconds(now));
        return new ConditionBuilder()
                .withType(CONDITION)
                .withStatus(value)
                .withReason(reason)
                .withMessage("")
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .withLastTransitionTime(since)
                .build();
    }
}
