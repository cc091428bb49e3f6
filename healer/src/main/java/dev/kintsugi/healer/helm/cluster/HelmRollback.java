package dev.kintsugi.healer.helm.cluster;

import dev.kintsugi.healer.helm.Hook;
import dev.kintsugi.healer.helm.MalformedManifestException;
import dev.kintsugi.healer.helm.Release;
import dev.kintsugi.healer.helm.ReleaseStatus;
import dev.kintsugi.healer.helm.RollbackPlan;
import dev.kintsugi.healer.helm.StoredRevision;
import dev.kintsugi.healer.helm.UnreadableReleaseException;
import dev.kintsugi.healer.helm.cluster.RollbackFailure.Stage;
import dev.kintsugi.healer.model.Attempt;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Rolls a Helm release back as {@code helm rollback} of Helm 3 does, so that Helm's history, status and next upgrade agree with it.
 *
 * <p>The new revision is written first, as pending: that is the lock, for Helm refuses to begin while one is pending, and of two
 * who create the same revision one is turned away. It carries the plan's id; a rollback that was cut off is taken up by whoever is
 * given the same plan. It blocks for as long as hooks and waiting take.
 *
 * <p>Where it is not like Helm: Secrets are written only as they were read; a failing hook leaves the new revision failed, not
 * pending for ever; the target is not removed from a history that is too long; and see {@link Updater}.
 */
public final class HelmRollback {

    /**
     * How to do it.
     *
     * @param request deadline of one request
     * @param timeout of each hook and of the wait, as Helm's {@code --timeout}
     * @param period between two looks while waiting; Helm's is 2 s
     * @param awaitReady whether the objects have to become ready, as Helm's {@code --wait}
     * @param hooks whether hooks are run
     * @param maxHistory how many revisions are kept, the new one included; 0 for all
     */
    public record Options(
            Duration request, Duration timeout, Duration period, boolean awaitReady, boolean hooks, int maxHistory) {
        public static final Options DEFAULT =
                new Options(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofSeconds(2), true, true, 10);
    }

    /**
     * What came of it.
     *
     * @param result MOOT if somebody else was quicker; UNKNOWN if it was cut off and may be taken up again
     * @param revision the new revision; 0 if none was made
     * @param message for people
     */
    public record Outcome(Attempt.Result result, int revision, String message) {}

    private final KubernetesClient client;
    private final Options options;
    private final Pace pace;

    /** Acts through a client; it must not retry by itself. */
    public HelmRollback(KubernetesClient client, Options options) {
        this(client, options, Pace.REAL);
    }

    HelmRollback(KubernetesClient client, Options options, Pace pace) {
        this.client = client;
        this.options = options;
        this.pace = pace;
    }

    /**
     * Does it, or says why not.
     *
     * @param mayAct asked before each write: whether this healer still leads
     */
    public Outcome run(RollbackPlan plan, BooleanSupplier mayAct) {
        return new Run(plan, mayAct).run();
    }

    /** One rollback. */
    private final class Run {
        private final RollbackPlan plan;
        private final KubeApi api;
        private final ReleaseStore store;
        private final Await await;

        Run(RollbackPlan plan, BooleanSupplier mayAct) {
            this.plan = plan;
            this.api = new KubeApi(client, options.request(), mayAct);
            this.store = new ReleaseStore(api, pace);
            this.await = new Await(options.timeout(), options.period(), pace, mayAct);
        }

        Outcome run() {
            int made = 0;
            try {
                List<StoredRevision> revisions = store.revisions(plan.namespace(), plan.release());
                Optional<StoredRevision> begun = begun(revisions);
                if (begun.isEmpty()) {
                    requireUnchanged(revisions);
                }
                StoredRevision currentStored = revision(revisions, plan.from());
                StoredRevision targetStored = revision(revisions, plan.to());
                Release current = read(currentStored);
                Release target = read(targetStored);
                Release next = begun.isPresent() ? read(begun.get()) : Release.rollback(current, target, pace.now());
                List<Located> objects = located(target, target.manifest());
                Updater updater = new Updater(api, next, located(current, current.manifest()), objects);
                updater.check();
                checkHooks(next);
                StoredRevision stored;
                if (begun.isPresent()) {
                    stored = begun.get();
                } else {
                    prune(revisions);
                    stored = store.create(next, targetStored.labels(), plan.id());
                }
                made = next.version();
                PendingRelease pending = new PendingRelease(store, stored, next);
                return finish(pending, updater, objects, currentStored, current);
            } catch (RollbackFailure e) {
                return new Outcome(
                        e.stage() == Stage.OVERTAKEN ? Attempt.Result.MOOT : Attempt.Result.FAILED, 0, e.getMessage());
            } catch (ApiProblem e) {
                if (e.isConflict()) {
                    return new Outcome(Attempt.Result.MOOT, made, "somebody else is at work: " + e.getMessage());
                }
                boolean unknown = made > 0 || e.isUnanswered();
                return new Outcome(unknown ? Attempt.Result.UNKNOWN : Attempt.Result.FAILED, made, e.getMessage());
            } catch (CutOff e) {
                return new Outcome(made > 0 ? Attempt.Result.UNKNOWN : Attempt.Result.FAILED, made, e.getMessage());
            }
        }

