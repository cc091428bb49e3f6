package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.ProbeResult;
import dev.kintsugi.healer.model.RestartHistory;
import dev.kintsugi.healer.model.Step;
import dev.kintsugi.healer.model.Termination;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pure core against a modelled Deployment in virtual time: pods that fall ill in every way, an owner that replaces
 * what is gone, actions that fail, a healer that is killed. After every step the invariants are checked.
 */
final class Simulation {

    static final int REPLICAS = 3;
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration START_UP = Duration.ofSeconds(2);
    private static final Duration GRACE = Duration.ofSeconds(3);

    /** What may happen to one of the pods, or to the healer. */
    enum Fault {
        HANG,
        RECOVER,
        OUT_OF_MEMORY,
        CRASH,
        FAIL,
        BREAK_REPLACEMENTS,
        MEND_REPLACEMENTS,
        PROBE_FAILS,
        PROBE_WORKS,
        API_REFUSES,
        API_ACCEPTS,
        KILL_HEALER,
        KILL_HEALER_BEFORE_NEXT_ANSWER,
        GO_BLIND,
        SEE_AGAIN
    }

    /**
     * One fault.
     *
     * @param after milliseconds after the one before
     * @param pod which pod, counted from the oldest
     */
    record Event(int after, Fault fault, int pod) {}

    private final HealerConfig config;
    private final Diagnoser diagnoser;
    private final Planner planner;
    private final Map<String, Pod> pods = new TreeMap<>();
    private final Map<String, Incident> incidents = new LinkedHashMap<>();
    private final Map<String, Incident> journal = new LinkedHashMap<>();
    private final Map<String, ProbeResult> answers = new LinkedHashMap<>();
    private final List<String> log = new ArrayList<>();
    private Instant now = Given.T0;
    private Instant seenUntil = Given.T0;
    private int made;
    private int actions;
    private boolean replacementsBroken;
    private boolean probeFails;
    private Instant probeFailsSince = Given.T0;
    private boolean apiRefuses;
    private boolean blind;
    private boolean dieBeforeAnswer;

    private static final class Pod {
        final ObjectRef ref;
        final Instant created;
        Instant changed;
        boolean ready;
        boolean hangs;
        boolean failed;
        int restarts;

        @Nullable Instant containerDownUntil;

        @Nullable Instant lastEnd;

        boolean lastEndWasMemory;

        @Nullable Instant goneAt;

        RestartHistory history = RestartHistory.NONE;

        Pod(String name, Instant created) {
            ref = Given.pod(name).build().ref();
            this.created = created;
            changed = created;
        }
    }

    Simulation(HealerConfig config) {
        this.config = config;
        this.diagnoser = new Diagnoser(config);
        this.planner = new Planner(config);
    }

    List<String> log() {
        return log;
    }

    int actions() {
        return actions;
    }

    List<Incident> incidents() {
        return List.copyOf(incidents.values());
    }

    /** Lives through the events and then for as long again as any incident may take. */
    void run(List<Event> events) {
        Instant next = now;
        for (Event event : events) {
            next = next.plusMillis(event.after);
            advanceTo(next);
            log.add(now + " " + event);
            happen(event);
            healerLooks();
        }
        advanceTo(now.plus(config.recoveryTimeout()).plus(config.stableFor()).plusSeconds(60));
        for (Incident incident : incidents.values()) {
            long age = Duration.between(incident.detectedAt(), now).toSeconds();
            check(
                    incident.closed()
                            || age
                                    <= config.recoveryTimeout()
                                            .plus(config.stableFor())
                                            .plusSeconds(60)
                                            .toSeconds(),
                    "open for " + age + " s: " + incident);
        }
    }

    private void advanceTo(Instant end) {
        while (now.isBefore(end)) {
            now = now.plus(TICK);
            if (!blind) {
                seenUntil = now;
            }
            owner();
            kubelet();
            healerLooks();
        }
    }

    private void owner() {
        pods.values().removeIf(p -> p.goneAt != null && !now.isBefore(p.goneAt));
        long live = pods.values().stream()
                .filter(p -> p.goneAt == null && !p.failed)
                .count();
        for (long i = live; i < REPLICAS; i++) {
            Pod pod = new Pod("web-%03d".formatted(made++), now);
            pod.hangs = replacementsBroken;
            pods.put(pod.ref.uid(), pod);
        }
    }

