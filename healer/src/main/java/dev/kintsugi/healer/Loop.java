package dev.kintsugi.healer;

import dev.kintsugi.healer.cluster.Actuator;
import dev.kintsugi.healer.cluster.Observer;
import dev.kintsugi.healer.cluster.Prober;
import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.journal.Journal;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.ProbeResult;
import dev.kintsugi.healer.model.Revision;
import dev.kintsugi.healer.model.Step;
import dev.kintsugi.healer.policy.Assessment;
import dev.kintsugi.healer.policy.Circumstances;
import dev.kintsugi.healer.policy.Diagnoser;
import dev.kintsugi.healer.policy.GoodRevisions;
import dev.kintsugi.healer.policy.Planner;
import dev.kintsugi.healer.policy.Trust;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The loop. An event or a timer brings a target to it; it has the target observed and diagnosed, lets the planner take a
 * step, and carries the step out: first the journal, then the action, then the notices. Decisions are made one at a time,
 * on one thread; effects run beside it, at most one per target, and what comes of them comes back as an input.
 */
final class Loop implements Observer.Listener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final int MAX_REMEMBERING = 4;
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final Journal journal;
    private final Actuator actuator;
    private final Prober prober;
    private final Consumer<Notice> notifications;
    private final Metrics metrics;
    private final InstantSource clock;
    private final WorkQueue queue;
    private final AtomicInteger open = new AtomicInteger();

    private final Ledger ledger = new Ledger();
    private final Map<String, ProbeResult> answers = new HashMap<>();
    private final Set<String> asking = new HashSet<>();
    private final Set<String> busy = new HashSet<>();
    private final Set<String> changedWhileBusy = new HashSet<>();
    private final Set<String> remembering = new HashSet<>();
    private Trust trust = Trust.NEW;
    private HealerConfig config = HealerConfig.DEFAULTS;
    private Diagnoser diagnoser = new Diagnoser(config);
    private Planner planner = new Planner(config);
    private @Nullable Observer observer;

    Loop(
            Journal journal,
            Actuator actuator,
            Prober prober,
            Consumer<Notice> notifications,
            Metrics metrics,
            InstantSource clock) {
        this.journal = journal;
        this.actuator = actuator;
        this.prober = prober;
        this.notifications = notifications;
        this.metrics = metrics;
        this.clock = clock;
        this.queue = new WorkQueue(this::pass, metrics::loopFailed);
        metrics.watch(queue::depth, open::get);
    }

    /** Begins to work, with everything seen so far as its first input. */
    void begin(Observer eyes, Collection<Incident> journalled) {
        queue.execute(() -> {
            observer = eyes;
            ledger.restore(journalled);
            trust = Trust.of(journalled, config);
            ledger.open()
                    .forEach(i ->
                            log.info("continuing {} ({})", i.id(), i.phase().published()));
            sweep();
        });
    }

    /** From now on by another configuration. */
    void configure(HealerConfig changed) {
        queue.execute(() -> {
            config = changed;
            diagnoser = new Diagnoser(changed);
            planner = new Planner(changed);
            trust = trust.judgedBy(changed);
            ledger.reconsider(now());
            if (observer != null) {
                sweep();
            }
        });
    }

    /** How long the loop's thread has not come round. */
    Duration stalledFor() {
        return queue.stalledFor();
    }

    @Override
    public void targetChanged(ObjectRef target) {
        queue.add(target);
    }

    @Override
    public void surroundingsChanged(String ownerUid) {
        if (open.get() > 0) {
            queue.execute(() -> ledger.openOf(ownerUid).forEach(i -> queue.add(i.target())));
        }
    }

    @Override
    public void close() {
        queue.close();
    }

    /** Looks at everything once, and again after {@code health_check_interval}. */
    private void sweep() {
        Observer eyes = Objects.requireNonNull(observer);
        Instant now = now();
        eyes.pods().forEach(pod -> queue.add(pod.ref()));
        eyes.workloads().forEach(workload -> queue.add(workload.ref()));
        eyes.nodes().forEach(node -> queue.add(node.ref()));
        ledger.open().forEach(incident -> queue.add(incident.target()));
        ledger.prune(now.minus(config.cooldown()), eyes::exists);
        Instant old = now.minus(config.recoveryHistory());
        queue.effect(() -> journal.prune(old));
        queue.sweepAfter(config.healthCheckInterval(), this::sweep);
    }

    private void pass(ObjectRef target, long addedNanos) {
        Observer eyes = observer;
        if (eyes == null) {
            return;
        }
        Incident known = ledger.of(target.uid());
        if (known == null || known.closed()) {
            Diagnoser.Finding finding = diagnoser.diagnose(eyes.glance(target), now());
            Instant steady = finding.diagnosis() == null && isWorkload(target) ? rememberGood(eyes, target) : null;
            if (finding.diagnosis() == null && known == null) {
                Instant next = steady == null ? finding.nextLook() : steady;
                queue.addAfter(target, next == null ? null : Duration.between(now(), next));
                return;
            }
            Optional<Incident> covering = finding.diagnosis() instanceof Diagnosis.OfPod ill
                    ? ledger.covering(ill.pod(), eyes.ownerUid(ill.pod()))
                    : Optional.empty();
            if (covering.isPresent()) {
                decide(eyes, covering.get().target(), covering.get(), addedNanos);
                return;
            }
        }
        decide(eyes, target, known, addedNanos);
    }

    private static boolean isWorkload(ObjectRef target) {
        return !target.kind().equals("Pod") && !target.kind().equals("Node");
    }

    /**
     * Remembers on the newest revision of a workload that it works, so that there is something to go back to; see
     * {@link GoodRevisions}. This is all that the healer writes about what is healthy.
     *
     * @return when to look again; null if that is not needed
     */
    private @Nullable Instant rememberGood(Observer eyes, ObjectRef target) {
        boolean handsOff = config.dryRun()
                || config.paused()
                || config.protectedNamespaces().contains(target.namespace());
        if (handsOff || remembering.size() >= MAX_REMEMBERING || eyes.knownGood(target)) {
            return null;
        }
        GoodRevisions.Steadiness found = GoodRevisions.steadiness(eyes.observe(target, null), config, now());
        Revision good = found.toRemember();
        if (good != null && remembering.add(good.ref().uid())) {
            Instant at = now();
            queue.effect(() -> {
                Actuator.Answer answer = actuator.markGood(good.ref(), at);
                if (answer.result() != Attempt.Result.DONE) {
                    log.warn("could not remember that {} is good: {}", good.ref(), answer.message());
                }
                queue.execute(() -> remembering.remove(good.ref().uid()));
            });
        }
        return found.nextLook();
    }

    private void decide(Observer eyes, ObjectRef target, @Nullable Incident known, long addedNanos) {
        if (busy.contains(target.uid())) {
            changedWhileBusy.add(target.uid());
            return;
        }
        Instant now = now();
        Observation seen =
                eyes.observe(target, known == null ? null : known.workload()).withProbe(answers.get(target.uid()));
        Diagnoser.Finding finding =
                known == null || known.closed() ? diagnoser.diagnose(seen, now) : diagnoser.diagnose(known, seen, now);
        Circumstances circumstances = Circumstances.of(ledger.all(), known)
                .among(ledger.all(), target.namespace(), eyes::podCount)
                .trusting(trust);
        Assessment assessment = new Assessment(seen, finding, circumstances);
        Step step = planner.step(known, assessment, now);
        if (!step.actions().isEmpty()) {
            metrics.reacted(Duration.ofNanos(System.nanoTime() - addedNanos));
        }
        carryOut(target, known, step);
    }

    private void carryOut(ObjectRef target, @Nullable Incident before, Step step) {
        Incident next = step.incident();
        put(target, next);
        queue.addAfter(target, step.recheckAfter());
        PodState asked = step.probe();
        if (asked != null && asking.add(target.uid())) {
            HealerConfig by = config;
            queue.effect(() -> {
                ProbeResult answer = prober.probe(asked, by.verificationRequests(), by.responseTimeThreshold());
                queue.execute(() -> answered(target, answer));
            });
        }
        if (next != null && !next.sameRecord(before)) {
            busy.add(target.uid());
            queue.effect(() -> {
                MDC.put("correlationId", next.id());
                try {
                    writeAndAct(target, before, next, step);
                } finally {
                    MDC.remove("correlationId");
                }
            });
        }
    }

    private void answered(ObjectRef target, ProbeResult answer) {
        asking.remove(target.uid());
        Incident incident = ledger.of(target.uid());
        if (incident != null && !incident.closed()) {
            answers.put(target.uid(), answer);
            queue.add(target);
        }
    }

    /** Nothing is done or told before the journal has it. */
    private void writeAndAct(ObjectRef target, @Nullable Incident before, Incident next, Step step) {
        Journal.Outcome outcome = journal.write(next);
        Actuator.Answer answer = null;
        if (outcome instanceof Journal.Outcome.Written) {
            step.notices().forEach(notice -> tell(next, notice));
            for (Action action : step.actions()) {
                log.info("{} of {}", action.name(), action.on());
                answer = actuator.execute(action);
            }
        }
        Actuator.Answer last = answer;
        queue.execute(() -> settled(target, before, next, outcome, last));
    }

    private void settled(
            ObjectRef target,
            @Nullable Incident before,
            Incident next,
            Journal.Outcome outcome,
            Actuator.@Nullable Answer answer) {
        busy.remove(target.uid());
        if (outcome instanceof Journal.Outcome.Written) {
            if (next.closed()) {
                trust = trust.after(next, config);
            }
            if (answer != null) {
                carryOut(target, next, planner.answer(next, answer.result(), answer.message()));
            }
        } else {
            unwritten(target, before, next, outcome);
        }
        if (changedWhileBusy.remove(target.uid())) {
            queue.add(target);
        }
        if (next.closed()) {
            answers.remove(target.uid());
            ledger.open().stream().filter(i -> !i.refusals().isEmpty()).forEach(i -> queue.add(i.target()));
        }
    }

    private void unwritten(ObjectRef target, @Nullable Incident before, Incident next, Journal.Outcome outcome) {
        metrics.journalFailed();
        log.warn("{} could not be written down: {}", next.id(), outcome);
        if (outcome instanceof Journal.Outcome.Superseded other) {
            put(target, other.stored().resumed());
        } else if (outcome instanceof Journal.Outcome.Gone) {
            put(target, null);
            return;
        } else {
            put(target, before);
        }
        queue.addAfter(target, TRY_AGAIN);
    }

    private void tell(Incident incident, Notice notice) {
        switch (notice.reason()) {
            case DETECTED -> metrics.detected(incident);
            case ACTED -> metrics.acted(incident, Objects.requireNonNull(incident.lastAttempt()), now());
            case REFUSED -> metrics.refused(notice.key());
            case VERIFIED, GAVE_UP -> metrics.closed(incident);
            case CONFIG_INVALID -> metrics.configRejected();
        }
        log.info("{} {}: {}", notice.reason().published(), notice.about(), notice.message());
        notifications.accept(notice);
    }

    private void put(ObjectRef target, @Nullable Incident incident) {
        ledger.put(target.uid(), incident);
        open.set(ledger.open().size());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
