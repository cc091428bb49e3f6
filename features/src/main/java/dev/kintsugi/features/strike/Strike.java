package dev.kintsugi.features.strike;

import dev.kintsugi.chaos.drive.ClusterFailure;
import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.drive.Standing;
import dev.kintsugi.chaos.guard.AbortConditions;
import dev.kintsugi.chaos.guard.Aim;
import dev.kintsugi.chaos.guard.Member;
import dev.kintsugi.chaos.guard.Plan;
import dev.kintsugi.chaos.guard.Workload;
import dev.kintsugi.chaos.mesh.Lease;
import dev.kintsugi.chaos.mesh.Outcome;
import dev.kintsugi.chaos.mesh.Reference;
import dev.kintsugi.chaos.mesh.Removal;
import dev.kintsugi.features.recording.TargetProbe;
import dev.kintsugi.reports.model.Proof;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Applies one plan: looks at the targets as they are, injects, looks whether it bit, and stays with it if it is told to. What it stays
 * with it removes again: when it is over, when an abort condition holds, or when it is told to stop.
 */
public final class Strike {
    private static final Duration BEFORE = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration HEALTH = Duration.ofSeconds(1);
    private static final Duration PROOF = Duration.ofSeconds(15);
    private static final Duration INJECTION = Duration.ofSeconds(30);
    private static final Duration REMOVAL = Duration.ofSeconds(30);

    /**
     * How it is to be done.
     *
     * @param watch stay until it is over, and hold its lease; else leave as soon as it is known whether it bit
     * @param leased whether the cluster ends it if this process dies
     * @param target what the objective is about; null: none
     * @param objective when too many requests to it fail; null: none
     */
    public record Options(
            boolean watch, boolean leased, @Nullable URI target, AbortConditions.@Nullable Objective objective) {}

    /**
     * What came of it.
     *
     * @param proofs for each target; empty when nothing was injected, or the targets are chosen at each run
     * @param aborted why it was ended before its time; null when it was not
     * @param leftover why it is still there though it was to be removed; null when it is not
     */
    public record Result(
            Outcome outcome,
            List<Proof> proofs,
            @Nullable String aborted,
            @Nullable String leftover) {
        public Result {
            proofs = List.copyOf(proofs);
        }
    }

    private final Connection connection;
    private final Experiments experiments;
    private final Plan plan;
    private final Options options;
    private final BooleanSupplier stopped;
    private final Consumer<String> progress;

    /**
     * @param stopped whether somebody wants it to end now
     * @param progress is told what happens, a line each
     */
    public Strike(
            Connection connection,
            Experiments experiments,
            Plan plan,
            Options options,
            BooleanSupplier stopped,
            Consumer<String> progress) {
        this.connection = connection;
        this.experiments = experiments;
        this.plan = plan;
        this.options = options;
        this.stopped = stopped;
        this.progress = progress;
    }

    /** Does it. */
    public Result run() throws InterruptedException {
        Vertx vertx = Vertx.vertx();
        List<Witness> witnesses = List.of();
        try {
            witnesses = Witness.of(plan, connection.client(), vertx);
            return run(witnesses, vertx);
        } finally {
            witnesses.forEach(Witness::close);
            vertx.close();
        }
    }

    private Result run(List<Witness> witnesses, Vertx vertx) throws InterruptedException {
        AbortConditions conditions = new AbortConditions(experiments.health(plan), targets(), options.objective());
        ObjectiveProbe probe = ObjectiveProbe.start(vertx, options.target(), conditions);
        try {
            if (!witnesses.isEmpty()) {
                progress.accept("looking at " + witnesses.size() + (witnesses.size() == 1 ? " target" : " targets")
                        + " before the fault");
                observe(witnesses, System.nanoTime() + BEFORE.toNanos());
            }
            Experiments.Attempt attempt = experiments.apply(plan, end(), INJECTION);
            Lease lease = attempt.lease();
            try {
                return attempt.outcome() instanceof Outcome.Injected injected
                        ? stay(injected, witnesses, conditions, lease)
                        : new Result(attempt.outcome(), List.of(), null, removed(attempt.reference()));
            } finally {
                if (lease != null && options.watch()) {
                    lease.close();
                } else if (lease != null) {
                    lease.leave();
                }
            }
        } finally {
            probe.close();
        }
    }