    private void kubelet() {
        for (Pod pod : pods.values()) {
            if (pod.containerDownUntil != null && !now.isBefore(pod.containerDownUntil)) {
                pod.containerDownUntil = null;
                pod.restarts++;
            }
            boolean up = !pod.failed
                    && pod.containerDownUntil == null
                    && !pod.hangs
                    && !now.isBefore(pod.created.plus(START_UP));
            if (up != pod.ready) {
                pod.ready = up;
                pod.changed = now;
            }
        }
    }

    private void happen(Event event) {
        List<Pod> live = pods.values().stream().filter(p -> p.goneAt == null).toList();
        Pod pod = live.isEmpty() ? new Pod("nobody", now) : live.get(event.pod % live.size());
        switch (event.fault) {
            case HANG -> pod.hangs = true;
            case RECOVER -> pod.hangs = false;
            case OUT_OF_MEMORY -> end(pod, true);
            case CRASH -> end(pod, false);
            case FAIL -> pod.failed = true;
            case BREAK_REPLACEMENTS -> replacementsBroken = true;
            case MEND_REPLACEMENTS -> replacementsBroken = false;
            case PROBE_FAILS -> {
                probeFailsSince = probeFails ? probeFailsSince : now;
                probeFails = true;
            }
            case PROBE_WORKS -> probeFails = false;
            case API_REFUSES -> apiRefuses = true;
            case API_ACCEPTS -> apiRefuses = false;
            case KILL_HEALER -> restartHealer();
            case KILL_HEALER_BEFORE_NEXT_ANSWER -> dieBeforeAnswer = true;
            case GO_BLIND -> blind = true;
            case SEE_AGAIN -> blind = false;
        }
        kubelet();
    }

    private void end(Pod pod, boolean memory) {
        pod.lastEnd = now;
        pod.lastEndWasMemory = memory;
        pod.containerDownUntil = now.plusSeconds(Math.min(300, 1L << Math.min(pod.restarts, 8)));
    }

    private void restartHealer() {
        incidents.clear();
        answers.clear();
        journal.forEach((uid, incident) -> incidents.put(uid, incident.resumed()));
        pods.values().forEach(p -> p.history = RestartHistory.NONE);
    }

    private void healerLooks() {
        for (String uid : List.copyOf(pods.keySet())) {
            PodState state = state(Objects.requireNonNull(pods.get(uid)));
            Incident known = incidents.get(uid);
            boolean covered = (known == null || known.closed())
                    && incidents.values().stream().anyMatch(i -> !i.closed() && Diagnoser.replaces(state, i));
            if (!covered) {
                look(uid, state.ref());
            }
        }
        for (Incident incident : List.copyOf(incidents.values())) {
            if (!incident.closed()) {
                look(incident.target().uid(), incident.target());
            }
        }
    }

    private void look(String uid, ObjectRef target) {
        Incident known = incidents.get(uid);
        Observation seen = observe(target, answers.get(uid));
        Diagnoser.Finding finding =
                known == null || known.closed() ? diagnoser.diagnose(seen, now) : diagnoser.diagnose(known, seen, now);
        Circumstances circumstances = Circumstances.of(incidents.values(), known);
        Step step = planner.step(known, new Assessment(seen, finding, circumstances), now);
        take(uid, known, seen, circumstances, step);
    }

    private void take(String uid, @Nullable Incident known, Observation seen, Circumstances around, Step step) {
        Incident next = step.incident();
        if (next == null) {
            check(step.actions().isEmpty(), "an action without an incident");
            incidents.remove(uid);
            return;
        }
        incidents.put(uid, next);
        journal.put(uid, next);
        invariants(known, next, seen, around, step);
        if (step.probe() != null) {
            boolean works = !probeFails && pods.get(step.probe().ref().uid()) != null;
            answers.put(
                    uid,
                    new ProbeResult(
                            step.probe().ref().uid(), now, works, 5, works ? 0 : 5, Duration.ofMillis(2), "refused"));
        }
        for (Action action : step.actions()) {
            actions++;
            log.add(now + " " + action);
            Attempt.Result result = act(action);
            if (dieBeforeAnswer) {
                dieBeforeAnswer = false;
                restartHealer();
                return;
            }
            take(uid, next, seen, around, planner.answer(next, result, ""));
        }
    }

