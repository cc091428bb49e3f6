package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.guard.AbortConditions;
import dev.kintsugi.chaos.mesh.Outcome;
import dev.kintsugi.chaos.mesh.Reference;
import dev.kintsugi.chaos.mesh.Removal;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.cluster.Capability;
import dev.kintsugi.features.cluster.reach.Reach;
import dev.kintsugi.features.recording.Effect;
import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.features.recording.Injection;
import dev.kintsugi.features.recording.Observation;
import dev.kintsugi.features.recording.Recorder;
import dev.kintsugi.features.recording.Snapshot;
import dev.kintsugi.features.run.ApiPodKill;
import dev.kintsugi.features.run.Session;
import dev.kintsugi.features.run.Skipped;
import dev.kintsugi.features.strike.HarmWatch;
import dev.kintsugi.features.workload.SampleApp;
import dev.kintsugi.reports.model.Expectation;
import dev.kintsugi.reports.model.FaultWindow;
import dev.kintsugi.reports.model.HealedBy;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Timeline;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One scenario under way: its workload, its recording, the fault that was put in, and what was expected of it. */
public final class Trial {

    private static final Duration LOOK = Duration.ofMillis(40);
    private static final Duration INJECTION = Duration.ofSeconds(20);
    private static final Duration SETTLED = Duration.ofSeconds(5);
    private static final Duration REMOVAL = Duration.ofSeconds(20);

    private final Session session = Session.current();
    private final List<Expectation> expectations = new ArrayList<>();
    private @Nullable SampleApp app;
    private @Nullable Recorder recorder;
    private @Nullable Snapshot before;
    private @Nullable Reference experiment;
    private @Nullable String manifest;
    private @Nullable FaultWindow window;
    private @Nullable Guard guard;
    private AbortConditions.@Nullable Objective objective;
    private volatile HarmWatch.@Nullable Harm harm;
    private boolean lasting;
    private final List<String> residueBefore = session.cluster().residue();
    private List<String> residue = List.of();
    private int podsBefore;

    Session session() {
        return session;
    }

    void workload(SampleApp deployed) {
        this.app = deployed;
    }

    SampleApp app() {
        return required(app, "no workload was deployed: begin with `Given the sample app runs with 3 replicas`");
    }

    /** The way to the workload. */
    Reach reach() {
        try {
            return session.reach(app().users());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Inconclusive("interrupted while looking for a way to the workload", e);
        }
    }

    void recording(Recorder started) {
        this.recorder = started;
    }

    boolean isRecording() {
        return recorder != null;
    }

    Recorder recorder() {
        return required(recorder, "no user sends requests: add `And users send 100 requests per second`");
    }

    private static <T> T required(@Nullable T part, String why) {
        if (part == null) {
            throw new Inconclusive(why);
        }
        return part;
    }

    /** Remembers the cluster as it is, as the last thing before something is broken. */
    void remember() {
        podsBefore = recorder().pods().size();
        before = Snapshot.of(session.client());
        guard = Guard.before(session, app().namespace());
    }

    /** Too many failed requests of users end the fault. */
    void objective(AbortConditions.Objective users) {
        this.objective = users;
    }

    Snapshot before() {
        return required(
                before, "the steady state was not looked at before: add `And users are served steadily for 2 s`");
    }

    int podsBefore() {
        return podsBefore;
    }

    /**
     * Injects an experiment and tells the recorder.
     *
     * @param effect how the fault must show on these victims
     * @throws Inconclusive when it was not injected
     * @throws Skipped when the cluster cannot do it
     */
    void inject(Experiment what, Function<List<Observation.Pod>, Effect> effect) throws InterruptedException {
        before();
        lasting = !what.fault().isOneShot();
        if (!session.capabilities().has(Capability.CHAOS_MESH)) {
            injectByApi(what, effect);
        } else {
            injectByMesh(what, effect);
        }
        watchForHarm();
    }

    /** From now on the fault ends when it does more harm than was meant. */
    private void watchForHarm() {
        Guard watching = required(guard, "nobody has looked at the cluster before");
        recorder()
                .injection()
                .ifPresent(injection -> watching.watch(
                        injection.targets().stream().map(Observation.Pod::uid).toList(),
                        objective,
                        recorder(),
                        this::harmed));
    }

