package dev.kintsugi.chaos.guard;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * When an experiment does more harm than was meant, and has to end at once:
 *
 * <ul>
 *   <li>a node that was Ready is not any more;
 *   <li>a workload that is no target has fewer ready pods than before the experiment, for {@link #GRACE};
 *   <li>the share of failing requests over a span is above what the objective allows.
 * </ul>
 *
 * <p>Times are readings of one monotonic clock, in nanoseconds, and never go back.
 */
public final class AbortConditions {

    /** A foreign workload may lose a pod for a moment, as in a rollout of its own. */
    public static final Duration GRACE = Duration.ofSeconds(3);

    /**
     * A service level objective.
     *
     * @param failing largest share of failing requests that is still well, from 0 to below 1
     * @param over the span of time in which it counts
     */
    public record Objective(double failing, Duration over) {
        public Objective {
            if (!(failing >= 0 && failing < 1)) {
                throw new IllegalArgumentException("the share is " + failing + ", must be from 0 to below 1");
            }
            if (over.isZero() || over.isNegative()) {
                throw new IllegalArgumentException("the span is " + over + ", must be longer than 0");
            }
        }
    }

    private record Answer(long atNanos, boolean good) {}

    private final Health before;
    private final Set<Workload> targets;
    private final @Nullable Objective objective;
    private final Map<Workload, Long> hurtSince = new HashMap<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private long firstAnswer = Long.MIN_VALUE;
    private int failed;

    /**
     * @param before the cluster before the experiment
     * @param targets workloads that are meant to suffer
     * @param objective null: none was given
     */
    public AbortConditions(Health before, Set<Workload> targets, @Nullable Objective objective) {
        this.before = before;
        this.targets = Set.copyOf(targets);
        this.objective = objective;
    }

    /** Looks at the cluster as it is now; why the experiment has to end, if it has to. */
    public synchronized Optional<String> look(Health now, long atNanos) {
        return lost(now).or(() -> hurt(now, atNanos));
    }

    /** Whether a node is lost. */
    public synchronized Optional<String> lost(Health now) {
        Set<String> lost = new TreeSet<>(before.readyNodes());
        lost.removeAll(now.readyNodes());
        return lost.isEmpty()
                ? Optional.empty()
                : Optional.of("node " + String.join(", ", lost) + " is not Ready any more");
    }

    /** Whether a workload is hurt that is no target. */
    public synchronized Optional<String> hurt(Health now, long atNanos) {
        for (Map.Entry<Workload, Integer> entry : before.readyPods().entrySet()) {
            Workload workload = entry.getKey();
            int ready = now.readyPods().getOrDefault(workload, 0);
            if (targets.contains(workload) || ready >= entry.getValue()) {
                hurtSince.remove(workload);
            } else if (atNanos - hurtSince.computeIfAbsent(workload, any -> atNanos) >= GRACE.toNanos()) {
                return Optional.of(
                        workload + ", which is no target, has " + ready + " ready pods and had " + entry.getValue());
            }
        }
        return Optional.empty();
    }

    /** Takes a request to what the objective is about into account. */
    public synchronized void answered(boolean good, long atNanos) {
        if (firstAnswer == Long.MIN_VALUE) {
            firstAnswer = atNanos;
        }
        answers.addLast(new Answer(atNanos, good));
        failed += good ? 0 : 1;
    }

    /** Whether the objective is broken: known at the earliest when the first request is as old as its span. */
    public synchronized Optional<String> objective(long nowNanos) {
        if (objective == null || firstAnswer == Long.MIN_VALUE) {
            return Optional.empty();
        }
        long span = objective.over().toNanos();
        while (!answers.isEmpty() && nowNanos - answers.getFirst().atNanos() > span) {
            failed -= answers.removeFirst().good() ? 0 : 1;
        }
        if (nowNanos - firstAnswer < span || answers.isEmpty()) {
            return Optional.empty();
        }
        double share = (double) failed / answers.size();
        return share > objective.failing()
                ? Optional.of(failed + " of " + answers.size() + " requests of the last "
                        + objective.over().toSeconds() + " s failed, and the objective allows "
                        + Math.round(objective.failing() * 1000) / 10.0 + " %")
                : Optional.empty();
    }
}