    private void invariants(
            @Nullable Incident known, Incident next, Observation seen, Circumstances around, Step step) {
        for (Attempt attempt : next.attempts()) {
            long tried = next.attempts().stream()
                    .filter(a -> a.rung().equals(attempt.rung()))
                    .count();
            check(tried <= config.maxAttempts(), "too many attempts on " + attempt.rung());
        }
        check(step.actions().size() <= 1, "more than one action at once");
        check(
                known == null || !known.closed() || next.ordinal() > known.ordinal() || next.phase() == known.phase(),
                "a closed incident was opened again");
        if (next.closed() && (known == null || !known.closed()) && next.phase() != Phase.GAVE_UP) {
            long good = pods.values().stream()
                    .filter(p -> p.ready && p.goneAt == null)
                    .count();
            check(good >= REPLICAS, "closed as " + next.phase() + " with " + good + " good pods");
            check(!probeFails || now.isBefore(probeFailsSince.plusSeconds(3)), "closed although nobody answers");
            Instant since = Objects.requireNonNull(next.goodSince(), "closed without having been good");
            check(!now.isBefore(since.plus(config.stableFor())), "closed too early");
            boolean acted = next.attempts().stream().anyMatch(Attempt::mayHaveActed);
            check(acted == (next.phase() == Phase.HEALED), "called " + next.phase() + ", acted: " + acted);
        }
        if (step.actions().isEmpty()) {
            return;
        }
        Action action = step.actions().get(0);
        Attempt last = Objects.requireNonNull(next.lastAttempt());
        check(next.phase() == Phase.ACTING && last.result() == Attempt.Result.PLANNED, "action not written down");
        check(last.on().equals(action.on()) && last.action().equals(action.name()), "another action written down");
        check(!config.dryRun(), "acted in a dry run");
        check(!config.protectedNamespaces().contains(action.on().namespace()), "acted in a protected namespace");
        check(around.unverified() < config.maxConcurrentActions(), "too many at once");
        check(
                Duration.between(seen.asOf(), now).compareTo(config.maxObservationAge()) <= 0,
                "acted on a stale observation");
        check(
                around.past().stream()
                        .noneMatch(p ->
                                p.on().uid().equals(action.on().uid()) && now.isBefore(p.at().plus(config.cooldown()))),
                "acted within the cooldown");
        List<Attempt> before = next.attempts().subList(0, next.attempts().size() - 1);
        check(
                before.stream().allMatch(a -> !now.isBefore(a.at().plus(config.attemptDelay()))),
                "attempts too close to each other");
        Pod pod = pods.get(action.on().uid());
        check(blind || pod == null || pod.goneAt == null, "acted on a pod being deleted");
        check(blind || pod == null || !pod.ready, "acted on a pod that is good");
    }

    private Attempt.Result act(Action action) {
        if (apiRefuses) {
            return Attempt.Result.FAILED;
        }
        if (action instanceof Action.RollingRestart) {
            pods.values().forEach(p -> p.goneAt = p.goneAt == null ? now.plus(GRACE) : p.goneAt);
            return Attempt.Result.DONE;
        }
        Pod pod = pods.get(action.on().uid());
        if (pod == null) {
            return Attempt.Result.MOOT;
        }
        pod.goneAt = now.plus(GRACE);
        return Attempt.Result.DONE;
    }

    private Observation observe(ObjectRef target, @Nullable ProbeResult answer) {
        Pod own = pods.get(target.uid());
        PodState[] peers = pods.values().stream()
                .filter(p -> !p.ref.uid().equals(target.uid()))
                .map(this::state)
                .toArray(PodState[]::new);
        return Given.seen(seenUntil, target, own == null ? null : state(own), Given.deployment(REPLICAS), peers)
                .withProbe(answer);
    }

    private PodState state(Pod pod) {
        Given.PodGiven given = Given.pod(pod.ref.name()).created(pod.created);
        if (!pod.ready) {
            given.notReadySince(pod.changed);
        }
        if (pod.goneAt != null) {
            given.deletionDue(pod.goneAt);
        }
        Termination end =
                pod.lastEnd == null ? null : pod.lastEndWasMemory ? Given.oom(pod.lastEnd) : Given.error(pod.lastEnd);
        if (pod.failed) {
            given.phase(PodPhase.FAILED).terminated(pod.restarts, Given.error(pod.changed));
        } else if (pod.containerDownUntil != null && end != null) {
            given.waiting(pod.restarts, "CrashLoopBackOff", end);
        } else {
            given.running(pod.restarts, end == null ? pod.created : pod.changed, end);
        }
        PodState state = given.build();
        pod.history = pod.history.after(state.containers(), now);
        return state.withHistory(pod.history);
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(now + ": " + otherwise);
        }
    }
}