        private Outcome finish(
                PendingRelease pending,
                Updater updater,
                List<Located> objects,
                StoredRevision currentStored,
                Release current)
                throws ApiProblem, CutOff {
            HookRunner hooks = new HookRunner(api, await, pending, pace);
            try {
                if (options.hooks()) {
                    hooks.run("pre-rollback");
                }
                updater.apply();
                if (options.awaitReady()) {
                    new Waiter(api, await).ready(objects);
                }
                if (options.hooks()) {
                    hooks.run("post-rollback");
                }
            } catch (RollbackFailure e) {
                return failed(pending, currentStored, current, e);
            }
            for (StoredRevision other : store.revisions(plan.namespace(), plan.release())) {
                if (other.status() == ReleaseStatus.DEPLOYED) {
                    supersede(other);
                }
            }
            pending.remember(pending.release().with(ReleaseStatus.DEPLOYED));
            pending.save();
            int made = pending.release().version();
            return new Outcome(
                    Attempt.Result.DONE,
                    made,
                    "release %s/%s rolled back from revision %d to %d, as revision %d"
                            .formatted(plan.namespace(), plan.release(), plan.from(), plan.to(), made));
        }

        /**
         * The new revision failed. If that was while objects were changed, the one before no longer stands in the cluster as a
         * whole either, and Helm calls it superseded; one that had failed keeps its name here, lest it pass for good.
         */
        private Outcome failed(PendingRelease pending, StoredRevision currentStored, Release current, RollbackFailure e)
                throws ApiProblem, CutOff {
            String description = "%s \"%s\" failed: %s"
                    .formatted(e.stage() == Stage.WAIT ? "Release" : "Rollback", current.name(), e.getMessage());
            if (e.stage() == Stage.UPDATE && current.status() == ReleaseStatus.DEPLOYED) {
                store.supersede(currentStored, current);
            }
            pending.remember(pending.release().with(ReleaseStatus.FAILED, description));
            pending.save();
            return new Outcome(Attempt.Result.FAILED, pending.release().version(), description.strip());
        }

        /** A rollback by this very plan that was cut off. */
        private Optional<StoredRevision> begun(List<StoredRevision> revisions) {
            return revisions.stream()
                    .filter(one -> one.version() == plan.from() + 1
                            && one.status() == ReleaseStatus.PENDING_ROLLBACK
                            && plan.id().equals(one.annotations().get(ReleaseStore.ROLLBACK)))
                    .findFirst();
        }

        private void requireUnchanged(List<StoredRevision> revisions) throws RollbackFailure {
            Optional<StoredRevision> newest = revisions.stream().max(Comparator.comparingInt(StoredRevision::version));
            if (newest.isEmpty()) {
                throw new RollbackFailure(
                        Stage.OVERTAKEN, "release %s/%s is gone".formatted(plan.namespace(), plan.release()));
            }
            StoredRevision last = newest.get();
            if (last.version() != plan.from() || !last.resourceVersion().equals(plan.resourceVersion())) {
                throw new RollbackFailure(
                        Stage.OVERTAKEN,
                        "release %s/%s has changed since: revision %d is %s"
                                .formatted(plan.namespace(), plan.release(), last.version(), last.status()));
            }
        }

        private StoredRevision revision(List<StoredRevision> revisions, int version) throws RollbackFailure {
            return revisions.stream()
                    .filter(one -> one.version() == version)
                    .findFirst()
                    .orElseThrow(() -> new RollbackFailure(
                            Stage.REFUSED,
                            "release %s/%s has no revision %d".formatted(plan.namespace(), plan.release(), version)));
        }

        private Release read(StoredRevision stored) throws RollbackFailure {
            try {
                Release release = stored.read();
                if (release.appliedByServer()) {
                    throw new RollbackFailure(
                            Stage.REFUSED,
                            release
                                    + " was made by Helm 4 with server-side apply; only Helm itself can roll that back");
                }
                return release;
            } catch (UnreadableReleaseException e) {
                throw new RollbackFailure(Stage.REFUSED, e.getMessage());
            }
        }

        private List<Located> located(Release release, String manifest) throws RollbackFailure, ApiProblem {
            try {
                return Located.in(manifest, release.namespace(), api);
            } catch (MalformedManifestException e) {
                throw new RollbackFailure(Stage.REFUSED, release + ": " + e.getMessage());
            }
        }

        /** Hooks are made anew each time, so they have to be in the release's own namespace. */
        private void checkHooks(Release next) throws RollbackFailure, ApiProblem {
            if (!options.hooks()) {
                return;
            }
            for (String event : List.of("pre-rollback", "post-rollback")) {
                for (Hook hook : Hook.of(next, event)) {
                    for (Located one : located(next, hook.manifest())) {
                        if (!one.object().namespace().equals(next.namespace())) {
                            throw new RollbackFailure(
                                    Stage.REFUSED,
                                    "hook %s is outside of namespace %s".formatted(one.object(), next.namespace()));
                        }
                    }
                }
            }
        }

        private void supersede(StoredRevision stored) throws ApiProblem, CutOff {
            try {
                store.supersede(stored, stored.read());
            } catch (UnreadableReleaseException e) {
                throw new ApiProblem(500, e.getMessage());
            }
        }

        /** Makes room for the new revision: the oldest go, but for the last deployed one and those that this rollback is about. */
        private void prune(List<StoredRevision> revisions) throws ApiProblem, CutOff {
            int deployed = revisions.stream()
                    .filter(one -> one.status() == ReleaseStatus.DEPLOYED)
                    .mapToInt(StoredRevision::version)
                    .max()
                    .orElse(0);
            int surplus = options.maxHistory() == 0 ? 0 : revisions.size() - (options.maxHistory() - 1);
            List<StoredRevision> oldestFirst = revisions.stream()
                    .sorted(Comparator.comparingInt(StoredRevision::version))
                    .filter(one ->
                            one.version() != deployed && one.version() != plan.to() && one.version() != plan.from())
                    .toList();
            for (StoredRevision old : oldestFirst.subList(0, Math.max(0, Math.min(surplus, oldestFirst.size())))) {
                store.delete(old);
            }
        }
    }
}