    private void harmed(HarmWatch.Harm found) {
        harm = found;
        try {
            lift();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends a scenario whose fault was ended before its time. Where a workload was hurt that is no target, or users more than was
     * allowed, that is what the scenario failed by; where a node was lost, nothing can be said of it.
     */
    void requireUnharmed() {
        HarmWatch.Harm found = harm;
        if (found == null) {
            return;
        }
        harm = null;
        String reason = "the fault was ended before its time: " + found.reason();
        switch (found.kind()) {
            case NODE_LOST -> throw new Inconclusive(reason);
            case FOREIGN_WORKLOAD -> expect("nothing but the target is hurt", false, reason);
            case OBJECTIVE -> expect("the users' objective is kept", false, reason);
        }
    }

    private void injectByMesh(Experiment what, Function<List<Observation.Pod>, Effect> effect)
            throws InterruptedException {
        Outcome outcome = session.driver().inject(what, session.seed(), INJECTION);
        experiment = outcome.created().orElse(null);
        if (!(outcome instanceof Outcome.Injected injected)) {
            String evidence = outcome instanceof Outcome.NotInjected not
                            && !not.evidence().isEmpty()
                    ? ": " + String.join("; ", not.evidence())
                    : "";
            throw new Inconclusive("nothing was injected: " + outcome.reason() + evidence);
        }
        dev.kintsugi.chaos.mesh.Injection injection = injected.injection();
        manifest = Serialization.asYaml(injection.resource());
        List<Observation.Pod> targets =
                injection.victims().stream().map(this::asSeenBefore).toList();
        recorder()
                .injected(new Injection(
                        injection.requestedAtNanos(),
                        injection.injectedAtNanos(),
                        injection.reference().kind() + " " + injection.status().describe(),
                        targets,
                        effect.apply(targets),
                        OptionalLong.empty()));
    }

    private void injectByApi(Experiment what, Function<List<Observation.Pod>, Effect> effect)
            throws InterruptedException {
        if (!(what.fault() instanceof Fault.PodKill kill)) {
            throw new Skipped(session.capabilities().lack(Capability.CHAOS_MESH));
        }
        ApiPodKill killed = session.killByApi(what, kill);
        List<Observation.Pod> targets =
                killed.victims().stream().map(this::asSeenBefore).toList();
        recorder()
                .injected(new Injection(
                        killed.requestedNanos(),
                        killed.answeredNanos(),
                        killed.describe(),
                        targets,
                        effect.apply(targets),
                        OptionalLong.empty()));
    }

    /** Tells the recorder of a fault that no experiment stands for. */
    void injected(long requestedNanos, String evidence, Observation.Pod target, Effect effect) {
        lasting = true;
        recorder()
                .injected(new Injection(
                        requestedNanos,
                        recorder().clock().nanos(),
                        evidence,
                        List.of(target),
                        effect,
                        OptionalLong.empty()));
        watchForHarm();
    }

    private Observation.Pod asSeenBefore(PodInfo victim) {
        List<Observation> log = recorder().observations();
        for (int i = log.size() - 1; i >= 0; i--) {
            if (log.get(i) instanceof Observation.PodSeen seen
                    && seen.pod().uid().equals(victim.uid())
                    && !seen.gone()
                    && seen.pod().ready()
                    && !seen.pod().terminating()) {
                return seen.pod();
            }
        }
        throw new Inconclusive("pod " + victim.name() + " was chosen, but the recorder never saw it ready");
    }

    /** Takes the experiment out, if there is one; what stays is residue. */
    synchronized void lift() throws InterruptedException {
        Guard watching = guard;
        if (watching != null) {
            watching.close();
        }
        Reference present = experiment;
        if (present == null) {
            return;
        }
        Removal removal = session.driver().remove(present, REMOVAL);
        experiment = null;
        Recorder recording = recorder;
        if (recording != null) {
            recording.lifted();
            recording.injection().ifPresent(injection -> {
                if (lasting) {
                    double from = (injection.injectedNanos() - injection.requestedNanos()) / 1e6;
                    window = new FaultWindow(from, Math.max(from, recording.millisSinceInjection()));
                }
            });
        }
        if (removal instanceof Removal.Leftover leftover) {
            residue = List.of(present + " cannot be removed: " + leftover.reason());
        }
    }

    /** Looks at the cluster's machines, which get a moment to end what was in force. */
    void lookForResidue() {
        until(SETTLED, () -> faultsLeft().isEmpty());
        residue(faultsLeft());
    }

    /** What is on the cluster's machines and was not before this scenario. */
    List<String> faultsLeft() {
        List<String> left = new ArrayList<>(session.cluster().residue());
        left.removeAll(residueBefore);
        return left;
    }

    void residue(List<String> left) {
        Set<String> all = new LinkedHashSet<>(residue);
        all.addAll(left);
        residue = List.copyOf(all);
    }

    List<String> residue() {
        return residue;
    }

    /**
     * Looks again and again until the condition holds; false when it did not within {@code limit}. A fault that was ended before its
     * time ends this too. The last look comes after the
     * limit, so that all of it counts however busy the machine is.
     */
    boolean within(Duration limit, BooleanSupplier condition) {
        return until(limit, () -> {
            requireUnharmed();
            return condition.getAsBoolean();
        });
    }

    private static boolean until(Duration limit, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (true) {
            boolean last = System.nanoTime() - begin >= limit.toNanos();
            if (condition.getAsBoolean()) {
                return true;
            }
            if (last || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /** The same with a limit that counts from the injection. */
    boolean withinSinceInjection(Duration limit, BooleanSupplier condition) {
        Duration passed = Duration.ofNanos((long) (recorder().millisSinceInjection() * 1e6));
        Duration left = limit.minus(passed);
        return within(left.isNegative() ? Duration.ZERO : left, condition);
    }

    /**
     * Notes an expectation.
     *
     * @throws AssertionError when it does not hold
     */
    void expect(String text, boolean holds, String evidence) {
        expectations.add(new Expectation(text, holds, evidence));
        if (!holds) {
            throw new AssertionError(text + ": " + evidence);
        }
    }

    /** The marks so far, for a person. */
    String progress() {
        Timeline timeline = recorder().timeline();
        List<String> marks = timeline.marks().stream()
                .map(mark -> mark.name().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " at "
                        + Math.round(mark.atMillis()) + " ms")
                .toList();
        return "so far " + (marks.isEmpty() ? "nothing was seen" : String.join(", ", marks));
    }

    Optional<HealedBy> healedBy() {
        Recorder recording = recorder;
        if (recording == null || recording.injection().isEmpty()) {
            return Optional.empty();
        }
        Timeline timeline = recording.timeline();
        Optional<Mark> good = timeline.find(MarkName.FIRST_GOOD);
        if (good.isEmpty()) {
            return Optional.of(HealedBy.NOBODY);
        }
        boolean healer = timeline.find(MarkName.ACTED)
                .filter(acted -> acted.earliestMillis() <= good.get().atMillis())
                .isPresent();
        return Optional.of(healer ? HealedBy.HEALER : HealedBy.KUBERNETES);
    }

    /** Puts all that was measured into the result, as far as the scenario came. */
    void describe(ScenarioResult.Builder result) {
        result.expectations(expectations).residue(residue).faultWindow(window).experiment(manifest);
        if (app != null) {
            result.target(app.target());
        }
        Recorder recording = recorder;
        if (recording == null) {
            return;
        }
        result.users(recording.users())
                .requests(recording.requests())
                .verification(recording.verification())
                .marks(recording.timeline().marks())
                .proofs(recording.proofs())
                .events(recording
                        .injection()
                        .map(injection -> Story.tell(recording.observations(), injection.requestedNanos()))
                        .orElseGet(List::of))
                .healedBy(healedBy().orElse(null));
    }

    boolean injected() {
        Recorder recording = recorder;
        return recording != null && recording.injection().isPresent();
    }

    boolean bitten() {
        Recorder recording = recorder;
        return recording != null && recording.timeline().find(MarkName.EFFECT).isPresent();
    }

    /** Takes out what is still in, stops measuring and clears the workload away. */
    void end() throws InterruptedException {
        Recorder recording = recorder;
        SampleApp deployed = app;
        try {
            lift();
        } finally {
            try {
                if (recording != null) {
                    recording.close();
                }
            } finally {
                if (deployed != null) {
                    deployed.delete();
                }
            }
        }
    }
}