    private Experiments.End end() {
        if (!options.leased()) {
            return Experiments.End.NEVER;
        }
        return options.watch() ? Experiments.End.WITH_DRIVER : Experiments.End.WITH_DURATION;
    }

    private Set<Workload> targets() {
        return plan.aims().stream()
                .flatMap(aim -> (aim.pinned() ? aim.victims() : aim.matching()).stream())
                .map(Member::workload)
                .collect(Collectors.toSet());
    }

    private Result stay(
            Outcome.Injected injected, List<Witness> witnesses, AbortConditions conditions, @Nullable Lease lease)
            throws InterruptedException {
        long from = injected.injection().injectedAtNanos();
        progress.accept(String.format(
                Locale.ROOT,
                "injected after %.1f s: %s",
                (from - injected.injection().requestedAtNanos()) / 1e9,
                injected.injection().status().describe()));
        Reference reference = injected.injection().reference();
        boolean oneShot =
                plan.aims().stream().map(Aim::part).allMatch(part -> part.isOneShot()) && reference.isExperiment();
        String aborted = null;
        boolean gone = false;
        long until = Long.MAX_VALUE;
        long healthAt = 0;
        while (true) {
            long now = System.nanoTime();
            witnesses.forEach(Witness::look);
            boolean proven = witnesses.stream().allMatch(Witness::isSure) || now - from >= PROOF.toNanos();
            Optional<Standing> standing = look(reference);
            gone = standing.isEmpty();
            if (gone || standing.get().isOver()) {
                until = now;
                break;
            }
            if (stopped.getAsBoolean()) {
                aborted = "it was told to stop";
            } else if (lease != null && options.watch() && lease.isLost()) {
                aborted = "its lease was lost: the cluster ends it by itself";
            } else if (now - healthAt >= HEALTH.toNanos()) {
                healthAt = now;
                aborted = conditions
                        .objective(now)
                        .or(() -> harm(conditions, now))
                        .orElse(null);
            }
            if (aborted != null || (proven && (oneShot || !options.watch()))) {
                until = now;
                break;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        if (aborted != null) {
            progress.accept("ABORTED: " + aborted);
        }
        String leftover =
                aborted != null || options.watch() ? removed(gone ? Optional.empty() : Optional.of(reference)) : null;
        List<Proof> proofs = prove(witnesses, injected.injection().requestedAtNanos(), from, until);
        return new Result(injected, proofs, aborted, leftover);
    }

    /** Requests that were sent while the fault was in force may be on their way for a while yet; without an answer they count. */
    private static List<Proof> prove(List<Witness> witnesses, long requested, long from, long until) {
        if (witnesses.stream().anyMatch(PathWitness.class::isInstance)) {
            long answered = until + TargetProbe.PATIENCE.toNanos() + LOOK.toNanos();
            while (System.nanoTime() < answered && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
        return witnesses.stream()
                .map(witness -> witness.proof(requested, from, until))
                .toList();
    }

    private static void observe(List<Witness> witnesses, long end) {
        while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
            witnesses.forEach(Witness::look);
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /** A cluster that does not answer for a moment is no reason to take the experiment for gone. */
    private Optional<Standing> look(Reference reference) {
        while (true) {
            try {
                return experiments.look(reference);
            } catch (ClusterFailure e) {
                if (stopped.getAsBoolean()) {
                    throw e;
                }
                progress.accept(String.valueOf(e.getMessage()));
                LockSupport.parkNanos(HEALTH.toNanos());
            }
        }
    }

    private Optional<String> harm(AbortConditions conditions, long now) {
        try {
            return conditions.look(experiments.health(plan), now);
        } catch (ClusterFailure e) {
            return Optional.empty();
        }
    }

    private @Nullable String removed(Optional<Reference> reference) throws InterruptedException {
        if (reference.isEmpty()) {
            return null;
        }
        Removal removal = experiments.remove(reference.get(), false, REMOVAL);
        if (removal instanceof Removal.Leftover leftover) {
            return leftover.reason();
        }
        progress.accept(reference.get() + " is gone, its faults taken back");
        return null;
    }
}
